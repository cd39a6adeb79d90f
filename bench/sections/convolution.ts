/** A training step of a small convolutional network for images of 32 x 32 (CIFAR-10), beside PyTorch. */
import type { ConvolutionCase } from "../contestants/protocol.js";
import { type Context, type starts, withStands } from "../context.js";
import { measure } from "../measure.js";
import { micro, type Section, short, times } from "../table.js";

const given: ConvolutionCase = {
  kind: "convolution",
  channels: [3, 32, 64, 128],
  size: 32,
  batch: 64,
  steps: 50,
};

/** Multiplications and additions of the convolutions and the last layer; the images need no gradient. */
function flops({ channels, size, batch }: ConvolutionCase): number {
  let sum = 0;
  for (let i = 0; i + 1 < channels.length; i++) {
    const products = 9 * channels[i] * channels[i + 1] * (size >> i) ** 2;
    sum += (i === 0 ? 2 : 3) * products;
  }
  const left = size >> (channels.length - 1);
  return 2 * batch * (sum + 3 * 10 * channels[channels.length - 1] * left ** 2);
}

export async function convolution({ options, progress }: Context): Promise<Section> {
  const names: (keyof typeof starts)[] = ["native", "compiled", "run", "pytorch"];
  if (options.compile) names.push("pytorchCompiled");
  const results = await withStands(names, async (stands) => {
    progress("convolution");
    const able = names.filter((name) => stands[name] !== undefined);
    const turns = { rounds: options.rounds, milliseconds: 8 * options.milliseconds };
    return measure(
      able.map((name) => [stands[name]!, given] as const),
      turns,
    );
  });
  const rows = results.map(({ name, best, median, rounds }) => [
    name,
    micro(best),
    micro(median),
    `${micro(Math.min(...rounds))} … ${micro(Math.max(...rounds))}`,
    times(best / results[0].best),
    short(flops(given) / best / 1e3),
  ]);
  const { channels, size, batch } = given;
  const table = {
    title: `Step of a convolutional network ${channels.join("-")}, images ${size} x ${size}, B ${batch}: µs`,
    head: ["", "fastest", "median", "rounds", "times ours", "GFLOP/s"],
    rows,
    notes: [],
  };
  return { name: "convolution", tables: [table], data: results };
}
