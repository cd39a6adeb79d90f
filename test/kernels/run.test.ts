/** What a call with operands hands to a backend: by the row, generated and walked alike. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { withKernels } from "../../src/kernels/backend.js";
import type { Operand } from "../../src/kernels/parameters.js";
import { run } from "../../src/kernels/run.js";
import { type KernelName, type Kernels, kernelNames, rowOf } from "../../src/kernels/schema.js";

/**
 * Distinct values for each parameter, and what a backend must be given for them. `none`: optional operands
 * are null.
 */
function sample(name: KernelName, none: boolean): { given: unknown[]; wanted: unknown[] } {
  const [given, wanted]: [unknown[], unknown[]] = [[], []];
  for (const [i, parameter] of rowOf(name).parameters.entries()) {
    if (parameter.kind !== "operand") {
      const value = parameter.kind === "op" ? "sum" : parameter.kind === "shape" ? [i] : i;
      given.push(value);
      wanted.push(value);
      continue;
    }
    const { layout, optional } = parameter as Operand;
    if (optional && none) {
      given.push(null);
      wanted.push(null, 0, ...(typeof layout === "number" ? new Array<number>(layout).fill(0) : []));
      continue;
    }
    const [array, offset, strides] = [new Float32Array(1), 100 + i, [3 * i, 5 * i, 7 * i, 11 * i]];
    given.push({ array, offset, strides });
    wanted.push(array, offset);
    if (layout === "listed") wanted.push(strides);
    else if (layout !== "dense") wanted.push(...strides.slice(0, layout));
  }
  return { given, wanted };
}

function handedOver(name: KernelName, given: unknown[]): unknown[] {
  let seen: unknown[] = [];
  const table = {
    [name]: (...args: unknown[]) => {
      seen = args;
      return 7;
    },
  } as unknown as Kernels;
  const answer = withKernels(table, () => (run[name] as (...args: unknown[]) => number)(...given));
  expect(answer).toBe(7);
  return seen;
}

describe.each(kernelNames)("run.%s", (name) => {
  it.each([false, true])(
    "hands over arrays, offsets and strides in the order of the row (none: %s)",
    (none) => {
      const { given, wanted } = sample(name, none);
      const seen = handedOver(name, given);
      expect(seen).toHaveLength(wanted.length);
      for (const [i, value] of wanted.entries())
        if (ArrayBuffer.isView(value)) expect(seen[i]).toBe(value);
        else expect(seen[i]).toEqual(value);
    },
  );
});

it("gives the same numbers where code may not be generated", () => {
  const script = `
    const { manualSeed, nn, optim, randn } = await import("./dist/index.js");
    manualSeed(1);
    const net = new nn.Sequential(new nn.Conv2d(2, 3, 3, { padding: 1 }), new nn.GELU(), new nn.Flatten(), new nn.Linear(48, 2));
    const adam = new optim.Adam(net.parameters(), { lr: 0.01, amsgrad: true });
    for (let i = 0; i < 3; i++) {
      const loss = net.forward(randn([5, 2, 4, 4])).square().mean();
      adam.zeroGrad();
      loss.backward();
      adam.step();
    }
    console.log([...net.parameters()].map((p) => p.sum().item()).join(" "));`;
  const [generated, walked] = [[], ["--disallow-code-generation-from-strings"]].map((flags) =>
    execFileSync(process.execPath, [...flags, "--input-type=module", "-e", script], { encoding: "utf8" }),
  );
  expect(walked).toBe(generated);
});
