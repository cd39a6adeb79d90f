/** Hyperparameters and step counts as tensors, for an `update` written in Tensor operations. */
import { run, strided } from "../kernels/run.js";
import { PinnedStorage, sharedArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * The hyperparameters of a group as `update` gets them. A number becomes a 0-d tensor in the dtype of the
 * parameter, so that a compiled step follows a scheduler; a list of numbers becomes a list of such tensors;
 * booleans stay booleans.
 */
export type GroupTensors<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends number
    ? Tensor
    : Options[Name] extends readonly number[]
      ? TensorList<Options[Name]>
      : Options[Name];
};

/** One tensor per number. */
type TensorList<List> = { readonly [I in keyof List]: Tensor };

/** The increment of step counts. */
const one = sharedArray("float32", 1);
one[0] = 1;

/** Numbers in float32 and in float64: all operands of a kernel have the same dtype. */
class Numbers {
  readonly float32: Float32Array;
  readonly #storages: Record<"float32" | "float64", PinnedStorage>;

  constructor(readonly float64: Float64Array) {
    this.float32 = sharedArray("float32", float64.length) as Float32Array;
    this.#storages = {
      float32: new PinnedStorage(this.float32, 0, float64.length),
      float64: new PinnedStorage(float64, 0, float64.length),
    };
    this.refresh();
  }

  /** Copies the float64 values to float32 after a change. */
  refresh(): void {
    this.float32.set(this.float64);
  }

  tensor(dtype: "float32" | "float64", i: number): Tensor {
    return new Tensor(this.#storages[dtype], i, [], [], dtype);
  }

  /** Whether one of these tensors was written to since the last call. */
  wasChanged(): boolean {
    const storages = Object.values(this.#storages);
    const changed = storages.some(({ version }) => version !== 0);
    for (const storage of storages) storage.version = 0;
    return changed;
  }
}

/** The tensors of a group that `update` gets. */
export class GroupMemory<Options extends object> {
  readonly #hyper: Numbers;
  readonly #steps: Numbers;
  readonly #views = new Map<string, GroupTensors<Options>>();

  constructor(
    /** The group as users see it. */
    private readonly group: Options,
    private readonly keys: readonly (keyof Options & string)[],
    hyper: Float64Array,
    steps: Float64Array,
  ) {
    this.#hyper = new Numbers(hyper);
    this.#steps = new Numbers(steps);
  }

  /** The float32 copy of the hyperparameters. */
  get rounded(): Float32Array {
    return this.#hyper.float32;
  }

  /** Called after JavaScript changed hyperparameters or step counts. */
  refresh(): void {
    this.#hyper.refresh();
    this.#steps.refresh();
  }

  /** Called after the steps of `n` parameters were counted in float64. */
  counted(n: number, from: number): void {
    const { float32 } = this.#steps;
    const memory = { array: float32, offset: from };
    run.binary("add", [n], strided(memory, [1]), strided({ array: one, offset: 0 }, [0]), memory);
  }

  step({ dtype }: Tensor, index: number): Tensor {
    return this.#steps.tensor(dtype as "float32" | "float64", index);
  }

  /** For a parameter. */
  tensorsFor({ dtype }: Tensor): GroupTensors<Options> {
    const known = this.#views.get(dtype);
    if (known !== undefined) return known;
    let at = 0;
    const next = () => this.#hyper.tensor(dtype as "float32" | "float64", at++);
    const view: Record<string, unknown> = {};
    for (const key of this.keys) {
      const value: unknown = this.group[key];
      if (typeof value === "number") view[key] = next();
      else if (Array.isArray(value)) view[key] = Object.freeze(value.map(next));
      // A recorded step is valid as long as the flag keeps its value.
      else Object.defineProperty(view, key, { enumerable: true, get: () => this.group[key] });
    }
    this.#views.set(dtype, Object.freeze(view) as GroupTensors<Options>);
    return view as GroupTensors<Options>;
  }

  /** Names the read-only tensor that `update` wrote to, for the error message; null if there is none. */
  changed(): string | null {
    const [hyper, steps] = [this.#hyper.wasChanged(), this.#steps.wasChanged()];
    return hyper ? "a hyperparameter" : steps ? "state.step" : null;
  }
}

/** The numbers of hyperparameters in the order in which `GroupMemory` reads them. */
export function numbersOf(options: object): number[] {
  return Object.values(options).flatMap((value) => (typeof value === "boolean" ? [] : (value as number)));
}
