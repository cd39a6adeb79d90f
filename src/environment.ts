/**
 * The environment variables of the library and of its command. The checks of their values, the command's help
 * and `simdgrad info` read this list; tests hold the documents to it.
 */

/** The capacity of the thread pool (native/threads/pool.h). */
export const maxThreads = 256;

interface Variable {
  /** Valid values, or a word for what the value is. An empty value counts as none. */
  readonly values: readonly string[] | string;
  readonly meaning: string;
}

export const variables = {
  SIMDGRAD_BACKEND: {
    values: ["js", "wasm", "native"],
    meaning: "the kernels that run (default: native where it runs, else wasm)",
  },
  SIMDGRAD_ISA: {
    values: ["portable", "avx2", "avx512", "avx512bf16", "neon"],
    meaning: "instruction set of native kernels (default: the fastest of this CPU)",
  },
  SIMDGRAD_THREADS: {
    values: "n",
    meaning: `threads of the C++ kernels, 1 to ${maxThreads} (default: the cores allowed)`,
  },
  SIMDGRAD_KEEP_MEMORY: {
    values: ["0", "1"],
    meaning: "0: the allocator may return freed memory to the system (default: 1, the process keeps it)",
  },
  SIMDGRAD_ADDON: { values: "path", meaning: "the addon to load (default: that of the package)" },
  SIMDGRAD_MPI: {
    values: "path",
    meaning: "the MPI library of a launch by mpirun or srun (default: the launcher's own; none: no MPI)",
  },
  SIMDGRAD_MPI_OWNER: {
    values: "process id",
    meaning: "set by the library: the process that uses MPI, so that its children do not",
  },
  SIMDGRAD_DEBUG: { values: ["1"], meaning: "the command prints stack traces of errors" },
  NO_COLOR: { values: ["1"], meaning: "the command prints no colours" },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export const variableNames = Object.keys(variables) as VariableName[];

/** `SIMDGRAD_KEEP_MEMORY=0|1`. */
export function formOf(name: VariableName): string {
  const { values }: Variable = variables[name];
  return `${name}=${typeof values === "string" ? values : values.join("|")}`;
}
