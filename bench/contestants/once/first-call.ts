/** What the first call of a compiled step costs, which records and plans, beside a later one. */
import { compile, optim, tensor } from "simdgrad";
import { perceptron, trainingStep } from "../perceptron.js";
import { batchOf } from "../problem.js";
import type { StepCase } from "../protocol.js";
import { run } from "./run.js";

/** Milliseconds; of a step's first call, and the median of its later ones. */
export interface FirstCall {
  first: number;
  later: number;
}

/** Calls after the first. */
const LATER = 20;

await run(({ sizes, batch }: StepCase): FirstCall[] => {
  const { x, labels } = batchOf(sizes[0], sizes[sizes.length - 1], batch);
  const [input, target] = [tensor(x, { shape: [batch, sizes[0]] }), tensor(labels)];

  const compileAndCall = (): FirstCall => {
    const model = perceptron(sizes);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
    const train = trainingStep(model, optimizer);
    const timed = (body: () => unknown) => {
      const start = performance.now();
      body();
      return performance.now() - start;
    };
    let step!: typeof train;
    const first = timed(() => {
      step = compile(train);
      step(input, target);
    });
    const later = Array.from({ length: LATER }, () => timed(() => step(input, target)));
    return { first, later: later.sort((a, b) => a - b)[LATER >> 1] };
  };
  // The second one has the library's JavaScript compiled and its threads started.
  return [compileAndCall(), compileAndCall()];
});
