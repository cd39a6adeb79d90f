/**
 * Checks of the model, the optimizer, the scheduler and the loss. Every mistake is reported before the first
 * step.
 */
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { Module } from "../nn/module.js";
import type { ReduceLROnPlateau } from "../optim/schedulers.js";
import { quoted } from "../quote.js";
import { record } from "../saved-state.js";
import { Tensor } from "../tensor/tensor.js";

/** @throws ValueError `NOT_A_MODEL` if it is a class, a function or nothing instead of a model. */
export function checkModel(op: string, model: unknown): asserts model is Module {
  if (model instanceof Module) return;
  const { name } = (typeof model === "function" ? model : {}) as { name?: string };
  const what =
    typeof model !== "function"
      ? model instanceof Tensor
        ? `a tensor ${formatShape(model.shape)}`
        : quoted(model)
      : model.prototype instanceof Module
        ? `the class ${name}; new ${name}(…)`
        : `a function; put it into the forward of a class that extends nn.Module`;
  throw new ValueError(`${op}: the model comes first, an nn.Module: ${what}`, "NOT_A_MODEL");
}

/** The output of a model. @throws ValueError `INVALID_OUTPUT` if there is none. */
export function outputOf(op: string, model: Module, x: Tensor): Tensor {
  const output: unknown = model.forward(x);
  const { name } = model.constructor;
  if (output === undefined || output === null)
    throw new ValueError(
      `${op}: forward returns the output: that of ${name} returned ${output}; is the return missing?`,
      "INVALID_OUTPUT",
    );
  return output as Tensor;
}

/** @throws ValueError `NO_OPTIMIZER` if the options have no optimizer. */
export function checkOptimizer(options: unknown): void {
  const given = record.holds(options) ? options["optimizer"] : undefined;
  if (record.holds(given) && typeof given["step"] === "function") {
    if (Array.isArray(given["paramGroups"])) return;
    throw new ValueError("fit: the optimizer has paramGroups: is a scheduler given in its place?");
  }
  const what =
    typeof given === "function"
      ? `: given the class ${given.name}, without new and parameters`
      : record.holds(options) && typeof options["step"] === "function"
        ? ": given without its name"
        : "";
  throw new ValueError(
    `fit: an optimizer is needed: { optimizer: new optim.Adam(model.parameters()) }${what}`,
    "NO_OPTIMIZER",
  );
}

/** @throws ValueError if the loss is not a tensor; ShapeError if it is not a mean. */
export function checkLoss(loss: unknown): Tensor {
  if (!(loss instanceof Tensor))
    throw new ValueError(`fit: the loss function returns a tensor: ${quoted(loss)}`, "INVALID_LOSS");
  if (loss.numel !== 1)
    throw new ShapeError(
      `fit: the loss is a mean over the batch: ${formatShape(loss.shape)}; reduction "mean"`,
    );
  return loss;
}

/** @throws ValueError for a scheduler that `fit` cannot step. */
export function checkScheduler(scheduler: unknown): void {
  if (scheduler === undefined) return;
  // Its class would be a kilobyte of every page that calls fit.
  if ((scheduler as Partial<ReduceLROnPlateau> | null)?.numBadEpochs !== undefined)
    throw new ValueError(
      'fit: ReduceLROnPlateau is stepped with a metric, which fit does not choose: for await (const event of fit(…)) if (event.type === "epoch") scheduler.step(event.validation.loss)',
      "INVALID_SCHEDULER",
    );
  if (!record.holds(scheduler) || typeof scheduler["step"] !== "function")
    throw new ValueError(
      `fit: a scheduler has step(): ${typeof scheduler === "function" ? `given the class ${scheduler.name}, without new` : quoted(scheduler)}`,
      "INVALID_SCHEDULER",
    );
}
