/** MNIST from the files of the visitor or of the server. */
import { data, type Tensor } from "simdgrad";
import type { Named } from "./messages.js";
import { imageSide } from "./reduce.js";

/** Mean and deviation of MNIST's pixels on a scale from 0 to 1: what every network is trained with here. */
export const normal = { mean: 0.1307, std: 0.3081 } as const;
export const classes = 10;

export interface LabelledImages {
  /** uint8 [N, 28, 28]. */
  readonly images: Tensor;
  /** int32 [N]. */
  readonly labels: Tensor;
}

export interface Digits {
  readonly train: LabelledImages;
  readonly test?: LabelledImages;
}

const roles = ["train-images", "train-labels", "t10k-images", "t10k-labels"] as const;
type Role = (typeof roles)[number];

/** The name contains the role: browsers add to it when they have saved a file before. */
const roleName = /(train|t10k|test)-(images|labels)/;

function roleOf(name: string): Role {
  const [, part, kind] = roleName.exec(name) ?? [];
  if (part === undefined)
    throw new Error(`no file of MNIST, whose names begin with ${listed(roles)}: ${name}`);
  return `${part === "train" ? "train" : "t10k"}-${kind}` as Role;
}

const listed = (names: readonly string[]) => `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function chosen(files: readonly Named[]): Map<Role, Named> {
  const found = new Map<Role, Named>();
  for (const file of files) {
    const role = roleOf(file.name);
    const other = found.get(role);
    if (other) throw new Error(`two files of ${role}, which MNIST has once: ${other.name} and ${file.name}`);
    found.set(role, file);
  }
  const needed = roles.slice(0, found.has("t10k-images") || found.has("t10k-labels") ? 4 : 2);
  const missing = needed.filter((role) => !found.has(role));
  if (missing.length > 0)
    throw new Error(`choose the files of MNIST together: ${missing.map((role) => `no ${role}`).join(", ")}`);
  return found;
}

async function readPair(images: Named, labels: Named): Promise<LabelledImages> {
  const [x, y] = await Promise.all([data.readIdx(images.source), data.readIdx(labels.source)]);
  const given = ({ dtype, shape }: Tensor) => `${dtype} [${shape.join(", ")}]`;
  if (x.dtype !== "uint8" || x.ndim !== 3 || x.shape[1] !== imageSide || x.shape[2] !== imageSide)
    throw new Error(`images are uint8 [N, ${imageSide}, ${imageSide}]: ${given(x)} in ${images.name}`);
  if (y.ndim !== 1 || (y.dtype !== "uint8" && y.dtype !== "int32"))
    throw new Error(`labels are integers with one dim: ${given(y)} in ${labels.name}`);
  const [count, answers] = [x.shape[0]!, y.shape[0]!];
  if (count !== answers)
    throw new Error(
      `the files do not belong together: ${count} images in ${images.name}, ${answers} labels in ${labels.name}`,
    );
  if (count === 0) throw new Error(`no images in ${images.name}`);
  const values = y.data as Uint8Array | Int32Array;
  const wrong = values.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0)
    throw new Error(`labels are from 0 to 9: ${values[wrong]} at position ${wrong} of ${labels.name}`);
  return { images: x, labels: y.int() };
}

/** The training images, and the test images if their files are there. @throws Error, with one line. */
export async function readDigits(files: readonly Named[]): Promise<Digits> {
  const found = chosen(files);
  const pair = (part: "train" | "t10k") =>
    readPair(found.get(`${part}-images`)!, found.get(`${part}-labels`)!);
  return { train: await pair("train"), test: found.has("t10k-images") ? await pair("t10k") : undefined };
}
