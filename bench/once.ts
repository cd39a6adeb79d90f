/**
 * Programs that run once, each in its own process, and print two lines: their name, and their measurements.
 */
import { spawn } from "node:child_process";
import { asRoot, type Launcher } from "../tools/mpi.js";
import { compiled, node, python, script } from "./places.js";

export interface Run<Result> {
  name: string;
  result: Result;
  /** From the start of the process to its end. */
  seconds: number;
}

/** Null if the program cannot run here: it ends before it prints its name. */
async function runOnce<Result>(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<Run<Result> | null> {
  const start = performance.now();
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let [output, complaints] = ["", ""];
  child.stdout.on("data", (text) => {
    output += text;
  });
  child.stderr.on("data", (text) => {
    complaints = (complaints + text).slice(-2000);
  });
  const status = await new Promise<number | null>((resolve) => {
    child.on("error", () => resolve(null));
    child.on("close", resolve);
  });
  const seconds = (performance.now() - start) / 1e3;
  if (output === "") return null;
  const [hello, answer] = output.split("\n");
  const { name } = JSON.parse(hello) as { name: string };
  if (status !== 0) throw new Error(`${name} failed: ${args.join(" ")}\n${complaints.trim()}`);
  return { name, result: JSON.parse(answer) as Result, seconds };
}

/** A program of simdgrad in contestants/once, with the native core. */
export const runOurs = <Result>(program: string, given: unknown, nodeOptions: string[] = []) =>
  runOnce<Result>(node, [...nodeOptions, compiled(`once/${program}`), JSON.stringify(given)], {
    SIMDGRAD_BACKEND: "native",
  });

/** A program in Python, from the same folder. */
export const runPython = <Result>(program: string, given: unknown, env: NodeJS.ProcessEnv = {}) =>
  runOnce<Result>(python, [script(`once/${program}`), JSON.stringify(given)], env);

/** A program of simdgrad as so many ranks of one thread. */
export const runRanks = <Result>(
  { command, options }: Launcher,
  ranks: number,
  program: string,
  given: unknown,
) =>
  runOnce<Result>(
    command,
    [...options, "-n", String(ranks), node, compiled(`once/${program}`), JSON.stringify(given)],
    { SIMDGRAD_BACKEND: "native", SIMDGRAD_THREADS: "1", ...asRoot },
  );
