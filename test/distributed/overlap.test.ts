/** The exchange of gradients starts during backward, and nothing touches a bucket while it is exchanged. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { Sharding } from "../../src/distributed/sharded.js";
import { backend, compile, manualSeed, nn, optim, randn, type Tensor } from "../../src/index.js";
import { type Others, setOthers } from "../../src/kernels/collective.js";
import { exchange } from "../../src/kernels/js/exchange.js";
import { program, ranks, underEach } from "./launchers.js";

const before = backend.name;
/** The calls of kernels, with the bucket, and what hooks saw. */
let events: string[] = [];
/** Of a batch. */
const buckets = 3;
/** What is being exchanged, with a copy of its values at the start. */
interface UnderWay {
  readonly name: number;
  readonly memory: Float32Array | Float64Array;
  readonly values: Float32Array | Float64Array;
}
let underWay: UnderWay[] = [];
/** The exchange of this number fails to start. */
let broken = -1;

/** Plays the other rank of two, which has the same nodes: the sum is twice a node. */
const other: Others = {
  exchange,
  exchangeStart(n, nodes, _listed, _rule, _phases, _schedule, _so, x, xo) {
    const name = events.filter((event) => event.startsWith("start")).length % buckets;
    if (name === broken) return 0;
    events.push(`start ${name}`);
    const memory = x.subarray(xo, xo + n * nodes);
    underWay.push({ name, memory, values: memory.slice() });
    return -1;
  },
  exchangeWait(n, _nodes, x, xo) {
    const begins = x.byteOffset + xo * x.BYTES_PER_ELEMENT;
    const at = underWay.findIndex(({ memory }) => memory.buffer === x.buffer && memory.byteOffset === begins);
    if (at < 0) return -1;
    const [{ name, memory, values }] = underWay.splice(at, 1);
    events.push(`wait ${name}`);
    // Nobody has written to it since.
    expect(memory.every((value, i) => value === values[i])).toBe(true);
    for (let i = 0; i < n; i++) memory[i] *= 2;
    return -1;
  },
  onePieceBytes: (nodes) => 2 ** 29 / nodes,
  reasonOf: () => "a cable is cut",
};

beforeEach(() => {
  events = [];
  broken = -1;
  underWay = [];
});
afterEach(() => backend.use(before));
setOthers(other);
afterAll(() => setOthers(null as never));

/** Three layers of more than 1 MB, and the loss. */
function setup(shards: number) {
  backend.use("js");
  manualSeed(3);
  const layers = [new nn.Linear(520, 520), new nn.Linear(520, 520), new nn.Linear(520, 520)];
  const model = new nn.Sequential(...layers.flatMap((layer) => [layer, new nn.ReLU()]));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
  const sharding = new Sharding("test", shards, 0, 2);
  const step = (x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const result = sharding.backward(model, model.parameters(), [x, y], ([x, y]) =>
      nn.functional.mseLoss(model.forward(x), y),
    );
    result.apply();
    optimizer.step();
    return result.loss;
  };
  return { layers, model, step, batch: [randn([4, 520]), randn([4, 520])] as const };
}

const whole = ["start 0", "start 1", "start 2", "wait 0", "wait 1", "wait 2"];

describe.each([2, 6])("with %i shards on two ranks", (shards) => {
  test("eager: a bucket is exchanged when its layer is done", () => {
    const { layers, step, batch } = setup(shards);
    for (const [i, { weight }] of layers.entries()) weight.registerHook(() => void events.push(`layer ${i}`));
    step(...batch);
    const last = ["layer 2", "start 0", "layer 1", "start 1", "layer 0", "start 2"];
    expect(events.slice(-9)).toEqual([...last, "wait 0", "wait 1", "wait 2"]);
    expect(events.filter((event) => event.startsWith("start"))).toHaveLength(3);
  });

  test("compiled: the same bits, and products of backward between the starts", () => {
    const eager = setup(shards);
    const losses = [0, 1, 2].map(() => eager.step(...eager.batch).item());
    expect(events.slice(0, 6)).toEqual(whole);
    const { step, model, batch } = setup(shards);
    const compiled = compile(step);
    events = [];
    expect([0, 1, 2].map(() => compiled(...batch).item())).toEqual(losses);
    expect(events).toEqual([...whole, ...whole, ...whole]);
    expect(model.parameters().map((p) => p.data)).toEqual(eager.model.parameters().map((p) => p.data));
    const kernels = compiled
      .explain()
      .split("\n")
      .map((line) => /^ *\d+ +(gemm|exchangeStart|exchangeWait|sgdStep)/.exec(line)?.[1] ?? "")
      .filter((name) => name !== "")
      .join(" ");
    // The gradients of a layer: of its weight, and of its input, which the first layer does not need.
    expect(kernels).toMatch(
      /gemm exchangeStart gemm gemm exchangeStart gemm exchangeStart (exchangeWait ){3}sgdStep/,
    );
  });
});

