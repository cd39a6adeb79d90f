/**
 * The effect of an in-place change on the graph. From then on, the tensor has the history of its new value.
 * If the tensor is a view, its base has both histories: that of the new value for the elements that the view
 * shows, and the previous one for the others. Other views of the base are updated at their next use.
 */
import { isGradEnabled } from "../../autograd/grad-mode.js";
import { type BackwardRule, edgeOf, keepRetained, Node } from "../../autograd/graph.js";
import { isFloating } from "../../dtype.js";
import { AutogradError, formatShape, ShapeError } from "../../errors.js";
import { setViewNode, type Tensor } from "../../tensor/tensor.js";
import { zerosLike } from "../create/create.js";
import { hidden, isApart, shown, spread, windowOf } from "../shape/view-window.js";

/**
 * @internal Whether a change of `x` by `others` must be recorded in the graph.
 * @throws AutogradError `IN_PLACE_NEEDS_NO_GRAD` for a leaf that requires a gradient, and for its views.
 * @throws AutogradError `VIEW_WITHOUT_GRAD` for a view that was made under noGrad.
 */
export function isNoted(op: string, x: Tensor, others: readonly Tensor[]): boolean {
  if (!isGradEnabled() || !isFloating(x.dtype)) return false;
  const { viewState } = x;
  // A view made under noGrad does not know the history of its base, although changing the view changes the
  // base.
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
 * @internal Gives `x` the history of `value`, which has the same shape and dtype and may be in a graph or
 * not. The memory of `x` must already have the new values.
 */
export function follow(op: string, x: Tensor, value: Tensor): void {
  const base = x.viewState?.base ?? x;
  const [own, made] = [edgeOf(base), value.gradFn as Node | null];
  if (own === null && made === null) return;
  if (base === x) {
    // A value that does not depend on the previous value of x gives it a gradient of 0, as in PyTorch.
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

/** Hooks stay with the previous value. */
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
