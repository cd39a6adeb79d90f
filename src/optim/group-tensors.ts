/** Hyperparameters and counts of steps as tensors, for an `update` in Tensor operations. */
import { run, strided } from "../kernels/run.js";
import { PinnedStorage, sharedArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/**
 * The hyperparameters of a group as `update` gets them. A number is a tensor without dims in the dtype of the
 * parameter, so that a compiled step follows a scheduler; a list of numbers is a list of such; true and false
 * are as they are.
 */
export type GroupTensors<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends number
    ? Tensor
    : Options[Name] extends readonly number[]
      ? TensorList<Options[Name]>
      : Options[Name];
};

/** As many tensors as there are numbers. */
type TensorList<List> = { readonly [I in keyof List]: Tensor };

/** Added to counts of steps. */
const one = sharedArray("float32", 1);
one[0] = 1;

/** Numbers in memory of both dtypes: kernels take operands of one dtype. */
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

  /** After a change in float64. */
  refresh(): void {
    this.float32.set(this.float64);
  }

  tensor(dtype: "float32" | "float64", i: number): Tensor {
    return new Tensor(this.#storages[dtype], i, [], [], dtype);
  }

  /** Whether somebody has written to a tensor of these since it was last asked. */
  wasChanged(): boolean {
    const storages = Object.values(this.#storages);
    const changed = storages.some(({ version }) => version !== 0);
    for (const storage of storages) storage.version = 0;
    return changed;
  }
}

/** What `update` gets of a group. */
export class GroupMemory<Options extends object> {
  readonly #hyper: Numbers;
  readonly #steps: Numbers;
  readonly #views = new Map<string, GroupTensors<Options>>();

  constructor(
    /** As users see it. */
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

  /** After a change of hyperparameters or steps by JavaScript. */
  refresh(): void {
    this.#hyper.refresh();
    this.#steps.refresh();
  }

  /** The steps of `n` parameters have been counted in float64. */
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
      // A recorded step is good as long as the flag stays as it was.
      else Object.defineProperty(view, key, { enumerable: true, get: () => this.group[key] });
    }
    this.#views.set(dtype, Object.freeze(view) as GroupTensors<Options>);
    return view as GroupTensors<Options>;
  }

  /** What `update` has written to although it is only to be read, in words; null where it has not. */
  changed(): string | null {
    const [hyper, steps] = [this.#hyper.wasChanged(), this.#steps.wasChanged()];
    return hyper ? "a hyperparameter" : steps ? "state.step" : null;
  }
}

/** The numbers of hyperparameters in the order in which `GroupMemory` reads them. */
export function numbersOf(options: object): number[] {
  return Object.values(options).flatMap((value) => (typeof value === "boolean" ? [] : (value as number)));
}
