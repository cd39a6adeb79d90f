/** Methods of Tensor that are no rows: second names, parts of numbers, tensors like others. */
import { aliasMethods } from "./aliases.js";
import { createLikeMethods } from "./create-like.js";
import { numberMethods } from "./numbers.js";

/** @internal */
export const numericMethods = { ...aliasMethods, ...numberMethods, ...createLikeMethods };
