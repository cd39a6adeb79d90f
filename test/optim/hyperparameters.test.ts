/**
 * Every hyperparameter of every optimizer and option of every schedule, with values of the wrong kind:
 * refused, also when set later.
 */
import { describe, expect, test } from "vitest";
import { ones, optim } from "../../src/index.js";

const { SGD, Adam, AdamW, Adagrad, RMSprop, Adadelta, Adamax, NAdam, RAdam, Rprop, lrScheduler } = optim;
const optimizers = { SGD, Adam, AdamW, Adagrad, RMSprop, Adadelta, Adamax, NAdam, RAdam, Rprop };
const wrong: readonly unknown[] = [
  "0.1",
  null,
  undefined,
  Number.NaN,
  Infinity,
  -1e300,
  {},
  [],
  ["0.1"],
  1n,
  () => 1,
];
const parameters = () => [ones([2], { requiresGrad: true })];

describe("hyperparameters", () => {
  test.each(Object.entries(optimizers))("%s", (_, Optimizer: any) => {
    const made = new Optimizer(parameters());
    const [group] = made.paramGroups;
    const { params: __, ...defaults } = group;
    const text = String(made);
    for (const name of Object.keys(defaults))
      for (const value of [...wrong, ...(typeof defaults[name] === "boolean" ? [0, 1] : [true])]) {
        // SGD may dampen by any number.
        if (name === "dampening" && value === -1e300) continue;
        const refusal = expect.objectContaining({
          code: "INVALID_HYPERPARAMETER",
          message: expect.stringContaining(name),
        });
        expect(() => new Optimizer(parameters(), { [name]: value })).toThrow(refusal);
        expect(() => new Optimizer([{ params: parameters(), [name]: value }])).toThrow(refusal);
        expect(() => {
          group[name] = value;
        }).toThrow(refusal);
        expect(String(made)).toBe(text);
      }
  });

  test("lists are copies that nobody changes inside", () => {
    const betas: [number, number] = [0.5, 0.9];
    const [group] = new Adam(parameters(), { betas }).paramGroups;
    betas[0] = 7;
    expect(group.betas).toEqual([0.5, 0.9]);
    expect(() => ((group.betas as unknown as number[])[0] = 7)).toThrow(TypeError);
  });

  const schedules: [string, any, object][] = [
    ["StepLR", lrScheduler.StepLR, { stepSize: 1, gamma: 0.5 }],
    ["MultiStepLR", lrScheduler.MultiStepLR, { milestones: [1], gamma: 0.5 }],
    ["ConstantLR", lrScheduler.ConstantLR, { factor: 0.5, totalIters: 3 }],
    ["LinearLR", lrScheduler.LinearLR, { startFactor: 0.5, endFactor: 1, totalIters: 3 }],
    ["ExponentialLR", lrScheduler.ExponentialLR, { gamma: 0.5 }],
    ["PolynomialLR", lrScheduler.PolynomialLR, { totalIters: 3, power: 1 }],
    ["CosineAnnealingLR", lrScheduler.CosineAnnealingLR, { tMax: 3, etaMin: 0 }],
    ["CosineAnnealingWarmRestarts", lrScheduler.CosineAnnealingWarmRestarts, { t0: 3, tMult: 1, etaMin: 0 }],
    [
      "OneCycleLR",
      lrScheduler.OneCycleLR,
      {
        maxLr: 1,
        totalSteps: 9,
        pctStart: 0.3,
        cycleMomentum: true,
        divFactor: 25,
        finalDivFactor: 10,
        baseMomentum: 0.8,
        maxMomentum: 0.9,
        threePhase: false,
        annealStrategy: "cos",
      },
    ],
    [
      "CyclicLR",
      lrScheduler.CyclicLR,
      {
        baseLr: 0.1,
        maxLr: 1,
        stepSizeUp: 3,
        stepSizeDown: 3,
        gamma: 1,
        mode: "expRange",
        scaleMode: "cycle",
        cycleMomentum: true,
        baseMomentum: 0.8,
        maxMomentum: 0.9,
      },
    ],
    [
      "ReduceLROnPlateau",
      lrScheduler.ReduceLROnPlateau,
      {
        mode: "min",
        factor: 0.1,
        patience: 1,
        threshold: 0,
        thresholdMode: "rel",
        cooldown: 0,
        minLr: 0,
        eps: 0,
      },
    ],
    ["LambdaLR", lrScheduler.LambdaLR, { lrLambda: () => 1 }],
  ];
  test.each(schedules)("%s", (name, Schedule, options) => {
    const make = (given: unknown) => new Schedule(new SGD(parameters(), { momentum: 0.9 }), given);
    make(options);
    for (const option of Object.keys(options))
      for (const value of wrong) {
        // What is undefined has its default, where there is one; an empty list is one of milestones.
        if (
          value === undefined ||
          typeof value === "function" ||
          (option === "milestones" && Array.isArray(value) && value.length === 0)
        )
          continue;
        expect(() => make({ ...options, [option]: value }), `${option}: ${String(value)}`).toThrow(
          expect.objectContaining({ message: expect.stringContaining(name) }),
        );
      }
    expect(() => new Schedule(options)).toThrow(expect.objectContaining({ code: "NOT_AN_OPTIMIZER" }));
  });
});
