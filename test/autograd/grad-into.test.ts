/** Gradients in given memory have the bits of `grad`, however a leaf is used, and touch nothing else. */
import { expect, test } from "vitest";
import { gradInto } from "../../src/autograd/engine.js";
import { autograd, full, manualSeed, randn, type Tensor } from "../../src/index.js";

const leaf = () => randn([3, 3]).requiresGrad_();
const uses: Record<string, (w: Tensor, x: Tensor) => Tensor> = {
  "in a product": (w, x) => x.matmul(w),
  "in two products": (w, x) => x.matmul(w).matmul(w),
  "twice in one operation": (w) => w.matmul(w),
  "in a product and a sum": (w, x) => x.matmul(w).add(w),
  "as it is": (w) => w,
};

test.each(Object.entries(uses))("a leaf that is used %s", (_, use) => {
  manualSeed(1);
  const [w, hooked, unused, x] = [leaf(), leaf(), leaf(), randn([3, 3])];
  hooked.registerHook((g) => g.mul(2));
  const loss = () => use(w, x).mul(2).sum().add(use(hooked, x).sum());
  const expected = autograd.grad(loss(), [w, hooked]).map((g) => g!.toArray());
  const memory = full([5, 3, 3], 7);
  const into = new Map([w, hooked, unused].map((one, i) => [one, memory.select(0, i + 1)]));
  expect(gradInto(loss(), into)).toEqual(new Set([w, hooked]));
  const sevens = full([3, 3], 7).toArray();
  expect(memory.toArray()).toEqual([sevens, ...expected, sevens, sevens]);
  expect([w.grad, hooked.grad, unused.grad]).toEqual([null, null, null]);
});
