import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

export interface Ran {
  stdout: string;
  /** Names of the pictures that it wrote. */
  figures: string[];
}

/** Runs an example as `npm run example` does, with an empty folder for its pictures. */
export async function runExample(name: string): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "simdgrad-example-"));
  try {
    const program = [join(root, "tools/example.js"), name, "--out", folder];
    const { stdout } = await promisify(execFile)(process.execPath, program);
    return { stdout, figures: (await readdir(folder)).sort() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The numbers of the line that begins like this. */
export function numbersOf(stdout: string, start: string): number[] {
  const line = stdout.split("\n").find((text) => text.startsWith(start));
  if (line === undefined) throw new Error(`no line begins with ${JSON.stringify(start)} in\n${stdout}`);
  return [...line.slice(start.length).matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)].map(([text]) =>
    Number(text),
  );
}
