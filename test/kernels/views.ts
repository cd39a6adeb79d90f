import fc from "../property.js";

/** Strided operands of one shape: transposed, stepped, reversed and broadcast views into a buffer. */
export interface View {
  strides: number[];
  offset: number;
  /** Elements the buffer must have. */
  length: number;
}

/** All positions of a shape in row-major order. */
export function positions(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (list, size) => list.flatMap((at) => Array.from({ length: size }, (_, i) => [...at, i])),
    [[]],
  );
}

export function address(view: View, at: readonly number[]): number {
  return at.reduce((sum, i, d) => sum + i * view.strides[d], view.offset);
}

export const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** A view of `shape`. `injective`: no two positions share an element, as an output needs. */
export function view(shape: readonly number[], injective = false): fc.Arbitrary<View> {
  const dims = shape.map((_, d) => d);
  return fc
    .record({
      order: fc.shuffledSubarray(dims, { minLength: dims.length, maxLength: dims.length }),
      steps: fc.tuple(
        ...dims.map(() => (injective ? fc.constantFrom(1, 2, -1) : fc.constantFrom(1, 1, 2, -1, -2, 0))),
      ),
      lead: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ order, steps, lead }) => {
      const strides = dims.map(() => 0);
      let offset = lead;
      let extent = 1;
      for (const d of order) {
        strides[d] = steps[d] * extent;
        if (steps[d] < 0) offset -= strides[d] * Math.max(0, shape[d] - 1);
        extent *= Math.abs(steps[d]) > 0 ? Math.max(1, shape[d]) * Math.abs(steps[d]) : 1;
      }
      return { strides, offset, length: lead + extent };
    });
}