describe("after an error between start and wait", () => {
  test("eager: what was started is awaited, and the error is that of backward", () => {
    const { layers, step, batch } = setup(2);
    layers[1].weight.registerHook(() => {
      throw new Error("a hook is broken");
    });
    expect(() => step(...batch)).toThrow("a hook is broken");
    expect(events).toEqual(["start 0", "wait 0"]);
  });

  test.each([
    ["eager", (step: (x: Tensor, y: Tensor) => Tensor) => step],
    ["compiled", compile],
  ])("%s: an exchange that fails to start", (_, make) => {
    const { step, batch } = setup(2);
    broken = 2;
    const run = make(step) as typeof step;
    expect(() => run(...batch)).toThrow(/exchange.*: a cable is cut/);
    expect(events).toEqual(["start 0", "start 1", "wait 0", "wait 1"]);
    broken = -1;
    events = [];
    run(...batch);
    expect(events).toEqual(whole);
  });
});

test("losses of shards that depend on different parameters are an error with both of them", () => {
  const { layers, batch } = setup(4);
  const sharding = new Sharding("fit", 4, 0, 2);
  const params = layers.flatMap((layer) => [...layer.parameters()]);
  const backward = () =>
    sharding.backward(layers[0], params, batch, ([x], { index }) =>
      layers[index].forward(layers[2].forward(x)).sum(),
    );
  expect(backward).toThrow(
    expect.objectContaining({
      code: "SHARDS_DIFFER",
      message:
        "fit: the losses of all shards depend on the same parameters: shard 0 depends on parameter 0, of shape [520, 520], shard 1 does not",
    }),
  );
  expect(underWay).toEqual([]);
});

test("a rank owns a part of each bucket; of parameters that change, or are too large, an error says so", () => {
  const { layers, batch } = setup(2);
  const params = layers.flatMap((layer) => [...layer.parameters()]);
  const sharding = new Sharding("fit", 2, 0, 2);
  const partsOf = sharding.intoParts(params);
  const [mine, others] = [0, 1].map((rank) => partsOf(rank));
  for (const param of params) {
    const [a, b] = [mine.get(param)!, others.get(param)!];
    expect([a.from, a.to, b.to]).toEqual([0, b.from, param.numel]);
  }
  layers[0].weight.requiresGrad = false;
  const loss = ([x]: readonly Tensor[]) => layers[2].forward(layers[1].forward(x)).sum();
  expect(() => sharding.backward(layers[2], params, batch, loss)).toThrow(
    "fit: with shardOptimizer, requiresGrad of a parameter stays as it was when fit began",
  );
  const large = { requiresGrad: true, dtype: "float32", numel: 2 ** 26 + 1 } as Tensor;
  expect(() => new Sharding("fit", 2, 0, 2).intoParts([large])).toThrow(
    expect.objectContaining({
      code: "TENSOR_TOO_LARGE",
      message: expect.stringMatching(/at most 256 MB: 257 MB$/),
    }),
  );
  const fits = { ...large, numel: 2 ** 26 } as Tensor;
  expect(new Sharding("fit", 2, 1, 2).intoParts([fits])(1).get(fits)).toEqual({
    from: 2 ** 25,
    to: 2 ** 26,
  });
});

underEach((launcher) => {
  test.each(["eager", "compiled"])("an error of one rank during its last backward, %s, ends all", (how) => {
    const { status, stdout, stderr } = ranks(launcher, 2, [program("broken.mjs"), how]);
    expect(status).toBeGreaterThan(0);
    expect(stdout).toContain("rank 0: 2 steps");
    expect(stderr).toMatch(/rank 1: INDEX_OUT_OF_RANGE: .*index out of range.* at position 3/);
    expect(stderr).toMatch(/rank 0: RANK_FAILED: .*rank 1 has left/);
  });
});
