import { statSync } from "node:fs";
import { basename } from "node:path";
import { data, SimdgradError, type Tensor } from "../index.js";
import type { Architecture } from "./network.js";

export interface Images {
  train: data.TensorDataset<[Tensor, Tensor]>;
  test: data.TensorDataset<[Tensor, Tensor]>;
  classes: number;
  mean: number;
  std: number;
  /** Shape of one image: [28, 28]. */
  size: number[];
}

export interface ImagesOptions {
  dir?: string;
  split?: string;
}

/** The four IDX files of a directory, images as rows of pixels. @throws FileError. */
export async function loadImages({ dir, split }: ImagesOptions): Promise<Images> {
  const set = await data.mnist({ dir, split });
  const size = imageSize(set.test.tensors[0]);
  return { ...set, train: asRows(set.train), test: asRows(set.test), size };
}

/**
 * The two files of one part, for a network. The classes and the normalisation come from the network, not from
 * the data.
 * @throws FileError, or `MODEL_MISMATCH`.
 */
export async function loadPart(
  only: data.MnistPart,
  { dir, split }: ImagesOptions,
  architecture: Architecture,
): Promise<Images["test"]> {
  const { classes, mean, std } = architecture;
  const { [only]: set } = (await data.mnist({ dir, split, only, classes, mean, std })) as data.Mnist;
  checkSize(architecture, imageSize(set.tensors[0]));
  return asRows(set);
}

/** Images without labels: one IDX file. Undefined when `path` is not a file. */
export async function loadImageFile(path: string, architecture: Architecture): Promise<Tensor | undefined> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const images = await data.readIdx(path);
  if (images.dtype !== "uint8" || images.ndim < 2)
    throw new SimdgradError(
      "NOT_IMAGES",
      `images are uint8 with at least 2 dims: ${images.dtype} [${images.shape.join(", ")}] in ${basename(path)}`,
    );
  checkSize(architecture, imageSize(images));
  return images.reshape([images.shape[0], -1]);
}

function imageSize(images: Tensor): number[] {
  const size = images.shape.slice(1);
  return size.length > 2 && size[0] === 1 ? size.slice(1) : size;
}

function checkSize({ input }: Architecture, size: number[]): void {
  if (input.join() !== size.join())
    throw new SimdgradError(
      "MODEL_MISMATCH",
      `the model takes images of ${input.join(" x ")} pixels: the data has ${size.join(" x ")}`,
    );
}

function asRows({ tensors: [images, labels], scale, shift }: data.TensorDataset<[Tensor, Tensor]>) {
  return new data.TensorDataset(images.reshape([images.shape[0], -1]), labels, { scale, shift });
}
