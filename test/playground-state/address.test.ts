/** The state in the address: what is encoded is decoded, and anything else gives the nearest valid state. */
import { describe, expect, test } from "vitest";
import { addMarks } from "../../playground/src/page/curve.js";
import { decode, encode } from "../../playground/src/state/address.js";
import { activationNames, dataChoices, initialisers } from "../../playground/src/state/choices.js";
import { optimizers, settingsOf } from "../../playground/src/state/optimizers.js";
import { optimizersSideBySide, presets } from "../../playground/src/state/presets.js";
import { changed, firstInputs, initial, limits, type Settings } from "../../playground/src/state/settings.js";
import fc from "../property.js";

const among = <T extends string>(table: Record<T, unknown>) =>
  fc.constantFrom(...(Object.keys(table) as T[]));
const between = (key: keyof typeof limits) => {
  const { min, max } = limits[key];
  const whole = "integer" in limits[key];
  return whole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
};

/** Any valid settings. */
const anySettings: fc.Arbitrary<Settings> = fc
  .record({
    ...{ data: among(dataChoices), optimizer: among(optimizers), init: among(initialisers) },
    activation: fc.constantFrom(...activationNames),
    penalty: fc.constantFrom("none" as const, "l1" as const, "l2" as const),
    hidden: fc.array(fc.integer({ min: 1, max: 32 }), { maxLength: 6 }),
    ...{ points: between("points"), noise: between("noise"), share: between("share") },
    ...{ dataSeed: between("dataSeed"), dropout: between("dropout"), seed: between("seed") },
    ...{ batch: between("batch"), lr: between("lr"), rate: between("rate"), patience: between("patience") },
    chosen: fc.nat(),
    value: fc.double({ min: 0, max: 1, noNaN: true }),
    epoch: fc.nat(),
  })
  .map(({ chosen, value, epoch, data, ...rest }) => {
    const settings = { ...changed(initial, "data", data), ...rest };
    const known = Object.entries(settingsOf(settings.optimizer));
    const [name, { min, max }] = known[chosen % known.length]!;
    const inputs = dataChoices[data].kind === "plane" ? ["x", "xy"] : ["0"];
    return {
      ...{ ...settings, inputs, options: { [name]: min + (max - min) * value } },
      changes: [{ epoch, name: "0.weight", index: 0, value }],
    };
  });

describe("the address", () => {
  test("gives back any state", () => {
    const states = fc.array(anySettings, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(states, (runs) => {
        expect(decode(encode(runs))).toEqual({ runs, notes: [] });
      }),
    );
  });

  test("gives back every preset", () => {
    for (const { settings } of Object.values(presets))
      expect(decode(encode([settings]))).toEqual({ runs: [settings], notes: [] });
    expect(decode(encode(optimizersSideBySide)).runs).toEqual(optimizersSideBySide);
  });

  test("of the first state is short", () => {
    expect(encode([initial])).toBe("v=1");
    expect(decode("")).toEqual({ runs: [initial], notes: [] });
  });

  test.each<[hash: string, settings: Partial<Settings>, note: RegExp]>([
    ["#v=1&lr=1e9", { lr: 100 }, /^lr = 1e9 became 100$/],
    ["#v=1&noise=-1", { noise: 0 }, /^noise = -1 became 0$/],
    ["#v=1&batch=ten", { batch: 10 }, /^batch = ten became 10$/],
    ["#v=1&batch=", { batch: 10 }, /^batch = {2}became 10$/],
    ["#v=1&hidden=4,99,0", { hidden: [4, 32, 1] }, /became 4,32,1$/],
    ["#v=1&hidden=1,2,3,4,5,6,7,8", { hidden: [1, 2, 3, 4, 5, 6] }, /became 1,2,3,4,5,6$/],
    ["#v=1&activation=Swish", { activation: "Tanh" }, /^activation = Swish is not known$/],
    ["#v=1&inputs=x,z", { inputs: ["x"] }, /^inputs = x,z became x$/],
    ["#v=1&data=iris&inputs=7", { inputs: firstInputs("iris") }, /^inputs = 7 became the first$/],
    ["#v=1&options=momentum:7,beta:1", { options: { momentum: 0.9999 } }, /momentum = 7 became 0.9999/],
    ["#v=1&changes=1:2", { changes: [] }, /^changes: 1:2 is no change of a weight$/],
    ["#v=1&seed=%E0%A4%A", { seed: 1 }, /is not readable$/],
    ["#v=1&colour=red", {}, /^colour is not known$/],
    ["#v=2&lr=0.5", { lr: 0.5 }, /^the address is of another version/],
    ["#lr=0.5", { lr: 0.5 }, /^the address is of no version/],
  ])("%s", (hash, settings, note) => {
    const { runs, notes } = decode(hash);
    expect(runs[0]).toEqual({ ...changed(initial, "data", runs[0]!.data), ...settings });
    expect(notes.join("; ")).toMatch(note);
  });

  test("may be any text: it gives valid settings", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { runs } = decode(text);
        expect(decode(encode(runs))).toEqual({ runs, notes: [] });
      }),
    );
  });
});

test("a long curve is thinned, and keeps its ends", () => {
  const marks: { epoch: number; train: number; test: number }[] = [];
  for (let epoch = 0; epoch <= 50_000; epoch++) addMarks(marks, [{ epoch, train: 1, test: 1 }]);
  expect(marks.length).toBeLessThanOrEqual(2000);
  expect([marks[0]!.epoch, marks.at(-1)!.epoch]).toEqual([0, 50_000]);
  addMarks(marks, [{ epoch: 50_000, train: 2, test: 2 }]);
  expect(marks.slice(-2).map(({ epoch, train }) => [epoch === 50_000, train])).toEqual([
    [false, 1],
    [true, 2],
  ]);
});
