/**
 * The manifests of docs/distributed.md, run on this machine: the command of the MPIJob by Open MPI, and the
 * script for Slurm by bash, with MPICH's launcher in the place of srun. Each starts four ranks.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { parse } from "yaml";
import { blocks } from "../docs/pages.js";
import { type Ended, environment } from "./launchers.js";

const codeOf = (holds: string) => blocks.find(({ code }) => code.includes(holds))!.code;

/** Starts as many ranks as the script asks for tasks; refuses options that it was not told of. */
const srun = (tasks: number) => `#!/bin/sh
[ "$1" = --cpu-bind=none ] || exit 2
shift
exec mpirun.mpich -n ${tasks} "$@"
`;

/** A folder with train.js, which runs a program of this folder. */
function folderOf(program: string, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-manifest-"));
  const words = JSON.stringify(args).slice(1, -1);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "train.js"),
    `process.argv.splice(2, 0, ${words});\nawait import(${JSON.stringify(program)});\n`,
  );
  return folder;
}

/** What `run` prints in such a folder. Commands are found there first, and node is this one. */
function ended(
  program: string,
  args: readonly string[],
  run: (folder: string) => readonly [command: string, words: readonly string[], env: NodeJS.ProcessEnv],
): Ended {
  const folder = folderOf(program, args);
  const [command, words, more] = run(folder);
  const PATH = [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = environment({ PATH, ...more });
  const { status, stdout, stderr } = spawnSync(command, words, {
    ...{ cwd: folder, encoding: "utf8", env, timeout: 100_000 },
  });
  rmSync(folder, { recursive: true, force: true });
  return { status, stdout: stdout.replaceAll("\r\n", "\n"), stderr };
}

/** Runs a program as a manifest would, by the launcher of this name. */
export const asOnCluster: Readonly<Record<string, (program: string, args: readonly string[]) => Ended>> = {
  "Open MPI": (program, args) =>
    ended(program, args, (folder) => {
      const { Launcher } = parse(codeOf("MPIJob")).spec.mpiReplicaSpecs;
      const [, ...words] = Launcher.template.spec.containers[0].command as string[];
      const here = words.map((word) => word.replace("/app", folder));
      // The command itself allows to run as root. Here are fewer cores than ranks.
      const root = { OMPI_ALLOW_RUN_AS_ROOT: undefined, OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: undefined };
      return ["mpirun.openmpi", here, { ...root, OMPI_MCA_rmaps_base_oversubscribe: "1" }];
    }),
  MPICH: (program, args) =>
    ended(program, args, (folder) => {
      const script = codeOf("#SBATCH");
      const [nodes, each] = ["nodes", "ntasks-per-node"].map((name) =>
        Number(new RegExp(`--${name}=(\\d+)`).exec(script)![1]),
      );
      writeFileSync(join(folder, "srun"), srun(nodes * each));
      chmodSync(join(folder, "srun"), 0o755);
      return ["bash", ["-c", script], {}];
    }),
};
