/** Methods of Tensor that are no rows: second names, parts of numbers, tensors like others. */

import { createLikeMethods } from "../create/create-like.js";
import { numberMethods } from "../elementwise/numbers.js";
import { aliasMethods } from "./aliases.js";

/** @internal */
export const numericMethods = { ...aliasMethods, ...numberMethods, ...createLikeMethods };
