/** Threads of the module of WebAssembly: the bits do not depend on them, and their memory is bounded. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  backend,
  compile,
  manualSeed,
  nn,
  noGrad,
  optim,
  randint,
  randn,
  softmax,
  type Tensor,
} from "../../src/index.js";
import { Door } from "../../src/kernels/wasm/door.js";
import { WasmProgram } from "../../src/kernels/wasm/program.js";
import { whyOneThread } from "../../src/kernels/wasm/thread-workers.js";
import { code, describeModule, doubled, doubling, newDoor } from "./wasm.js";

const MB = 2 ** 20;

describeModule("kernels that threads share", () => {
  const before = backend.name;
  beforeAll(() => backend.use("wasm"));
  afterAll(() => {
    backend.setThreads(1);
    backend.use(before);
  });

  /** The results of kernels that are large enough to be shared. */
  function results() {
    manualSeed(11);
    const x = randn([500, 400]);
    const [q, k, v] = [1, 2, 3].map(() => randn([2, 4, 64, 32]));
    return noGrad(() => ({
      gemm: x.matmul(x.transpose(0, 1)).data,
      reduce: x.sum(0).data,
      mean: x.mean().data,
      elementwise: x.mul(x).gelu().data,
      softmax: softmax(x, 1).data,
      attention: nn.functional.scaledDotProductAttention(q, k, v).data,
    }));
  }

  /** The weights after five steps, compiled. */
  function trained() {
    manualSeed(12);
    const model = new nn.Sequential(new nn.Linear(300, 200), new nn.LayerNorm([200]), new nn.Linear(200, 10));
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
    const step = compile((x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      nn.functional.crossEntropy(model.forward(x), y).backward();
      optimizer.step();
    });
    for (let i = 0; i < 5; i++) step(randn([128, 300]), randint(0, 10, [128]));
    return model.parameters().map(({ data }) => data.slice());
  }

  it("have the same bits with one thread and with more, as has a training run", async () => {
    backend.setThreads(1);
    expect(backend.threads).toBe(1);
    const one = { ...results(), trained: trained() };
    for (const threads of [2, 3]) {
      backend.setThreads(threads);
      expect(backend.threads).toBe(threads);
      // The Workers take a while to start, and nobody waits for them.
      await vi.waitUntil(() => results() && backend.workerChunks > 0, { timeout: 20_000, interval: 5 });
      const more = { ...results(), trained: trained() };
      expect(more).toEqual(one);
    }
  });
});

describeModule("without SharedArrayBuffer", () => {
  afterAll(() => vi.unstubAllGlobals());

  it("there is one thread, and the reason says so", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const door = new Door(code, 4);
    expect(whyOneThread()).toBe("SharedArrayBuffer is not available");
    expect([door.threads, door.setThreads(3)]).toEqual([1, 1]);
    const x = new Float32Array(3).fill(1);
    expect(doubled(door)(x, x)).toBe(-1);
    expect([...x]).toEqual([2, 2, 2]);
  });
});

describeModule("memory that threads share", () => {
  const block = new Float64Array(64);
  const replay = (program: WasmProgram) =>
    program.run((exports, address) => exports.replay(address), [], block);

  it("grows for a large call and is given back after a thousand small ones", () => {
    const door = newDoor(2);
    const double = doubled(door);
    const large = new Float32Array(9 * MB).fill(3);
    double(large, large);
    expect(large[5 * MB]).toBe(6);
    expect(door.bytes).toBeGreaterThan(36 * MB);
    const small = new Float32Array(10).fill(2);
    for (let i = 0; i < 2000; i++) double(small, small);
    expect(door.bytes).toBeLessThan(16 * MB);
    expect(door.threads).toBe(2);
  });

  it("is bounded in a loop that makes programs; one that was freed runs again", () => {
    const door = newDoor(2);
    const x = new Float32Array(MB / 4);
    const spec = doubling(x);
    const programs = Array.from({ length: 70 }, () => new WasmProgram(door, spec));
    const before = door.bytes;
    for (let i = 0; i < 70; i++) programs.push(new WasmProgram(door, spec));
    expect(door.bytes - before).toBeLessThan(4 * MB);
    for (const program of [programs[0], programs[139], programs[0]]) {
      x.fill(1);
      expect(replay(program)).toBe(-1);
      expect(x[1000]).toBe(2);
    }
  });

  it("is left by programs when there is one thread, and used by them again", () => {
    const door = newDoor(2);
    const x = new Float32Array(100).fill(1);
    const program = new WasmProgram(door, doubling(x));
    for (const [threads, shared] of [
      [2, true],
      [1, false],
      [3, true],
    ] as const) {
      door.setThreads(threads);
      expect(replay(program)).toBe(-1);
      expect((door.programs?.bytes ?? 0) > 0).toBe(shared);
    }
    expect(x[99]).toBe(8);
    program.release();
    expect(door.programs!.bytes).toBe(0);
  });
});
