/** Compiled functions on the backend of WebAssembly: they run in the module, with the bits of eager mode. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import {
  backend,
  compile,
  data,
  manualSeed,
  nn,
  noGrad,
  optim,
  rand,
  randint,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { inUse } from "../../src/kernels/in-use.js";
import { inJavaScript } from "../../src/kernels/wasm/in-javascript.js";
import { describeModule } from "../kernels/wasm.js";

describeModule("a compiled function in the module", () => {
  const before = backend.name;
  beforeAll(() => backend.use("wasm"));
  afterAll(() => backend.use(before));

  /** Counts the replays of a function. */
  const replays = () => vi.spyOn(inUse.replay!.programs, "replay");

  function training(width = 40) {
    manualSeed(3);
    const model = new nn.Sequential(
      new nn.Linear(width, 30),
      new nn.LayerNorm([30]),
      new nn.GELU(),
      new nn.Dropout(0.2),
      new nn.Linear(30, 3),
    );
    const optimizer = new optim.AdamW(model.parameters(), { lr: 0.01 });
    const step = (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const batches = () =>
      new data.DataLoader(new data.TensorDataset(rand([70, width]), randint(0, 3, [70])), { batchSize: 32 });
    const weights = () => model.parameters().flatMap((p) => [...p.data]);
    return { step, batches, weights };
  }

  test("has the bits of eager mode and of the addon, called and by run", async () => {
    const eager = training();
    for (let epoch = 0; epoch < 2; epoch++) for (const [x, y] of eager.batches()) eager.step(x, y);

    const compiled = training();
    const replay = replays();
    const step = compile(compiled.step);
    for (const [x, y] of compiled.batches()) step(x, y);
    expect(replay).toHaveBeenCalledTimes(3);
    await step.run(compiled.batches());
    expect(compiled.weights()).toEqual(eager.weights());
    replay.mockRestore();
  });

  test("copies no table of which it reads a few rows", () => {
    manualSeed(1);
    const [table, small] = [new nn.Embedding(20_000, 8), new nn.Embedding(4, 8)];
    const replay = replays();
    const index = tensor([3, 1, 2], { dtype: "int32" });
    for (const { embedding, times } of [
      { embedding: table, times: 0 },
      { embedding: small, times: 2 },
    ]) {
      const fn = (i: Tensor) => embedding.forward(i).mul(2);
      const step = compile((i: Tensor) => noGrad(() => fn(i)));
      replay.mockClear();
      for (let i = 0; i < 2; i++) expect([...step(index).data]).toEqual([...noGrad(() => fn(index)).data]);
      expect(replay).toHaveBeenCalledTimes(times);
    }
    replay.mockRestore();
    expect(inJavaScript.has("indexSelect")).toBe(true);
  });

  test("reports a bad label after the calls before it, and goes on", () => {
    const { step, weights } = training(4);
    const compiled = compile(step);
    const x = randn([2, 4]);
    const good = tensor([0, 2], { dtype: "int32" });
    compiled(x, good);
    const kept = weights();
    expect(() => compiled(x, tensor([0, 7], { dtype: "int32" }))).toThrow(
      expect.objectContaining({ code: "LABEL_OUT_OF_RANGE" }),
    );
    expect(weights()).toEqual(kept);
    expect(compiled(x, good).item()).toBeGreaterThan(0);
  });

  test("refuses an argument on the memory that it changes", () => {
    const w = new nn.Parameter(randn([8]));
    const step = compile((x: Tensor) => {
      noGrad(() => w.add_(x));
      return x.mul(2);
    });
    expect([...step(tensor([1, 1, 1, 1, 1, 1, 1, 1])).data]).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
    expect(() => step(w.detach())).toThrow(expect.objectContaining({ code: "SHARED_MEMORY" }));
  });

  test("a profile has a time for each call", () => {
    const { step } = training(64);
    const compiled = compile(step);
    const [x, y] = [rand([128, 64]), randint(0, 3, [128])];
    const { rows, milliseconds } = compiled.profile(x, y);
    expect(rows.length).toBeGreaterThan(5);
    expect(milliseconds).toBeGreaterThan(0);
  });
});
