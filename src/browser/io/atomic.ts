/** A page writes no files. */
import type { Path } from "../../io/read.js";
import { notInBrowser } from "../not-here.js";

const instead =
  "io.encodeSafetensors(tensors) gives the bytes, for a download, IndexedDB or a request that uploads them";

export async function writeFileAtomic(
  op: string,
  _path: Path,
  _chunks: readonly Uint8Array[],
): Promise<void> {
  throw notInBrowser(`${op}: writing a file`, instead);
}

export function writeFileAtomicSync(op: string, _path: Path, _chunks: readonly Uint8Array[]): void {
  throw notInBrowser(`${op}: writing a file`, instead);
}
