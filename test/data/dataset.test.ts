import { describe, expect, it } from "vitest";
import { TensorDataset } from "../../src/data/index.js";
import { arange, tensor } from "../../src/index.js";
import fc from "../property.js";

const images = tensor(
  Uint8Array.from({ length: 24 }, (_, i) => i * 10),
  { shape: [4, 2, 3] },
);
const labels = tensor([3, 1, 2, 0], { dtype: "int32" });

it("gives rows of every tensor in the order of the indices", () => {
  const dataset = new TensorDataset(images, labels);
  expect(dataset.length).toBe(4);
  const [x, y] = dataset.batch(Int32Array.of(2, 0, 2));
  expect(x.dtype).toBe("uint8");
  expect(x.toArray()).toEqual([2, 0, 2].map((i) => images.toArray()[i]));
  expect(y.dtype).toBe("int32");
  expect(y.toArray()).toEqual([2, 3, 2]);
  const [image, label] = dataset.get(1);
  expect(image.toArray()).toEqual(images.toArray()[1]);
  expect(label.shape).toEqual([]);
  expect(label.item()).toBe(1);
});

it.each(["float32", "float64", "int32", "uint8", "bool"] as const)("keeps %s as it is", (dtype) => {
  const x = arange(6, { dtype: "int32" }).reshape([3, 2]).to(dtype);
  expect(new TensorDataset(x).batch([2, 1])[0].toArray()).toEqual(
    new TensorDataset(x).batch(Int32Array.of(2, 1))[0].toArray(),
  );
  const [batch] = new TensorDataset(x).batch(Int32Array.of(2, 1));
  expect(batch.dtype).toBe(dtype);
  expect(batch.toArray()).toEqual([2, 1].map((i) => x.toArray()[i]));
});

it("scales and shifts the first tensor into float32, with one rounding", () => {
  const [scale, shift] = [1 / 78.5655, -0.4242];
  for (const x of [images, images.to("float32")]) {
    const [batch, y] = new TensorDataset(x, labels, { scale, shift }).batch(Int32Array.of(3));
    expect(batch.dtype).toBe("float32");
    expect(batch.shape).toEqual([1, 2, 3]);
    const expected = [...images.data]
      .slice(18)
      .map((v) => Math.fround(v * Math.fround(scale) + Math.fround(shift)));
    expect([...batch.data]).toEqual(expected);
    expect(y.toArray()).toEqual([0]);
  }
  const [shifted] = new TensorDataset(images, { shift: 1 }).batch(Int32Array.of(0));
  expect(shifted.toArray()).toEqual([
    [
      [1, 11, 21],
      [31, 41, 51],
    ],
  ]);
});

it("agrees with the samples one by one, for views of any layout", () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(shapes, fc.array(fc.nat(), { maxLength: 6 }), (shape, picks) => {
      const x = arange(shape.reduce((n, s) => n * s, 1))
        .reshape(shape)
        .transpose(0, shape.length - 1);
      const dataset = new TensorDataset(x);
      const indices = Int32Array.from(picks, (p) => p % dataset.length);
      expect(dataset.batch(indices)[0].toArray()).toEqual(Array.from(indices, (i) => x.toArray()[i]));
      for (const i of indices) expect(dataset.get(i)[0].toArray()).toEqual(x.toArray()[i]);
    }),
  );
});

describe("mistakes", () => {
  const make = (...args: any[]) => new TensorDataset(...args);
  it.each<[string, () => unknown, string]>([
    ["no tensors", () => make(), "INVALID_VALUE"],
    ["only options", () => make({ scale: 1 }), "INVALID_VALUE"],
    ["an array", () => make([1, 2], labels), "INVALID_VALUE"],
    ["different counts", () => make(images, tensor([1, 2])), "SHAPE_MISMATCH"],
    ["a scalar", () => make(tensor(1)), "SHAPE_MISMATCH"],
    ["a scale for integers", () => make(labels, { scale: 2 }), "DTYPE_MISMATCH"],
    ["a scale that is NaN", () => make(images, { scale: NaN }), "INVALID_VALUE"],
    ["an index beyond the end", () => make(images).get(4), "INDEX_OUT_OF_RANGE"],
    ["a negative index", () => make(images).get(-1), "INDEX_OUT_OF_RANGE"],
    ["half an index", () => make(images).get(0.5), "INDEX_OUT_OF_RANGE"],
    ["half an index in a batch", () => make(images).batch([0, 0.5]), "INVALID_VALUE"],
    ["no indices", () => make(images).batch(make as never), "INVALID_VALUE"],
    ["a batch beyond the end", () => make(images).batch(Int32Array.of(0, 4)), "INDEX_OUT_OF_RANGE"],
    [
      "a scaled batch beyond the end",
      () => make(images, { scale: 2 }).batch(Int32Array.of(-1)),
      "INDEX_OUT_OF_RANGE",
    ],
  ])("%s", (_, action, code) => {
    expect(action).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(/^TensorDataset/) }),
    );
  });
});
