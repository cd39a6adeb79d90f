import { expect, test } from "vitest";
import { compile, manualSeed, nn, optim, randn, type Tensor, tensor } from "../../src/index.js";

const F = nn.functional;
const labels = tensor([1, 2, 2, 3], { shape: [2, 2], dtype: "int32" });

/** Volumes that become images, images that are resampled, and the labels of their rows. */
function setup() {
  manualSeed(3);
  const [widen, shrink, classes] = [
    new nn.Conv3d(1, 4, 2, { padding: 1 }),
    new nn.ConvTranspose3d(4, 2, 2),
    new nn.Linear(3, 4),
  ];
  const theta = new nn.Parameter(tensor([1, 0.1, 0, 0, 0.9, 0.1], { shape: [1, 2, 3] }));
  const parameters = [widen, shrink, classes].flatMap((layer) => layer.parameters());
  const optimizer = new optim.SGD([...parameters, theta], { lr: 0.05 });
  const step = (x: Tensor) => {
    optimizer.zeroGrad();
    const volume = F.avgPool3d(shrink.forward(F.maxPool3d(widen.forward(x), 2)), [2, 1, 1]);
    const image = F.interpolate(volume.select(2, 0), [5, 3], { mode: "bicubic" });
    const grid = F.affineGrid(theta, [1, 2, 5, 3]).expand([2, 5, 3, 2]);
    const seen = F.gridSample(image, grid, { paddingMode: "reflection" }).sum(1);
    const logs = F.logSoftmax(classes.forward(seen), 2).transpose(0, 1);
    const loss = F.ctcLoss(logs, labels, [5, 4], [2, 1]);
    loss.backward();
    optimizer.step();
    return loss;
  };
  return { parameters: [...parameters, theta], step };
}

const bits = (x: Tensor) => Array.from(x.detach().contiguous().data);

test("a compiled step through volumes, grids and sequences gives the bits of the eager one", () => {
  const [eager, replayed] = [setup(), setup()];
  const step = compile(replayed.step);
  for (let i = 0; i < 4; i++) {
    const x = randn([2, 1, 4, 4, 5]);
    expect(bits(step(x))).toEqual(bits(eager.step(x)));
  }
  expect(replayed.parameters.map(bits)).toEqual(eager.parameters.map(bits));
  expect(step.recordings).toBe(1);
});
