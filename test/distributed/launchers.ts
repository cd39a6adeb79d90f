/** The launchers of the MPI libraries on this machine, and how tests start programs as several ranks. */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe } from "vitest";
import { asRoot, type Launcher, launchers } from "../../tools/mpi.js";

export const starts = (command: string) =>
  spawnSync(command, ["--version"], { env: environment() }).status === 0;

/** Tests run on few cores: one thread for each rank. */
export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...asRoot, SIMDGRAD_THREADS: "1", ...more };
}

export const both = launchers.every(({ command }) => starts(command));

/** Tests under each launcher; those of a launcher that is missing are skipped, and a line says why. */
export function underEach(tests: (launcher: Launcher) => void): void {
  for (const launcher of launchers) {
    const there = starts(launcher.command);
    if (!there)
      console.log(`skipped: ${launcher.command} is not installed (apt-get install openmpi-bin mpich)`);
    describe.skipIf(!there)(`under ${launcher.name}`, () => tests(launcher));
  }
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The path of a program of this folder. */
export const program = (name: string) => join(import.meta.dirname, name);

/** Runs a program as so many ranks and waits for its end. Open MPI mixes what ranks write in one stream. */
export function ranks(
  { command, options }: Launcher,
  count: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Ended {
  const all = [...options, "-n", String(count), process.execPath, ...args];
  const ended = spawnSync(command, all, { encoding: "utf8", env: environment(env), timeout: 100_000 });
  return { ...ended, stdout: ended.stdout.replaceAll("\r\n", "\n") };
}

/** As `ranks`, without waiting: a promise of the launcher's exit code, null after a signal. */
export function startRanks(
  { command, options }: Launcher,
  count: number,
  args: readonly string[],
): Promise<Pick<Ended, "status">> {
  const all = [...options, "-n", String(count), process.execPath, ...args];
  const launcher = spawn(command, all, { stdio: "ignore", env: environment() });
  return new Promise((resolve) => launcher.on("exit", (status) => resolve({ status })));
}

/** Runs it as one process, without a launcher. */
export const alone = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended =>
  spawnSync(process.execPath, args, { encoding: "utf8", env: environment(env), timeout: 100_000 });
