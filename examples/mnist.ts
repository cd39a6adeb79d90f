// A model class, `fit` with a schedule and early output, and a file that PyTorch can read.
import { data, fit, io, manualSeed, nn, optim, type Tensor } from "simdgrad";

class Digits extends nn.Module {
  hidden = [new nn.Linear(784, 256), new nn.Linear(256, 128)];
  dropout = new nn.Dropout(0.1);
  out = new nn.Linear(128, 10);

  forward(images: Tensor): Tensor {
    let x = images.flatten(1);
    for (const layer of this.hidden) x = this.dropout.forward(layer.forward(x).relu());
    return this.out.forward(x);
  }
}

manualSeed(0);
const { train, test } = await data.mnist();
const model = new Digits();
console.log(model);

const epochs = Number(process.env["EPOCHS"] ?? 3);
const optimizer = new optim.AdamW(model.parameters(), { lr: 2e-3 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, { tMax: epochs });
for await (const e of fit(model, train, {
  optimizer,
  scheduler,
  epochs,
  batchSize: 128,
  validation: test,
  seed: 0,
}))
  if (e.type === "epoch")
    console.log(
      `epoch ${e.epoch}  loss ${e.loss.toFixed(4)}  test accuracy ${e.validation?.accuracy?.toFixed(4)}`,
    );

await io.saveSafetensors("digits.safetensors", model.stateDict());
console.log("saved digits.safetensors");
