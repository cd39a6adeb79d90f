/** Sums and products of integers are exact or an error, never a number that has wrapped around. */
import { describe, expect, it } from "vitest";
import { full, nn, type Tensor, tensor } from "../../../src/index.js";

const int = (values: unknown) => tensor(values as number[], { dtype: "int32" });
const byte = (values: unknown) => tensor(values as number[], { dtype: "uint8" });
const most = 2 ** 31 - 1;
const F = nn.functional;

describe("sums and products that do not fit", () => {
  it.each<[string, () => Tensor]>([
    ["sum of many bytes", () => full([11_000_000], 200, { dtype: "uint8" }).sum()],
    ["sum", () => int([most, 1]).sum()],
    ["sum down columns", () => int([[most], [1]]).sum(0)],
    ["sum to a dtype", () => byte([200, 100]).sum({ dtype: "uint8" })],
    ["prod", () => int([65536, 65536]).prod()],
    ["prod below", () => int([-65536, 65536]).prod()],
    ["cumsum", () => int([most, 1]).cumsum(0)],
    ["cumprod", () => int([65536, 65536, 0]).cumprod(0)],
    ["matmul", () => int([[65536, 1]]).matmul(int([[65536], [1]]))],
    ["matmul of bytes", () => byte([[200, 200]]).matmul(byte([[2], [1]]))],
    ["batched matmul", () => int([[[65536]], [[1]]]).matmul(int([[[65536]], [[1]]]))],
    ["dot", () => int([65536, 65536]).dot(int([65536, 0]))],
    ["linear", () => F.linear(int([[65536]]), int([[65536]]))],
    ["conv1d", () => F.conv1d(int([[[65536]]]), int([[[65536]]]))],
    ["indexAdd", () => int([most, 0]).indexAdd(0, int([0]), int([5]))],
    ["scatterAdd", () => byte([250, 0]).scatterAdd(0, int([0]), byte([10]))],
    ["scatterReduce prod", () => int([65536]).scatterReduce(0, int([0]), int([65536]), "prod")],
  ])("%s", (_, run) => {
    expect(run).toThrow(expect.objectContaining({ code: "INTEGER_OVERFLOW" }));
  });

  it("are found before anything is written", () => {
    const x = int([most - 7, 5, 9]);
    expect(() => x.indexAdd_(0, int([1, 0, 0, 0]), int([1, 7, 1, -1]))).toThrow(/int32: 2147483648/);
    expect(x.toArray()).toEqual([most - 7, 5, 9]);
  });
});

describe("sums and products that fit are exact", () => {
  it.each<[string, () => Tensor, unknown]>([
    ["a sum that leaves the range and returns", () => int([most, 1, -5]).sum(), most - 4],
    ["a product with a zero", () => int([65536, 65536, 65536, 0]).prod(), 0],
    ["the least int32", () => int([-65536, 32768]).prod(), -(2 ** 31)],
    ["products beyond 2^53", () => int([[most, most, 1]]).matmul(int([[most], [-most], [7]])), [[7]]],
    ["products of three, beyond 2^53", () => int([most, most, -most]).dot(int([most, 1, most])), most],
    ["a sum of bytes", () => full([100_000], 255, { dtype: "uint8" }).sum(), 25_500_000],
    ["a sum longer than a piece", () => int([most, -most]).expand(1_100_000, 2).flatten().sum(), 0],
  ])("%s", (_, run, expected) => {
    expect(run().toArray()).toEqual(expected);
  });
});

describe("integers are not divided by 0", () => {
  it.each<[string, () => Tensor]>([
    ["remainder", () => int([1]).remainder(0)],
    ["fmod", () => int([1, 1]).fmod(int([1, 0]))],
    ["floorDivide", () => byte([1]).floorDivide(byte([0]))],
    ["div, floor", () => int([1]).div(0, { roundingMode: "floor" })],
    ["div, trunc", () => int([1]).div(0, { roundingMode: "trunc" })],
    ["in place", () => int([1]).remainder_(0)],
  ])("%s", (_, run) => {
    expect(run).toThrow(expect.objectContaining({ code: "DIVISION_BY_ZERO" }));
  });

  it("as floats they are", () => {
    expect(int([1, -1]).div(0).data).toEqual(Float32Array.of(Infinity, -Infinity));
    expect(int([]).remainder(0).numel).toBe(0);
  });
});
