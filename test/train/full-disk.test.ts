/** A checkpoint that does not fit on the disk. */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { data, fit, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";

/**
 * How many more files fit on the disk, and what says that the next one does not: the third piece of it, or
 * the end.
 */
const disk = vi.hoisted(() => ({ files: Number.POSITIVE_INFINITY, call: "", written: 0 }));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const checkRoom = (full: boolean) => {
    if (disk.files < 0 && full) throw Object.assign(new Error("ENOSPC: injected"), { code: "ENOSPC" });
  };
  return {
    ...real,
    openSync: (path: string, flags: string, mode?: number) => {
      if (flags === "wx") Object.assign(disk, { files: disk.files - 1, written: 0 });
      return real.openSync(path, flags, mode);
    },
    writeSync: (...args: [number, Uint8Array, number, number]) => {
      checkRoom(disk.call === "write" && ++disk.written === 3);
      return real.writeSync(...args);
    },
    fsyncSync: (fd: number) => {
      checkRoom(disk.call === "fsync");
      return real.fsyncSync(fd);
    },
  };
});

const folder = fs.mkdtempSync(join(tmpdir(), "simdgrad-full-disk-"));
const checkpoint = join(folder, "run.ckpt");
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(() => fs.rmSync(checkpoint, { force: true }));

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

/** Three epochs of 6 steps; the checkpoints are at steps 4, 6 (the end of an epoch), 8, 12, 12, 16 and 18. */
function make(compile: boolean, more: object = {}) {
  manualSeed(3);
  const model = new nn.Sequential(new nn.Linear(4, 8), new nn.Dropout(0.3), new nn.Linear(8, 3));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  const labels = tensor(Int32Array.from({ length: 45 }, (_, i) => i % 3));
  const set = new data.TensorDataset(randn([45, 4]), labels);
  const options = { optimizer, epochs: 3, batchSize: 8, seed: 5, reportEvery: 0, compile, ...more };
  return { model, optimizer, set, run: fit(model, set, options) };
}

const saving = { checkpoint, checkpointEvery: 4 };

describe.each([
  ["compiled", true],
  ["eager", false],
])("a run whose disk fills up, %s", (_, compile) => {
  test.each([
    ["write", 0, undefined],
    ["write", 1, 4],
    ["write", 3, 8],
    ["fsync", 0, undefined],
    ["fsync", 2, 6],
  ])(
    "ends with DISK_FULL, in %s after %d checkpoints, the last of which is good",
    async (call, files, at) => {
      const whole = make(compile);
      await whole.run;
      const { model, optimizer, set, run } = make(compile, saving);
      Object.assign(disk, { files, call });
      const error = await run.catch((e: unknown) => e);
      disk.files = Number.POSITIVE_INFINITY;
      expect(error).toMatchObject({ code: "DISK_FULL", path: checkpoint, cause: { code: "ENOSPC" } });
      expect((error as Error).message).toContain(checkpoint);
      expect(fs.readdirSync(folder)).toEqual(at === undefined ? [] : ["run.ckpt"]);

      // The model is as it was after a whole step: that of a run which is stopped there.
      const { step } = run.progress;
      const stopped = make(compile);
      for await (const event of stopped.run) if (event.step === step) break;
      expect(model.parameters().map(bits)).toEqual(stopped.model.parameters().map(bits));
      expect(model.training).toBe(true);
      await fit(model, set, { optimizer, batchSize: 8, compile });

      const resumed = make(compile, { ...saving, resume: true });
      const seen = [];
      for await (const event of resumed.run) seen.push(event.resumed?.step ?? 0);
      expect(seen[0]).toBe(at ?? 0);
      expect(resumed.model.parameters().map(bits)).toEqual(whole.model.parameters().map(bits));
    },
  );
});
