/** Runs the built command as a child process, the way a shell does. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

export const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
if (!existsSync(main)) throw new Error("test/cli: dist/cli/main.js is not built: npm run build:js");

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves as soon as stdout or stderr holds the text. */
  printed(text: string): Promise<void>;
  ended: Promise<Outcome>;
}

/** The environment of the tests, without what would change how output looks. */
function environment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, CI, SIMDGRAD_DEBUG, ...rest } = process.env;
  return { ...rest, TERM: "xterm-256color", ...extra };
}

export function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  command = process.execPath,
): Running {
  const words = command === process.execPath ? [main, ...args] : args;
  const child = spawn(command, words, { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of waiting) look();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended before it printed ${text}: ${stdout}${stderr}`)));
    });
  return { child, printed, ended };
}

export function simdgrad(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Outcome> {
  return start(args, env).ended;
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
