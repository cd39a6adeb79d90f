/**
 * Operations that rearrange, order, reduce and combine, against PyTorch: values, shapes, dtypes and
 * gradients.
 */
import { describe, expect, it } from "vitest";
import { loadCalls, replay } from "../../fixtures/pytorch/calls.js";

describe.each(["arranging", "combining"])("%s", (file) => {
  const calls = loadCalls(file);
  const ops = [...new Set(calls.map((call) => call.op))];

  describe.each(["float64", "float32"] as const)("in %s", (dtype) => {
    it.each(ops)("%s", (op) => {
      const own = calls.filter((call) => call.op === op);
      // What overflows or underflows in float32 is asked in float64 only, and so is what asks for a dtype.
      const wide = (call: (typeof own)[number]) => /dtype|e\+?300|e-300/.test(JSON.stringify(call));
      for (const call of own) if (dtype === "float64" || !wide(call)) replay(call, dtype);
    });
  });

  it("has cases", () => expect(ops.length).toBeGreaterThan(30));
});
