/** A run over transforms that draw from generators of their own comes back to its bits. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import {
  data,
  fit,
  Generator,
  manualSeed,
  nn,
  optim,
  rand,
  randn,
  type Tensor,
  tensor,
} from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-transformed-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([true, false])("resumed in the middle of an epoch, compile %s", async (compile) => {
  const make = (more: object) => {
    manualSeed(1);
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(16, 3));
    const generator = new Generator(5);
    const own = Object.assign((x: Tensor) => x.add(rand([1], { generator })), { generator });
    const samples = new data.TensorDataset(randn([30, 4, 4]), tensor(new Int32Array(30)));
    const set = new data.Subset(new data.TransformedDataset(samples, data.randomShift(1, { seed: 7 }), own), [
      ...Array(24).keys(),
    ]);
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    return {
      model,
      run: fit(model, set, { optimizer, epochs: 3, batchSize: 5, seed: 2, compile, reportEvery: 0, ...more }),
    };
  };
  const whole = make({});
  await whole.run;
  const checkpoint = join(folder, `${compile}.ckpt`);
  for await (const { step } of make({ checkpoint }).run) if (step === 7) break;
  const resumed = make({ checkpoint, resume: true });
  await resumed.run;
  const bits = ({ model }: { model: nn.Module }) =>
    model.parameters().map((p) => Array.from(p.detach().data));
  expect(bits(resumed)).toEqual(bits(whole));
});
