/** Reads the argument `parameters` of an optimizer, and names common mistakes. */

import { ValueError } from "../errors.js";
import { quoted } from "../quote.js";

import { Tensor } from "../tensor/tensor.js";

/** The argument as a list. @throws ValueError `NOT_PARAMETERS` that says what to pass instead. */
export function listed(name: string, params: unknown): unknown[] {
  const wrong =
    typeof params !== "object" || params === null || typeof (params as Stated).parameters === "function"
      ? described(params)
      : params instanceof Tensor
        ? "a tensor; put it into an array"
        : typeof (params as Partial<Iterable<unknown>>)[Symbol.iterator] !== "function"
          ? described(params)
          : null;
  if (wrong !== null)
    throw new ValueError(
      `${name}: parameters are a list of tensors: ${wrong}; new ${name}(model.parameters(), …)`,
      "NOT_PARAMETERS",
    );
  return [...(params as Iterable<unknown>)];
}

/** Whether the value looks like a model. */
type Stated = { readonly parameters?: unknown };

/** Describes a value that is not a tensor, for the error message. */
export function described(given: unknown): string {
  if (typeof (given as Stated | null | undefined)?.parameters === "function")
    return `the model ${(given as object).constructor.name} itself`;
  if (typeof given === "function") return `the function ${given.name}, which was not called`;
  if (Array.isArray(given) && given[1] instanceof Tensor)
    return `a name and a tensor (${quoted(given[0])}), as namedParameters() gives them`;
  return quoted(given);
}

export function noParameters(name: string): ValueError {
  return new ValueError(
    `${name}: at least one parameter is needed: got none; does the model keep its layers in public fields?`,
    "NO_PARAMETERS",
  );
}
