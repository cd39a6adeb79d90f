/** The two ways to evaluate an extent: by names, and by places in the arguments of a call. */
import { expect, test } from "vitest";
import { sizesOf } from "../../src/kernels/extents.js";
import { kernelNames, opsOf, rowOf } from "../../src/kernels/schema.js";
import fc from "../property.js";

test.each(kernelNames)("%s: sizes by place are those by name", (name) => {
  const { parameters, operands, places } = rowOf(name);
  const ops = opsOf(name);
  const numbers = fc.array(fc.nat(9), { minLength: 200, maxLength: 200 });
  fc.assert(
    fc.property(numbers, fc.boolean(), (drawn, absent) => {
      const args: unknown[] = [];
      const values: Record<string, unknown> = {};
      for (const { name, kind, width } of parameters) {
        const number = drawn[args.length];
        const first =
          kind === "op"
            ? ops[number % ops.length]
            : kind === "shape"
              ? [number, 2]
              : kind === "operand"
                ? absent && number % 2 === 0
                  ? null
                  : {}
                : number;
        values[name] = first;
        args.push(first, ...drawn.slice(args.length + 1, args.length + width));
      }
      for (const [i, { extent }] of operands.entries())
        expect(places[i].extent(args)).toEqual(sizesOf(extent, values, ops));
    }),
    { numRuns: 20 },
  );
});
