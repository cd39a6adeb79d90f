/**
 * What compile promises, on random programs: whatever is trained, and whatever happens between steps, the
 * bits are those of eager.
 */
import { afterAll, describe, expect, test } from "vitest";
import { backend, compile, manualSeed, Tensor } from "../../src/index.js";
import { defaultGenerator } from "../../src/random.js";
import fc from "../property.js";
import { build, type World, world } from "./worlds.js";

type Function = (...args: any[]) => unknown;

/** Every tensor in `value` replaced by what can be compared: its form and its elements. */
function bits(value: unknown): unknown {
  if (value instanceof Tensor)
    return [value.dtype, value.shape, Array.from(value.detach().contiguous().data)];
  if (Array.isArray(value)) return value.map(bits);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, bits(item)]));
}

/** Runs a world; what is left after each event, and at the end of all. */
function run(spec: World, wrap: (fn: Function) => Function): unknown[] {
  const { model, optimizer, step, infer, batch } = build(spec);
  const [stepped, inferred] = [wrap(step), wrap(infer)];
  const params = model.parameters();
  const kept: unknown[] = [];
  const log: unknown[] = [];
  manualSeed(11);
  for (const event of spec.events) {
    for (const group of optimizer.paramGroups) group.lr = event.lr;
    if (event.training) model.train();
    else model.eval();
    const toggled = event.toggle === null ? undefined : params[event.toggle];
    if (toggled !== undefined) toggled.requiresGrad = !toggled.requiresGrad;
    const [x, y] = batch(event);
    if (event.zeroGrad === "outside") optimizer.zeroGrad();
    const result = stepped(x, y, event.zeroGrad === "inside");
    const inference = event.infer ? inferred(x) : null;
    kept.push(result, inference, event.look ? params.map((p) => p.grad) : null);
    log.push({
      results: bits([result, inference]),
      training: model.training,
      x: bits(x),
      params: bits(params),
      grads: bits(params.map((p) => p.gradient)),
      state: bits(optimizer.stateDict().state),
      random: [...defaultGenerator.getState()],
    });
  }
  // What was returned or read belongs to the caller: what later steps make of it is what eager makes of it.
  return [...log, bits(kept)];
}

describe("a compiled function", () => {
  const before = backend.name;
  afterAll(() => backend.use(before));

  test("gives the bits of the eager one, in any program", () => {
    const check = (spec: World) => {
      if (spec.backend === "native" && before !== "native") return;
      backend.use(spec.backend);
      expect(run(spec, (fn) => compile(fn))).toEqual(run(spec, (fn) => fn));
    };
    fc.assert(fc.property(world, check), { numRuns: 300 });
  });
});
