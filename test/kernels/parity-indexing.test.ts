import { describe, expect, test } from "vitest";
import { Buffer, type Case, call, check, nativeTable, out } from "./harness.js";
import { bytes, floats, integers, threadCounts, widths } from "./samples.js";

describe("indexing", () => {
  const shapes: [outer: number, length: number, inner: number, count: number][] = [
    [1, 5, 1, 3],
    [2, 5, 3, 9],
    [1, 7, 16, 4],
    [3, 4, 17, 6],
    [1, 10, 131, 20],
    [2, 3, 65, 0],
    [1, 100, 300, 400],
  ];
  test.each(shapes)("[%i, %i, %i] by %i", (outer, length, inner, count) => {
    const n = outer * length * inner;
    const m = outer * count * inner;
    const threads = n > 20000 ? threadCounts : [1];
    const index = new Buffer(integers(count, length, 3));
    const each = new Buffer(integers(m, length, 4));
    for (const x of [floats(n), integers(n, 1000), bytes(n), Float64Array.from(floats(n))]) {
      const like = x.constructor as Float32ArrayConstructor;
      check(
        {
          name: "indexSelect",
          kernel: "indexSelect",
          args: [outer, length, inner, count, new Buffer(x), index, new Buffer(new like(m), "out")],
        },
        threads,
      );
      check({
        name: "gather",
        kernel: "gather",
        args: [outer, length, inner, count, new Buffer(x), each, new Buffer(new like(m), "out")],
      });
    }
    check(
      {
        name: "indexAdd",
        kernel: "indexAdd",
        args: [
          outer,
          length,
          inner,
          count,
          index,
          new Buffer(floats(m)),
          new Buffer(floats(n, -1, 1, 8), "out"),
        ],
      },
      threads,
    );
    check({
      name: "scatterAdd",
      kernel: "scatterAdd",
      args: [
        outer,
        length,
        inner,
        count,
        each,
        new Buffer(floats(m)),
        new Buffer(floats(n, -1, 1, 8), "out"),
      ],
    });
  });
  test("an index out of range: its position comes back and nothing is written", () => {
    for (const bad of [-1, 5, -2147483648]) {
      const index = new Buffer(Int32Array.of(0, 4, bad, 9));
      for (const c of [
        {
          name: "indexSelect",
          kernel: "indexSelect",
          args: [1, 5, 2, 4, new Buffer(floats(10)), index, out(8)],
        },
        { name: "indexAdd", kernel: "indexAdd", args: [1, 5, 2, 4, index, new Buffer(floats(8)), out(10)] },
        { name: "gather", kernel: "gather", args: [1, 5, 1, 4, new Buffer(floats(5)), index, out(4)] },
        {
          name: "scatterAdd",
          kernel: "scatterAdd",
          args: [1, 5, 1, 4, index, new Buffer(floats(4)), out(5)],
        },
        {
          name: "takeRows",
          kernel: "takeRows",
          args: [4, 5, 3, 1, 0, new Buffer(bytes(15)), index, out(12)],
        },
      ] as Case[]) {
        check(c);
        const { status, arrays } = call(nativeTable(), c);
        expect(status).toBe(2);
        expect(arrays[arrays.length - 1].slice(7, -7).every((v) => v === 0)).toBe(true);
      }
    }
  });
  test("takeRows", () => {
    for (const width of [...widths, 784]) {
      const index = new Buffer(integers(70, 20));
      for (const x of [bytes(20 * width), floats(20 * width)])
        check(
          {
            name: `takeRows of ${width}`,
            kernel: "takeRows",
            args: [70, 20, width, 1 / 255 / 0.3081, -0.1307 / 0.3081, new Buffer(x), index, out(70 * width)],
          },
          width === 784 ? threadCounts : [1],
        );
    }
  });
});
