/** Gradients in given memory have the bits of `grad`, however a leaf is used, and touch nothing else. */
import { expect, test } from "vitest";
import { gradInto } from "../../src/autograd/grad-into.js";
import { autograd, full, manualSeed, randn, type Tensor, tensor } from "../../src/index.js";

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

test.each(Object.entries(uses))(
  "a gradient is final when it is said to be: a leaf that is used %s",
  (_, use) => {
    manualSeed(1);
    const [early, w, unused, x] = [leaf(), leaf(), leaf(), randn([3, 3])];
    const memory = full([3, 3, 3], 7);
    const into = new Map([early, w, unused].map((one, i) => [one, memory.select(0, i)]));
    const seen: { leaf: Tensor; reached: boolean; values: unknown; first: unknown }[] = [];
    // Backward passes all uses of w before this, which was computed first.
    const first = early.square().sum();
    gradInto(use(w, x).mul(2).sum().add(first), into, (leaf, reached) => {
      seen.push({ leaf, reached, values: into.get(leaf)!.toArray(), first: into.get(early)!.toArray() });
    });
    const sevens = full([3, 3], 7).toArray();
    expect(seen.map(({ leaf }) => [early, w, unused].indexOf(leaf))).toEqual([2, 1, 0]);
    expect(seen.map(({ reached }) => reached)).toEqual([false, true, true]);
    for (const { leaf, values } of seen) expect(values).toEqual(into.get(leaf)!.toArray());
    expect(seen[1].first).toEqual(sevens);
  },
);

test("a hook of a leaf runs before its gradient is final, with the whole gradient", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const order: unknown[] = [];
  w.registerHook((g) => {
    order.push(g.toArray());
    return g.mul(10);
  });
  const into = new Map([[w, full([2], 7)]]);
  gradInto(w.mul(3).sum().add(w.sum()), into, () => order.push(into.get(w)!.toArray()));
  expect(order).toEqual([
    [4, 4],
    [40, 40],
  ]);
});
