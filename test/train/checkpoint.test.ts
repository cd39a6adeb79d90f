import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import {
  data,
  type FileError,
  fit,
  io,
  manualSeed,
  nn,
  optim,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";
import fc from "../property.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const file = () => join(folder, `${files++}.ckpt`);

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

/** A run over 45 samples: 6 steps an epoch, the last one smaller; dropout and a schedule. */
function make(unit: "step" | "epoch", more: object) {
  manualSeed(3);
  const model = new nn.Sequential(
    new nn.Linear(4, 8),
    new nn.Dropout(0.3),
    new nn.ReLU(),
    new nn.Linear(8, 3),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: unit === "step" ? 18 : 3 });
  const set = new data.TensorDataset(
    randn([45, 4]),
    tensor(Int32Array.from({ length: 45 }, (_, i) => i % 3)),
  );
  const options = { optimizer, scheduler, schedulerUnit: unit, epochs: 3, batchSize: 8, seed: 5, ...more };
  return { model, run: fit(model, set, { reportEvery: 0, ...options }) };
}

describe("a run that is resumed", () => {
  test("comes to the bits of one that was never stopped, wherever it was stopped", async () => {
    for (const unit of ["step", "epoch"] as const)
      for (const compile of [true, false]) {
        const whole = make(unit, { compile });
        const ended = await whole.run;
        await fc.assert(
          fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 4 }), async (stops) => {
            const checkpoint = file();
            for (const stop of stops) {
              const { run } = make(unit, { compile, checkpoint, resume: true });
              let events = 0;
              for await (const _ of run) if (++events === stop) break;
            }
            const { model, run } = make(unit, { compile, checkpoint, resume: true });
            const result = await run;
            expect(model.parameters().map(bits)).toEqual(whole.model.parameters().map(bits));
            expect(result.steps).toBe(ended.steps);
            if (!Number.isNaN(result.loss)) expect(result.loss).toBe(ended.loss);
          }),
          { numRuns: 12 },
        );
      }
  });

  test("kill -9 at any moment costs one interval of steps at most", async () => {
    const checkpoint = file();
    const script = fileURLToPath(new URL("./killed.mjs", import.meta.url));
    const child = (...args: string[]) =>
      spawn(process.execPath, [script, checkpoint, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const outputOf = async (process: ReturnType<typeof child>) => {
      let text = "";
      process.stdout.on("data", (chunk) => {
        text += chunk;
      });
      await once(process, "close");
      return text.trim().split("\n").at(-1)!;
    };
    const expected = JSON.parse(await outputOf(child("whole")));
    let done: string | undefined;
    let kills = 0;
    for (let i = 0; done === undefined && i < 40; i++) {
      const running = child("resume");
      // From its first output on, at a moment that differs from try to try; the last tries are left alone.
      if (i < 6)
        running.stdout.once("data", () =>
          setTimeout(
            () => {
              kills++;
              running.kill("SIGKILL");
            },
            20 * (i + 1),
          ),
        );
      const last = await outputOf(running);
      if (running.signalCode === null) done = last;
    }
    expect(kills).toBeGreaterThan(0);
    const { hash, steps } = JSON.parse(done!);
    expect({ hash, steps }).toEqual({ hash: expected.hash, steps: expected.steps });
  });
});

