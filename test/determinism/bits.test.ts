import { createHash } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { backend, compile, data, fit, manualSeed, type nn, noGrad, type Tensor } from "../../src/index.js";
import { newDoor, whyNoModule } from "../kernels/wasm.js";
import type { Network } from "./network.js";
import { networks } from "./networks.js";

/**
 * The bits of twenty training runs, as hashes. A change of structure must not change one of them. Where a
 * change of numerics is meant, `npx vitest run test/determinism/bits.test.ts -u` writes them anew, and
 * docs/numerics.md says what changed.
 *
 * The backends have a file each, since their bits differ on purpose: the JavaScript core adds in float64 and
 * rounds once, native kernels add in float32 (docs/numerics.md). Within a backend there is one hash for every
 * way to make the steps, instruction set and number of threads.
 */
const fixture = (name: string) => `../fixtures/training-bits/${name}.json`;

const EPOCHS = 2;

/** One network in training: everything of it follows from the seed. */
function begin(network: Network) {
  manualSeed(7);
  const model = network.model();
  const optimizer = network.optimizer([...model.parameters()]);
  // Two whole batches and a smaller one, so that a compiled step is recorded twice.
  const [x, y] = network.data(2 * network.batch + 3);
  const loader = new data.DataLoader(new data.TensorDataset(x, y), {
    ...{ batchSize: network.batch, shuffle: true, seed: 3 },
  });
  const loss = (output: Tensor, target: Tensor) => network.loss(output, target, model);
  const step = (input: Tensor, target: Tensor) => {
    optimizer.zeroGrad();
    const value = loss(model.forward(input) as Tensor, target);
    value.backward();
    optimizer.step();
    return value;
  };
  return { model, optimizer, loader, loss, step };
}

const hashOf = (arrays: Iterable<NodeJS.TypedArray>) => {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(array);
  return hash.digest("hex").slice(0, 16);
};

/** Of all parameters and buffers. */
const weightsOf = (model: nn.Module) =>
  noGrad(() => hashOf(Object.values(model.stateDict()).map((value) => (value as Tensor).contiguous().data)));

interface Bits {
  weights: string;
  losses: string;
}

/** The run with one call of `step` for each batch. */
function called(network: Network, compiled: boolean): Bits & { last: number } {
  const { model, loader, step } = begin(network);
  const call = compiled ? compile(step) : step;
  const losses: number[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) for (const [x, y] of loader) losses.push(call(x, y).item());
  expect(losses.every(Number.isFinite), `losses ${losses}`).toBe(true);
  return { weights: weightsOf(model), losses: hashOf([Float64Array.from(losses)]), last: losses.at(-1)! };
}

/** The run by `step.run`, which returns the last loss alone. */
async function run(network: Network) {
  const { model, loader, step } = begin(network);
  const { result } = await compile(step).run(loader, { epochs: EPOCHS });
  return { weights: weightsOf(model), last: result!.item() };
}

/** The run by `fit`. */
async function fitted(network: Network) {
  const { model, optimizer, loss, loader } = begin(network);
  await fit(model, loader, { optimizer, loss, epochs: EPOCHS });
  return weightsOf(model);
}

/** The hashes of all runs, each made in four ways. */
async function allBits(): Promise<string> {
  const bits: Record<string, Bits> = {};
  for (const network of networks) {
    const { name } = network;
    const { last, ...eager } = called(network, false);
    expect.soft(called(network, true), `${name}: compiled`).toEqual({ ...eager, last });
    expect.soft(await run(network), `${name}: step.run`).toEqual({ weights: eager.weights, last });
    expect.soft(await fitted(network), `${name}: fit`).toBe(eager.weights);
    bits[name] = eager;
  }
  return `${JSON.stringify(bits, null, 2)}\n`;
}

const { name: backendName, isa: isaName, threads: threadCount } = backend;
afterAll(() => {
  backend.use(backendName);
  if (backendName === "native") backend.useIsa(isaName);
  backend.setThreads(threadCount);
});

describe("twenty training runs keep their bits", () => {
  test("there are twenty", () => {
    expect(new Set(networks.map(({ name }) => name)).size).toBe(20);
  });

  test("on the JavaScript core", async () => {
    backend.use("js");
    await expect(await allBits()).toMatchFileSnapshot(fixture("js"));
  });

  // An engine whose multiply-add rounds twice has other bits (docs/platforms.md).
  test.skipIf(whyNoModule !== undefined || newDoor().exports.fuses() === 0)(
    `on WebAssembly${whyNoModule === undefined ? "" : ` (skipped: ${whyNoModule})`}`,
    async () => {
      backend.use("wasm");
      await expect(await allBits()).toMatchFileSnapshot(fixture("native"));
    },
  );

  const settings = backend.isas.flatMap((isa) => [1, 2].map((threads) => [isa, threads] as const));
  test.each(settings)("on %s with %i threads", async (isa, threads) => {
    backend.use("native");
    backend.useIsa(isa);
    backend.setThreads(threads);
    const before = backend.workerChunks;
    const bits = await allBits();
    expect(backend).toMatchObject({ name: "native", isa, threads });
    if (threads > 1) expect(backend.workerChunks).toBeGreaterThan(before);
    await expect(bits).toMatchFileSnapshot(fixture("native"));
  });
});
