/**
 * The networks of the command line: multilayer perceptrons, and their description in a safetensors file. The
 * tensors have the names and layouts of PyTorch's `nn.Sequential(Linear, ReLU, …)`; the rest is JSON in the
 * metadata of the file.
 */

import { FileError, io, nn, SimdgradError, type Tensor } from "../index.js";
import { excerpt, quoted, quotedPath } from "../quote.js";

export interface Architecture {
  /** Sizes of one image, without a channel: [28, 28]. */
  input: number[];
  hidden: number[];
  classes: number;
  activation: Activation;
  /** After each activation; 0 for none. */
  dropout: number;
  /** Mean and deviation that normalise the pixels, on a scale from 0 to 1. */
  mean: number;
  std: number;
}

export const activations = {
  relu: () => new nn.ReLU(),
  leakyRelu: () => new nn.LeakyReLU(),
  elu: () => new nn.ELU(),
  gelu: () => new nn.GELU(),
  silu: () => new nn.SiLU(),
  tanh: () => new nn.Tanh(),
  sigmoid: () => new nn.Sigmoid(),
};
export type Activation = keyof typeof activations;

const METADATA_KEY = "simdgrad";
const FORMAT = 1;

const product = (sizes: readonly number[]) => sizes.reduce((n, size) => n * size, 1);

/** [784, 512, 256, 10]. */
export function layerSizes({ input, hidden, classes }: Architecture): number[] {
  return [product(input), ...hidden, classes];
}

/** Linear layers of these sizes, with `between` before each but the first. Default: ReLU. */
export function perceptron(
  sizes: readonly number[],
  between: () => readonly nn.Module[] = () => [new nn.ReLU()],
): nn.Sequential {
  const layers: nn.Module[] = [];
  for (let i = 0; i + 1 < sizes.length; i++) {
    if (i > 0) layers.push(...between());
    layers.push(new nn.Linear(sizes[i], sizes[i + 1]));
  }
  return new nn.Sequential(...layers);
}

export function buildNetwork(architecture: Architecture): nn.Sequential {
  const { activation, dropout } = architecture;
  const drop = () => (dropout > 0 ? [new nn.Dropout({ p: dropout })] : []);
  return perceptron(layerSizes(architecture), () => [activations[activation](), ...drop()]);
}

export function describeNetwork(architecture: Architecture): string {
  const { activation, dropout } = architecture;
  const extra = dropout > 0 ? `${activation}, dropout ${dropout}` : activation;
  return `${layerSizes(architecture).join("-")} ${extra}`;
}

/** The texts beside the tensors in a file of a network. `training`: how it was trained. */
export function networkMetadata(architecture: Architecture, training: object): Record<string, string> {
  const description = { format: FORMAT, network: "mlp", ...architecture, training };
  return { format: "pt", [METADATA_KEY]: JSON.stringify(description) };
}

/** Replaces the file as a whole or not at all. It blocks, so no signal can interrupt it. */
export function saveNetwork(
  path: string,
  model: nn.Module,
  architecture: Architecture,
  training: object,
): void {
  io.saveSafetensorsSync(path, model.stateDict(), { metadata: networkMetadata(architecture, training) });
}

/** The network of a file, ready for predictions. Errors call the file `path`. */
export async function loadNetwork(
  source: io.Source,
  path = String(source),
): Promise<{ model: nn.Sequential; architecture: Architecture }> {
  const { tensors, metadata } = await io.readSafetensors(source).catch((cause: unknown) => {
    // In a text file the first bytes give a meaningless header length; an error about that length would not
    // help the user.
    if (!(cause instanceof FileError) || cause.code !== "HEADER_TOO_LONG") throw cause;
    throw new FileError(
      `model: no safetensors file, as simdgrad train saves one: ${JSON.stringify(path)}`,
      cause.code,
      path,
      { cause },
    );
  });
  const architecture = parseArchitecture(path, metadata[METADATA_KEY]);
  checkTensors(path, architecture, tensors);
  const model = buildNetwork(architecture);
  model.loadStateDict(tensors);
  model.eval();
  return { model, architecture };
}

function parseArchitecture(path: string, text: string | undefined): Architecture {
  const name = quotedPath(path);
  if (text === undefined)
    throw new SimdgradError(
      "NO_ARCHITECTURE",
      `model: the file does not say which network it holds; is it one that simdgrad train saved?: ${name}`,
    );
  let given: Record<string, any>;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new SimdgradError(
      "BAD_ARCHITECTURE",
      `model: the description of the network is not JSON: ${name}`,
      { cause },
    );
  }
  if (given?.["format"] > FORMAT)
    throw new SimdgradError(
      "NEWER_FORMAT",
      `model: saved by a newer version (format ${quoted(given["format"])}, this one reads up to ${FORMAT}): ${name}`,
    );
  const size = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 1;
  const rules: Record<keyof Architecture, (x: any) => boolean> = {
    input: (x) => Array.isArray(x) && x.length > 0 && x.every(size),
    hidden: (x) => Array.isArray(x) && x.every(size),
    classes: size,
    activation: (x) => typeof x === "string" && Object.hasOwn(activations, x),
    dropout: (x) => x >= 0 && x <= 1,
    mean: Number.isFinite,
    std: (x) => Number.isFinite(x) && x > 0,
  };
  for (const [key, valid] of Object.entries(rules))
    if (!valid(given?.[key]))
      throw new SimdgradError(
        "BAD_ARCHITECTURE",
        `model: the description of the network is wrong: ${key} is ${quoted(given?.[key])} in ${name}`,
      );
  const { input, hidden, classes, activation, dropout, mean, std } = given as Architecture;
  return { input, hidden, classes, activation, dropout, mean, std };
}

/** Called before any memory is allocated, because a description may claim layers of any size. */
function checkTensors(path: string, architecture: Architecture, tensors: Record<string, Tensor>): void {
  const sizes = layerSizes(architecture);
  const between = architecture.dropout > 0 ? 3 : 2;
  const expected = sizes.slice(1).flatMap((size, i): [string, number[]][] => [
    [`${i * between}.weight`, [size, sizes[i]]],
    [`${i * between}.bias`, [size]],
  ]);
  const fail = (what: string) =>
    new SimdgradError(
      "MODEL_MISMATCH",
      `model: the tensors do not fit the network ${sizes.join("-")}: ${what} in ${quotedPath(path)}`,
    );
  for (const [name, shape] of expected) {
    const given = tensors[name]?.shape;
    if (given === undefined) throw fail(`no ${excerpt(name)}`);
    if (given.join() !== shape.join())
      throw fail(`${name} is [${given.join(", ")}], not [${shape.join(", ")}]`);
  }
  const known = new Set(expected.map(([name]) => name));
  const extra = Object.keys(tensors).find((name) => !known.has(name));
  if (extra !== undefined) throw fail(`unexpected ${excerpt(extra)}`);
}
