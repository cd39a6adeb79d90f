import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");

export interface Ran {
  stdout: string;
  /** Names of the pictures that it wrote. */
  figures: string[];
}

/** Runs an example as `npm run example` does, in a folder where docs/figures is empty. */
export async function runExample(name: string): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "simdgrad-example-"));
  try {
    await mkdir(join(folder, "docs/figures"), { recursive: true });
    const program = [join(root, "tools/example.js"), name];
    const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: folder });
    return { stdout, figures: (await readdir(join(folder, "docs/figures"))).sort() };
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
