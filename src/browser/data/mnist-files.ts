/** Finds the files of MNIST at the URL of a folder, by the names that MNIST gives them. */
import type { MnistPart } from "../../data/mnist-files.js";
import { FileError, ValueError } from "../../errors.js";
import type { Path } from "../../io/read.js";
import { quotedPath } from "../../quote.js";
import { pathOf, within } from "../io/read.js";

const begins: Record<MnistPart, string> = { train: "train", test: "t10k" };

export async function findFiles(
  given: Path | undefined,
  split: string | undefined,
  wanted: readonly MnistPart[],
): Promise<string[]> {
  if (given === undefined)
    throw new ValueError(
      "mnist: a browser needs dir, the URL of the folder with the files",
      "MISSING_OPTION",
    );
  const dir = pathOf(given);
  const prefix = split === undefined ? "" : `emnist-${split}-`;
  const roles = wanted.flatMap((part) =>
    ["images-idx3", "labels-idx1"].map((kind) => `${begins[part]}-${kind}`),
  );
  return Promise.all(roles.map((role) => fileOf(within(dir, `${prefix}${role}-ubyte`))));
}

/** The file, raw or gzipped. */
async function fileOf(path: string): Promise<string> {
  for (const candidate of [path, `${path}.gz`]) {
    const response = await fetch(candidate, { method: "HEAD" }).catch(() => null);
    // Servers of single-page applications answer with their page where there is no file.
    if (response?.ok && !response.headers.get("content-type")?.startsWith("text/html")) return candidate;
  }
  throw new FileError(`mnist: no such file, raw or .gz: ${quotedPath(path)}`, "FILE_NOT_FOUND", path);
}
