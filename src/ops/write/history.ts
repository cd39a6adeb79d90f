/**
 * What a change in place does to the graph: the tensor has the history of its new value from then on. Where
 * it is a view, its base has the history of both: of the new value where the view shows, of what was there
 * before elsewhere. Other views of the base find out when they are used next.
 */
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { type BackwardRule, edgeOf, keepRetained, Node } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { AutogradError, formatShape, ShapeError } from "../../errors.js";
import { setViewNode, type Tensor } from "../../tensor/tensor.js";
import { zerosLike } from "../create/create.js";
import { hidden, isApart, shown, spread, windowOf } from "../shape/view-window.js";

/**
 * @internal Whether a change of `x` by `others` belongs in the graph.
 * @throws AutogradError `IN_PLACE_NEEDS_NO_GRAD` for a leaf that requires a gradient, and for its views.
 * @throws AutogradError `VIEW_WITHOUT_GRAD` for a view that was made under noGrad.
 */
export function isNoted(op: string, x: Tensor, others: readonly Tensor[]): boolean {
  if (!isGradEnabled() || !isFloating(x.dtype)) return false;
  const { viewState } = x;
  // A view that was made under noGrad knows nothing of the history of its base, which it would change all the
  // same.
  const hidden = viewState?.withoutGrad === true && viewState.base.requiresGrad;
  if (!hidden && !x.requiresGrad && !others.some((t) => t.requiresGrad)) return false;
  const base = viewState?.base ?? x;
  if (viewState?.withoutGrad)
    throw new AutogradError(
      `${op}: a view that was made under noGrad() is changed with gradients on: ${formatShape(x.shape)}; make the view and the change both inside noGrad(), or both outside`,
      "VIEW_WITHOUT_GRAD",
    );
  for (const t of [x, base])
    if (t.isLeaf && t.requiresGrad)
      throw new AutogradError(
        `${op}: ${t === x ? "a leaf" : "a view of a leaf"} that requires a gradient is changed in place only under noGrad(): ${formatShape(x.shape)}`,
        "IN_PLACE_NEEDS_NO_GRAD",
      );
  for (const t of [x, base])
    if (!isApart(t.shape, t.strides))
      throw new ShapeError(
        `${op}: elements of ${t === x ? "the view" : "its base"} share memory, so they cannot be written: ${formatShape(t.shape)}; use clone()`,
        "SHARED_ELEMENTS",
      );
  return true;
}

/**
 * @internal Gives `x`, whose memory has its new values by now, the history of `value`: of the same shape and
 * dtype, in a graph or not.
 */
export function follow(op: string, x: Tensor, value: Tensor): void {
  const base = x.viewState?.base ?? x;
  const [own, made] = [edgeOf(base), value.gradFn as Node | null];
  if (own === null && made === null) return;
  if (base === x) {
    // A value that does not depend on what was there before has a gradient of 0 for it, as in PyTorch.
    rebase(x, made ?? new Node(op, [own], (g) => [zerosLike(g)], [], null, null));
    return;
  }
  const window = windowOf(x, base);
  const rule: BackwardRule = (g, inputs) => [
    inputs.needs(0) ? hidden(g, window) : null,
    inputs.needs(1) ? shown(g, window) : null,
  ];
  rebase(base, new Node(op, [own, made], rule, [], null, null));
}

/** Hooks stay with the former value. */
function rebase(x: Tensor, node: Node): void {
  keepRetained(x, x.gradFn, node);
  x.gradFn = node;
}

setViewNode((view, base, before) => {
  const window = windowOf(view, base);
  const rule: BackwardRule = (g) => [spread(g, window)];
  const node = new Node(before?.name ?? "view", [edgeOf(base)], rule, [], null, null);
  keepRetained(view, before, node);
  return node;
});
