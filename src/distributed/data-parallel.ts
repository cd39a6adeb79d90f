/** Data-parallel training in loops of your own. */
import { checkTensorList } from "../arguments.js";
import { noGrad } from "../autograd/index.js";
import { ShapeError, SimdgradError, ValueError } from "../errors.js";
import { collectiveError, keep } from "../kernels/collective.js";
import { run } from "../kernels/run.js";
import { Module } from "../nn/module.js";
import { to } from "../ops/shape/views.js";
import { copy_ } from "../ops/write/in-place.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { defaultGenerator } from "../random.js";
import { fromData, Tensor } from "../tensor/tensor.js";
import { fingerprint, structureOf } from "./fingerprint.js";
import { Sharding } from "./sharded.js";
import { ShardTree } from "./tree.js";
import { rank, scheduleFrom, worldSize } from "./world.js";

/** Options of `DistributedDataParallel`. */
export interface DataParallelOptions {
  /**
   * Into how many parts each batch is cut. Runs with the same number have the same bits, on one rank or many.
   * Default: the number of ranks.
   */
  shards?: number;
}

/**
 * A model that several ranks train (PyTorch's `DistributedDataParallel`). All ranks get the same whole
 * batches; each computes the gradients of its shards. The tensors of a batch are [samples, …].
 *
 *     await distributed.init();
 *     const ddp = new distributed.DistributedDataParallel(model, { shards: 8 });
 *     for (const batch of loader) {
 *       optimizer.zeroGrad();
 *       const loss = ddp.backward(batch, (x, y) => lossFn.forward(ddp.forward(x), y));
 *       optimizer.step();
 *     }
 *
 * The constructor copies parameters, buffers and the state of the default generator from rank 0, so that
 * models, orders and dropout are the same on all ranks. It works in `compile` too.
 *
 * @throws ValueError for a model that is not a module, `INVALID_SHARDS` for fewer shards than ranks;
 * SimdgradError `RANKS_DIFFER`.
 */
export class DistributedDataParallel extends Module {
  readonly #sharding: Sharding;

  /**
   * @throws SimdgradError `RANKS_DIFFER` if the ranks have other models; ValueError `INVALID_SHARDS`.
   */
  constructor(
    readonly module: Module,
    options: DataParallelOptions = {},
  ) {
    super();
    if (!(module instanceof Module))
      throw new ValueError(`DistributedDataParallel: a model is an nn.Module: ${quoted(module)}`);
    checkOptions("DistributedDataParallel", options, ["shards"]);
    const { shards = worldSize } = options;
    if (worldSize > 1) {
      checkSame(`${shards} shards of ${structureOf(module)}`);
      copyFromFirst(module);
    }
    this.#sharding = new Sharding("DistributedDataParallel", shards, rank, worldSize);
  }

  /** @internal For `simdgrad plan`: see `Sharding.showExchanges`. */
  showExchanges(): number[] {
    return this.#sharding.showExchanges(this.parameters());
  }

  /** The forward of the model. */
  forward(...args: unknown[]): any {
    return this.module.forward(...args);
  }

  /**
   * Adds the gradients of the mean loss of a batch to those of the parameters, and returns that loss. `loss`
   * gets a part of each tensor of the batch, along the first dim, and returns the mean over the part. Running
   * statistics of batch norm become the mean over the parts.
   * @throws SimdgradError `RANK_FAILED`, `COLLECTIVE_TIMEOUT`.
   */
  backward(batch: readonly Tensor[], loss: (...part: Tensor[]) => Tensor): Tensor {
    checkTensorList("DistributedDataParallel.backward", batch);
    const sizes = new Set(batch.map(({ shape }) => shape[0]));
    if (sizes.size !== 1 || !([...sizes][0] > 0))
      throw new ShapeError(
        `DistributedDataParallel.backward: the tensors of a batch have as many samples, one or more: ${[...sizes].join(" and ")}`,
      );
    const result = this.#sharding.backward(this.module, this.parameters(), batch, (part) => {
      const value: unknown = loss(...part);
      if (value instanceof Tensor && value.numel === 1) return value;
      throw new ValueError(
        "DistributedDataParallel.backward: loss returns a mean over the part, a tensor with one element",
        "INVALID_LOSS",
      );
    });
    result.apply();
    return result.loss;
  }
}

/** An exchange of one node that waits here: constructors cannot await. */
function exchangeNow(x: Tensor, rule: number, schedule: Int32Array): void {
  const status = run.exchange(x.numel, 1, schedule.length, rule, { array: schedule, offset: 0 }, x);
  if (status !== -1) {
    keep(x);
    throw collectiveError("DistributedDataParallel", status);
  }
  x.storage.changed();
}

/** @throws SimdgradError `RANKS_DIFFER`. */
function checkSame(what: string): void {
  const { schedule } = new ShardTree(worldSize, rank, worldSize);
  const [most, least] = [1, 2].map((rule) => {
    const x = fromData(Float64Array.of(fingerprint(what)), [1], "float64");
    exchangeNow(x, rule, schedule);
    return x.item();
  });
  if (most !== least)
    throw new SimdgradError(
      "RANKS_DIFFER",
      `DistributedDataParallel: all ranks have the same model and number of shards; rank ${rank} has ${what}`,
    );
}

function copyFromFirst(module: Module): void {
  const schedule = scheduleFrom(0);
  noGrad(() => {
    for (const [, x] of [...module.namedParameters(), ...module.namedBuffers()]) {
      const copy = to(x.detach(), "float64").clone();
      if (copy.numel > 0) exchangeNow(copy, 0, schedule);
      copy_(x.detach(), to(copy, x.dtype));
    }
  });
  const state = fromData(Float64Array.from(defaultGenerator.getState()), [4], "float64");
  exchangeNow(state, 0, schedule);
  defaultGenerator.setState(state.toArray());
}