describe("what a resumed run says of itself", () => {
  const all = { unit: "step", every: { checkpointEvery: 4 } } as const;
  const said = async (checkpoint: string, more: object = {}) =>
    String((await make(all.unit, { checkpoint, resume: true, ...all.every, ...more }).run).resumed);

  test("nothing, when there was no checkpoint", async () => {
    expect(await said(file())).toBe("null");
  });

  test("after it was stopped: where it goes on, and that no step is made again", async () => {
    const checkpoint = file();
    for await (const { step } of make(all.unit, { checkpoint, ...all.every }).run) if (step === 9) break;
    expect(await said(checkpoint)).toBe(
      `resumed from ${checkpoint}: goes on in epoch 2 of 3 with step 10 of 18; where the run before was stopped: no step is made again`,
    );
  });

  test.each([
    [1, "epoch 1 of 3 with step 5 of 18", "2 steps are"], // the epoch ends with step 6
    [2, "epoch 2 of 3 with step 7 of 18", "2 steps are"],
    [3, "epoch 2 of 3 with step 9 of 18", "4 steps are"],
    [6, "epoch 3 of 3 with step 17 of 18", "2 steps are"],
  ])("killed after %d checkpoints: how many steps at most are made again", async (count, where, again) => {
    const [checkpoint, killed] = [file(), file()];
    const { run } = make(all.unit, { checkpoint, ...all.every });
    const written = new Set<string>();
    for await (const _ of run) {
      const text = existsSync(checkpoint) ? readFileSync(checkpoint, "latin1") : "";
      if (text !== "") written.add(text);
      if (written.size <= count) writeFileSync(killed, text, "latin1");
    }
    expect(await said(killed)).toBe(
      `resumed from ${killed}: goes on in ${where}; the run before may have been further: at most ${again} made again`,
    );
  });

  test("when it was finished: that nothing is left, unless there are more epochs now", async () => {
    const checkpoint = file();
    await make(all.unit, { checkpoint }).run;
    expect(await said(checkpoint)).toBe(
      `${checkpoint} holds a finished run: step 18 of 18, epoch 3 of 3; nothing is left to train`,
    );
    expect(await said(checkpoint, { epochs: 4 })).toMatch(/goes on in epoch 4 of 4 with step 19 of 24/);
  });
});

describe("bad checkpoints", () => {
  test.each([
    ["truncated", (path: string) => truncateSync(path, 200), /TRUNCATED|TOO_LONG/],
    ["no checkpoint", (path: string) => io.saveSafetensorsSync(path, {}), /NOT_A_CHECKPOINT/],
    ["not safetensors", (path: string) => writeFileSync(path, "hello"), /./],
    [
      "of a later version",
      (path: string) => {
        const text = readFileSync(path, "latin1").replace('\\"version\\":1', '\\"version\\":9');
        writeFileSync(path, text, "latin1");
      },
      /NEWER_CHECKPOINT/,
    ],
  ])("%s: an error that says so, and nothing is changed", async (_, spoil, code) => {
    const checkpoint = file();
    await make("step", { checkpoint }).run;
    spoil(checkpoint);
    const { model, run } = make("step", { checkpoint, resume: true });
    const before = model.parameters().map(bits);
    const error = (await run.then(
      () => null,
      (e) => e,
    )) as FileError;
    expect(error.code).toMatch(code);
    expect(error.message).toContain(checkpoint);
    expect(model.parameters().map(bits)).toEqual(before);
  });

  test("of another model, and of other batches", async () => {
    const checkpoint = file();
    await make("step", { checkpoint }).run;
    const { run } = make("step", { checkpoint, resume: true, batchSize: 9 });
    await expect(run).rejects.toMatchObject({ code: "STATE_DICT_MISMATCH" });
    const other = new nn.Linear(4, 3);
    const optimizer = new optim.Adam(other.parameters());
    const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: 3 });
    const set = new data.TensorDataset(randn([45, 4]), tensor(new Int32Array(45)));
    const options = { optimizer, scheduler, batchSize: 8, checkpoint, resume: true };
    await expect(fit(other, set, options)).rejects.toMatchObject({ code: "STATE_DICT_MISMATCH" });
  });

  test("resume without a file name, and batches without a position", async () => {
    expect(() => make("step", { resume: true })).toThrow(/resume needs checkpoint/);
    const model = new nn.Linear(4, 3);
    const optimizer = new optim.SGD(model.parameters());
    const batches = [[randn([2, 4]), tensor(new Int32Array(2))] as const];
    expect(() => fit(model, batches, { optimizer, checkpoint: file() })).toThrow(
      /DataLoader have no position/,
    );
  });
});
