/** A generator and a discriminator of small images (Radford et al., 2016), and a step of each. */
import { nn, noGrad, ones, optim, randn, type Tensor, zeros } from "simdgrad";
import type { Network, Sizes, Step } from "./network.js";

class Gan extends nn.Module {
  readonly generator: nn.Sequential;
  readonly discriminator: nn.Sequential;

  constructor({ latent, width }: Sizes) {
    super();
    const sharper = { stride: 2, padding: 1, bias: false };
    this.generator = new nn.Sequential(
      new nn.ConvTranspose2d(latent, 4 * width, 4, { bias: false }),
      new nn.BatchNorm2d(4 * width),
      new nn.ReLU(),
      new nn.ConvTranspose2d(4 * width, 2 * width, 4, sharper),
      new nn.BatchNorm2d(2 * width),
      new nn.ReLU(),
      new nn.ConvTranspose2d(2 * width, width, 4, sharper),
      new nn.BatchNorm2d(width),
      new nn.ReLU(),
      new nn.ConvTranspose2d(width, 3, 4, sharper),
      new nn.Tanh(),
    );
    this.discriminator = new nn.Sequential(
      new nn.Conv2d(3, width, 4, sharper),
      new nn.LeakyReLU({ negativeSlope: 0.2 }),
      new nn.Conv2d(width, 2 * width, 4, sharper),
      new nn.BatchNorm2d(2 * width),
      new nn.LeakyReLU({ negativeSlope: 0.2 }),
      new nn.Conv2d(2 * width, 4 * width, 4, sharper),
      new nn.BatchNorm2d(4 * width),
      new nn.LeakyReLU({ negativeSlope: 0.2 }),
      new nn.Conv2d(4 * width, 1, 4, { bias: false }),
      new nn.Flatten(0),
    );
  }

  /** Images from noise. */
  forward(noise: Tensor): Tensor {
    return this.generator.forward(noise);
  }
}

function train({ generator, discriminator }: Gan): Step {
  const [generatorOptimizer, discriminatorOptimizer] = [generator, discriminator].map(
    (part) => new optim.Adam(part.parameters(), { lr: 2e-4, betas: [0.5, 0.999] }),
  );
  const { binaryCrossEntropyWithLogits } = nn.functional;
  return (images, noise) => {
    const [real, fake] = [ones([images.shape[0]]), zeros([images.shape[0]])];
    const made = generator.forward(noise);

    discriminatorOptimizer.zeroGrad();
    const ofImages = binaryCrossEntropyWithLogits(discriminator.forward(images), real);
    const ofMade = binaryCrossEntropyWithLogits(discriminator.forward(made.detach()), fake);
    ofImages.add(ofMade).backward();
    discriminatorOptimizer.step();

    generatorOptimizer.zeroGrad();
    const loss = binaryCrossEntropyWithLogits(discriminator.forward(made), real);
    loss.backward();
    generatorOptimizer.step();
    return noGrad(() => loss.add(ofImages).add(ofMade));
  };
}

export const dcgan: Network = {
  model: (sizes) => new Gan(sizes),
  batch: ({ batch, latent }) => [randn([batch, 3, 32, 32]), randn([batch, latent, 1, 1])],
  train,
};
