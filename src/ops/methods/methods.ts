/** Makes every operation a method of Tensor, and passes to the engine the operations that it needs. */
import { setEngineOps } from "../../autograd/engine.js";
import { withGradMode } from "../../autograd/grad-mode.js";
import { empty } from "../../tensor/tensor.js";
import { onesLike } from "../create/create.js";
import { add } from "../elementwise/elementwise.js";
import "../generated/methods.js";
import { clone } from "../shape/views.js";
import { binary_, copy_ } from "../write/in-place.js";
import "./gradient-methods.js";

setEngineOps({
  add,
  clone,
  onesLike: (x) => onesLike(x),
  emptyLike: (x) => empty(x.shape, x.dtype),
  copyInto: (out, x) => void withGradMode(false, () => copy_(out, x)),
  addInto: (out, x) => void withGradMode(false, () => binary_("add", out, x)),
});
