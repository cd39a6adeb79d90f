import type { Data } from "../dtype.js";
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { tensor } from "../ops/create/create.js";
import { stack } from "../ops/shape/join.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * The type of a batch of samples: tensors, numbers and typed arrays become one tensor; tuples and records
 * keep their structure.
 */
export type Collated<Sample> = Sample extends Tensor | number | boolean | Data
  ? Tensor
  : Sample extends object
    ? { [K in keyof Sample]: Collated<Sample[K]> }
    : never;

/**
 * Stacks samples of the same structure along a new first dim. Plain numbers are class indices and become
 * int32. If whole numbers became integers and others floats, the dtype of a batch would depend on its
 * samples.
 */
export function collate<Sample>(samples: readonly Sample[]): Collated<Sample> {
  return collateAt(samples, "sample") as Collated<Sample>;
}

function collateAt(items: readonly unknown[], path: string): unknown {
  const first = items[0];
  const every = (test: (item: unknown) => boolean) => {
    const odd = items.findIndex((item) => !test(item));
    if (odd >= 0)
      throw new ValueError(
        `DataLoader: samples have different forms: ${path} is ${describe(first)} here and ${describe(items[odd])} there`,
        "SAMPLES_DIFFER",
      );
  };
  if (first instanceof Tensor) {
    every((item) => item instanceof Tensor);
    const tensors = items as Tensor[];
    const odd = tensors.find((x) => formatShape(x.shape) !== formatShape(tensors[0].shape));
    if (odd !== undefined)
      throw new ShapeError(
        `DataLoader: shapes of samples differ: ${path} is ${formatShape(tensors[0].shape)} here and ${formatShape(odd.shape)} there`,
      );
    return stack(tensors);
  }
  if (typeof first === "number") {
    every((item) => typeof item === "number");
    const wrong = items.find((item) => item !== ((item as number) | 0));
    if (wrong !== undefined)
      throw new ValueError(
        `DataLoader: bare numbers are class indices (int32): ${path} is ${wrong}; wrap other numbers: tensor(${wrong})`,
        "NOT_AN_INTEGER",
      );
    return tensor(Int32Array.from(items as number[]));
  }
  if (typeof first === "boolean") {
    every((item) => typeof item === "boolean");
    return tensor(items as boolean[]);
  }
  if (ArrayBuffer.isView(first)) {
    every((item) => ArrayBuffer.isView(item));
    return collateAt(
      items.map((item) => tensor(item as Data)),
      path,
    );
  }
  if (Array.isArray(first)) {
    every((item) => Array.isArray(item) && item.length === first.length);
    return first.map((_, i) =>
      collateAt(
        (items as unknown[][]).map((item) => item[i]),
        `${path}[${i}]`,
      ),
    );
  }
  if (typeof first === "object" && first !== null) {
    const keys = Object.keys(first);
    const sameKeys = (item: object) =>
      Object.keys(item).length === keys.length && keys.every((key) => Object.hasOwn(item, key));
    every((item) => typeof item === "object" && item !== null && sameKeys(item));
    return Object.fromEntries(
      keys.map((key) => [
        key,
        collateAt(
          (items as Record<string, unknown>[]).map((item) => item[key]),
          `${path}.${key}`,
        ),
      ]),
    );
  }
  throw new ValueError(
    `DataLoader: samples are tensors, integers, or tuples or records of them: ${path} is ${describe(first)}`,
    "NOT_STACKABLE",
  );
}

function describe(item: unknown): string {
  if (Array.isArray(item)) return `a tuple of ${item.length}`;
  if (typeof item !== "object" || item === null)
    return item === undefined ? "undefined" : `${typeof item} ${String(item)}`;
  return item.constructor === Object
    ? `a record of ${Object.keys(item).join(" ")}`
    : `a ${item.constructor?.name}`;
}
