/** The state that an `update` written in Tensor operations keeps for one parameter. */
import { formatShape, ShapeError, ValueError } from "../errors.js";
import { withKernels } from "../kernels/backend.js";
import { run } from "../kernels/run.js";
import { quoted } from "../quote.js";
import { count, listOf, mismatch } from "../saved-state.js";
import { denseStrides, numel, type Shape, sameShape } from "../shape.js";
import { longLived } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { withTracing } from "../tracing.js";

/** The state of one parameter, as `update` of a user's `Optimizer` gets it. */
export interface ParameterState {
  /** The number of this step, from 1: a 0-d tensor in the dtype of the parameter. Do not change it. */
  readonly step: Tensor;
  /**
   * The state tensor of that name, in the dtype of the parameter. It starts as zeros and keeps its values
   * between steps. Change it in place: `buffer.mul_(0.9)`. It is part of `stateDict` and of checkpoints.
   * @param name Letters, digits and underscores.
   * @param shape The same in each call. Default: the shape of the parameter.
   * @throws ValueError `INVALID_STATE_NAME`, ShapeError `STATE_SHAPE` when the state of that name has another
   * shape.
   */
  tensor(name: string, shape?: readonly number[]): Tensor;
}

const names = /^\w+$/;
const sizes = listOf(count);

/**
 * Its memory lives as long as the optimizer and is allocated outside of any trace, so recorded steps can
 * write to it.
 */
export class StateTensors implements ParameterState {
  #tensors = new Map<string, Tensor>();

  constructor(
    private readonly owner: string,
    private readonly param: Tensor,
    private readonly stepOf: () => Tensor,
  ) {}

  get step(): Tensor {
    return this.stepOf();
  }

  tensor(name: string, shape: readonly number[] = this.param.shape): Tensor {
    if (typeof name !== "string" || !names.test(name) || name === "step")
      throw new ValueError(
        `${this.owner}: the name of a state tensor has letters, digits and underscores, and is not step: ${quoted(name)}`,
        "INVALID_STATE_NAME",
      );
    if (!sizes.holds(shape))
      throw new ShapeError(`${this.owner}: the shape of state ${name} is ${sizes.words}: ${quoted(shape)}`);
    this.followDType();
    const known = this.#tensors.get(name);
    if (known !== undefined) {
      if (!sameShape(known.shape, shape))
        throw new ShapeError(
          `${this.owner}: state ${name} has another shape: ${formatShape(known.shape)} for ${formatShape(shape)}`,
          "STATE_SHAPE",
        );
      return known;
    }
    const made = this.#zeros(name, shape);
    this.#tensors.set(name, made);
    return made;
  }

  /** By name, in the order of their first use. */
  entries(): Iterable<[string, Tensor]> {
    return this.#tensors;
  }

  /**
   * Casts the state if `Module.to` has cast the parameter. This happens once for all later steps, so it is
   * not part of the step that is being traced.
   */
  followDType(): void {
    const [first] = this.#tensors.values();
    if (first === undefined || first.dtype === this.param.dtype) return;
    const cast = ([name, from]: [string, Tensor]): [string, Tensor] => {
      const to = this.#zeros(name, from.shape);
      copy(from, to);
      return [name, to];
    };
    withTracing(null, () =>
      withKernels(null, () => {
        this.#tensors = new Map([...this.#tensors].map(cast));
      }),
    );
  }

  /**
   * Checks the saved tensors, and returns a function that loads them and cannot fail. Tensors in use keep
   * their memory, because recorded steps write to it; tensors that were not saved become zeros again.
   */
  prepareLoad(saved: Readonly<Record<string, Tensor>>): () => void {
    this.followDType();
    const added = new Map<string, Tensor>();
    for (const [name, x] of Object.entries(saved)) {
      if (!names.test(name)) throw mismatch(this.owner, `the name of a state tensor: ${quoted(name)}`);
      const known = this.#tensors.get(name);
      if (known === undefined) added.set(name, this.#zeros(name, x.shape));
      else if (!sameShape(known.shape, x.shape))
        throw mismatch(this.owner, `${name} is ${formatShape(x.shape)} for ${formatShape(known.shape)}`);
    }
    return () => {
      for (const [name, tensor] of added) this.#tensors.set(name, tensor);
      for (const [name, to] of this.#tensors)
        if (Object.hasOwn(saved, name)) copy(saved[name], to);
        else run.fill(0, to.numel, to);
    };
  }

  #zeros(name: string, shape: Shape): Tensor {
    const { dtype } = this.param;
    const storage = longLived(`${this.owner} ${name}`, dtype, numel(shape));
    return new Tensor(storage, storage.offset, [...shape], denseStrides(shape), dtype);
  }
}

function copy(from: Tensor, to: Tensor): void {
  run.copy(to.shape, from, to);
}
