import { edgeOf, Node } from "../autograd/graph.js";
import { formatShape, SimdgradError } from "../errors.js";
import type { Module } from "../nn/module.js";
import { Parameter } from "../nn/parameter.js";
import type { Optimizer } from "../optim/optimizer.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * `parameters()` cannot find layers in #private fields, but their outputs reveal them: it is a mistake if an
 * output depends on a parameter that is not trained.
 * @throws SimdgradError `UNREGISTERED` that names the shape of the parameter.
 */
export function checkRegistered(model: Module, optimizer: Optimizer<any>, output: unknown): void {
  const known = new Set<unknown>(model.parameters());
  for (const { params } of optimizer.paramGroups) for (const param of params) known.add(param);
  const roots = (Array.isArray(output) ? output : [output]).filter((x) => x instanceof Tensor);
  const seen = new Set<Node>();
  const stack = roots.map(edgeOf);
  for (let edge = stack.pop(); edge !== undefined; edge = stack.pop()) {
    if (edge instanceof Parameter && !known.has(edge))
      throw new SimdgradError(
        "UNREGISTERED",
        `fit: forward of ${model.constructor.name} uses a parameter ${formatShape(edge.shape)} that model.parameters() and the optimizer do not have: layers in #private fields and in closures are not found; use a public field, or requiresGrad_(false) for what is not to be trained`,
      );
    if (!(edge instanceof Node) || seen.has(edge)) continue;
    seen.add(edge);
    stack.push(...edge.edges);
  }
}
