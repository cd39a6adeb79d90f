/** Segmentation by a U-Net (Ronneberger et al., 2015) of two halvings, with batch normalization. */
import { cat, nn, optim, rand, randn, type Tensor } from "simdgrad";
import { type Network, type Sizes, supervised } from "./network.js";

/** Two convolutions. */
const pair = (inputs: number, outputs: number) =>
  new nn.Sequential(
    ...[inputs, outputs].flatMap((from) => [
      new nn.Conv2d(from, outputs, 3, { padding: 1, bias: false }),
      new nn.BatchNorm2d(outputs),
      new nn.ReLU(),
    ]),
  );
const doubled = (inputs: number, outputs: number) =>
  new nn.ConvTranspose2d(inputs, outputs, 2, { stride: 2 });

class Unet extends nn.Module {
  readonly down1: nn.Sequential;
  readonly down2: nn.Sequential;
  readonly bottom: nn.Sequential;
  readonly double2: nn.ConvTranspose2d;
  readonly up2: nn.Sequential;
  readonly double1: nn.ConvTranspose2d;
  readonly up1: nn.Sequential;
  readonly head: nn.Conv2d;

  constructor({ width }: Sizes) {
    super();
    this.down1 = pair(3, width);
    this.down2 = pair(width, 2 * width);
    this.bottom = pair(2 * width, 4 * width);
    this.double2 = doubled(4 * width, 2 * width);
    this.up2 = pair(4 * width, 2 * width);
    this.double1 = doubled(2 * width, width);
    this.up1 = pair(2 * width, width);
    this.head = new nn.Conv2d(width, 1, 1);
  }

  forward(x: Tensor): Tensor {
    const { maxPool2d } = nn.functional;
    const fine = this.down1.forward(x);
    const coarse = this.down2.forward(maxPool2d(fine, 2));
    const bottom = this.bottom.forward(maxPool2d(coarse, 2));
    const y = this.up2.forward(cat([coarse, this.double2.forward(bottom)], 1));
    return this.head.forward(this.up1.forward(cat([fine, this.double1.forward(y)], 1)));
  }
}

export const unet: Network = {
  model: (sizes) => new Unet(sizes),
  batch: ({ batch, size }) => [
    randn([batch, 3, size, size]),
    rand([batch, 1, size, size]).lt(0.3).to("float32"),
  ],
  train: supervised(
    (model: Unet, x, y) => nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y),
    (parameters) => new optim.Adam(parameters, { lr: 1e-3 }),
  ),
};
