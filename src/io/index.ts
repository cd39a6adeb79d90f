/**
 * Models on disk, in the safetensors format that PyTorch, JAX and others read and write.
 * `import * as io from "simdgrad/io"`, or `io` of `simdgrad`.
 * @module simdgrad/io
 */
import { ValueError } from "../errors.js";
import { dense } from "../ops/shape/views.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { fromData, Tensor } from "../tensor/tensor.js";
import { writeFileAtomic, writeFileAtomicSync } from "./atomic.js";
import { type Path, pathOf } from "./read.js";
import {
  decodeSafetensors,
  encodeSafetensors,
  namesWith,
  type RawTensor,
  type Safetensors,
  safetensorsChunks,
} from "./safetensors.js";

export type { Path } from "./read.js";
export { decodeSafetensors, encodeSafetensors, type RawTensor } from "./safetensors.js";
export type { Source } from "./source.js";

import { lengthFrom } from "./safetensors-header.js";
import { bytesOf, bytesOfSync, type Source } from "./source.js";

/** Tensors by name, such as `model.stateDict()`. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** Options of `saveSafetensors` and `saveSafetensorsSync`. */
export interface SaveOptions {
  /** Strings stored in the file beside the tensors. Default: none. */
  metadata?: Record<string, string>;
}

/** What a safetensors file holds. */
export interface LoadedFile {
  /** The tensors by name. */
  tensors: Record<string, Tensor>;
  /** The strings that the file was saved with. */
  metadata: Record<string, string>;
}

/**
 * Saves named tensors, for example `model.stateDict()`. It saves the values at the moment of the call, so
 * training may continue meanwhile. The file is replaced as a whole or not at all.
 * @throws FileError `DISK_FULL`, `NO_PERMISSION`, `DIRECTORY_NOT_FOUND` … that names the file; the old file
 * stays.
 */
export async function saveSafetensors(
  path: Path,
  tensors: NamedTensors,
  options: SaveOptions = {},
): Promise<void> {
  checkOptions("saveSafetensors", options, ["metadata"]);
  const bytes = encodeSafetensors(rawTensors(tensors), options.metadata);
  await writeFileAtomic("saveSafetensors", pathOf(path), [bytes]);
}

/**
 * `saveSafetensors`, blocking; it needs no second copy of the tensors in memory.
 *
 *     io.saveSafetensorsSync("model.safetensors", model.stateDict())
 *
 * @throws FileError as `saveSafetensors`, `BAD_METADATA` for metadata that are not strings; ValueError for
 * entries that are not tensors.
 */
export function saveSafetensorsSync(path: Path, tensors: NamedTensors, options: SaveOptions = {}): void {
  checkOptions("saveSafetensorsSync", options, ["metadata"]);
  const chunks = safetensorsChunks(rawTensors(tensors), options.metadata);
  writeFileAtomicSync("saveSafetensors", pathOf(path), chunks);
}

/**
 * The tensors of a safetensors file by name, for `model.loadStateDict`; the file is a path, a Blob (a File of
 * a browser), or its bytes. float16 and bfloat16 become float32; wider and narrower integers become int32.
 * Tensors have the shapes that the file states.
 *
 *     model.loadStateDict(await io.loadSafetensors("model.safetensors"))
 *
 * @throws FileError that names the file and the error in it.
 */
export async function loadSafetensors(source: Source): Promise<Record<string, Tensor>> {
  return (await readSafetensors(source)).tensors;
}

/**
 * `loadSafetensors`, blocking. Tensors have the shapes that the file states.
 *
 *     model.loadStateDict(io.loadSafetensorsSync("model.safetensors"))
 */
export function loadSafetensorsSync(source: Source): Record<string, Tensor> {
  return readSafetensorsSync(source).tensors;
}

/**
 * Tensors and metadata of a safetensors file.
 *
 *     const { tensors, metadata } = await io.readSafetensors("model.safetensors")
 *
 * @throws FileError that names the file and the error in it.
 */
export async function readSafetensors(source: Source): Promise<LoadedFile> {
  const { bytes, name } = await bytesOf("loadSafetensors", source, { lengthFrom });
  return wrap(decodeSafetensors(bytes, name));
}

/**
 * `readSafetensors`, blocking.
 *
 *     const { tensors, metadata } = io.readSafetensorsSync("model.safetensors")
 *
 * @throws FileError as `readSafetensors`; ValueError `INVALID_PATH` for a Blob, which cannot be read at once.
 */
export function readSafetensorsSync(source: Source): LoadedFile {
  const { bytes, name } = bytesOfSync("loadSafetensors", source, { lengthFrom });
  return wrap(decodeSafetensors(bytes, name));
}

function rawTensors(tensors: NamedTensors): Map<string, RawTensor> {
  const raw = new Map<string, RawTensor>();
  for (const [name, x] of Object.entries(namesWith("tensors", tensors))) {
    if (!(x instanceof Tensor))
      throw new ValueError(`saveSafetensors: entries are tensors: ${quoted(name)} is ${typeof x}`);
    raw.set(name, { dtype: x.dtype, shape: x.shape, data: dense(x.detach()).data });
  }
  return raw;
}

function wrap({ tensors, metadata }: Safetensors): LoadedFile {
  const entries = [...tensors].map(([name, { data, shape, dtype }]) => [name, fromData(data, shape, dtype)]);
  return { tensors: Object.fromEntries(entries), metadata };
}
