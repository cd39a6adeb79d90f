import { afterAll, describe, expect, test } from "vitest";
import { backend } from "../../src/index.js";
import { newDoor, whyNoModule } from "../kernels/wasm.js";
import { networks } from "./networks.js";
import { type Bits, called, fitted, run } from "./training.js";

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

/**
 * The hashes of all runs, each made step by step and compiled. `inAllWays`: by `run` and `fit` too, which run
 * the same programs as a compiled step, so that one instruction set suffices for them.
 */
async function allBits(inAllWays: boolean): Promise<string> {
  const bits: Record<string, Bits> = {};
  for (const network of networks) {
    const { name } = network;
    const { last, ...eager } = called(network, false);
    bits[name] = eager;
    expect.soft(called(network, true), `${name}: compiled`).toEqual({ ...eager, last });
    if (!inAllWays) continue;
    expect.soft(await run(network), `${name}: step.run`).toEqual({ weights: eager.weights, last });
    expect.soft(await fitted(network), `${name}: fit`).toBe(eager.weights);
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
    await expect(await allBits(true)).toMatchFileSnapshot(fixture("js"));
  });

  // An engine whose multiply-add rounds twice has other bits (docs/platforms.md).
  test.skipIf(whyNoModule !== undefined || newDoor().exports.fuses() === 0)(
    `on WebAssembly${whyNoModule === undefined ? "" : ` (skipped: ${whyNoModule})`}`,
    async () => {
      backend.use("wasm");
      await expect(await allBits(true)).toMatchFileSnapshot(fixture("native"));
    },
  );

  // determinism.test.ts compares the numbers of threads on every instruction set.
  const settings: [isa: string, threads: number][] = backend.isas.map((isa) => [isa, 2]);
  if (backend.isas.length > 0) settings.push([backend.isas.at(-1)!, 1]);
  test.each(settings)("on %s with %i threads", async (isa, threads) => {
    backend.use("native");
    backend.useIsa(isa);
    backend.setThreads(threads);
    const before = backend.workerChunks;
    const bits = await allBits(threads > 1 && isa === backend.isas.at(-1));
    expect(backend).toMatchObject({ name: "native", isa, threads });
    if (threads > 1) expect(backend.workerChunks).toBeGreaterThan(before);
    await expect(bits).toMatchFileSnapshot(fixture("native"));
  });
});
