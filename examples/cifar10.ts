// A small convolutional network on CIFAR-10: npm run example -- cifar10 cifar-10-batches-bin
// Without a folder it makes one in the same format, of noisy stripes in ten directions, which are learned in
// seconds.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, manualSeed, nn, optim, rand, randn, stack, train } from "simdgrad";
import * as plot from "simdgrad/plot";

manualSeed(0);

/**
 * `count` records: a label, then 32 × 32 pixels of red, green and blue. Width, place and colours of the
 * stripes are random.
 */
function stripes(count: number): Uint8Array {
  const bytes = new Uint8Array(count * 3073);
  const [noise, random] = [randn([count, 3072]).data, rand([count, 8]).data];
  for (let n = 0; n < count; n++) {
    const [width, shift, ...colors] = random.subarray(8 * n, 8 * n + 8);
    const label = n % 10;
    bytes[3073 * n] = label;
    const [dx, dy] = [Math.cos((label * Math.PI) / 10), Math.sin((label * Math.PI) / 10)];
    for (let i = 0; i < 3072; i++) {
      const [channel, row, column] = [i >> 10, (i >> 5) & 31, i & 31];
      const wave = Math.sin((0.6 + 0.4 * width) * (dx * column - dy * row) + 2 * Math.PI * shift);
      const level = 255 * colors[wave > 0 ? channel : 3 + channel] + 30 * noise[3072 * n + i];
      bytes[3073 * n + 1 + i] = Math.min(255, Math.max(0, level));
    }
  }
  return bytes;
}
async function madeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stripes-"));
  for (let i = 1; i <= 5; i++) await writeFile(join(folder, `data_batch_${i}.bin`), stripes(200));
  await writeFile(join(folder, "test_batch.bin"), stripes(500));
  return folder;
}
const given = process.argv[2];
const folder = given ?? (await madeFolder());
const classNames = given ? data.cifar10Classes : Array.from({ length: 10 }, (_, i) => `${18 * i}°`);
const [seen, unseen] = [await data.cifar10(folder), await data.cifar10(folder, { train: false })];

const block = (inputs: number, outputs: number, stride: number) => [
  new nn.Conv2d(inputs, outputs, 5, { stride, padding: 2, bias: false }), // batch norm has a bias
  ...[new nn.BatchNorm2d(outputs), new nn.ReLU(), new nn.MaxPool2d(2)],
];
const network = new nn.Sequential(
  ...[...block(3, 12, given ? 1 : 2), ...block(12, 24, 1), new nn.Flatten()],
  new nn.Linear(given ? 24 * 8 * 8 : 24 * 4 * 4, 10),
);
await plot.network("cifar10-network.svg", network, {
  ...{ title: "The network, with the shape of each output", inputShape: [3, 32, 32] },
  ...{ width: 1200, height: 480 },
});
console.log(`${seen.length} images to learn from, ${unseen.length} to test with`);

const options = { epochs: given ? 10 : 3, batchSize: 50, seed: 0, validation: unseen };
const optimizer = new optim.Adam(network.parameters(), { lr: 0.002 });
for await (const event of train.fit(network, seen, { ...options, optimizer })) {
  if (event.type !== "epoch") continue;
  const [learned, tested] = [event.accuracy!, event.validation!.accuracy!];
  console.log(`epoch ${event.epoch}: accuracy ${learned.toFixed(3)}, of test images ${tested.toFixed(3)}`);
}

const wrong = await train.mostWrong(network, unseen, 12);
const name = (label: number | null) => classNames[label!];
await plot.images("cifar10-wrong.svg", stack(wrong.map(({ x }) => x)), {
  title: "The most wrong: what it is, what it was taken for",
  captions: wrong.map(({ target, predicted }) => `${name(target)}, ${name(predicted)}`),
});
const confusion = await train.confusionMatrix(network, unseen);
await plot.confusionMatrix("cifar10-confusion.svg", confusion, {
  ...{ title: "Test images", classNames, width: 960, height: 860 },
});
