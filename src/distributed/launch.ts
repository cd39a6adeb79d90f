/** How this process was started: alone, or as one of many by mpirun, srun or a scheduler's job. */

export interface Launch {
  /** As errors name it. */
  readonly launcher: string;
  /** NaN if the launcher does not say: MPI knows. */
  readonly size: number;
  /** The rank on its machine, and the number of ranks there; NaN if the launcher does not say. */
  readonly localRank: number;
  readonly localSize: number;
  /** The libraries that such a launcher starts programs of, the likeliest first. */
  readonly libraries: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

// Open MPI keeps its number for one ABI; MPICH, Intel MPI and Cray MPT share another ABI and number. There is
// a plain libmpi.so only where programs are compiled.
const openMpi = ["libmpi.so.40", "libmpi.40.dylib"];
const mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi_cray.so.12", "libmpi.12.dylib", "libmpich.12.dylib"];

interface Launcher {
  readonly name: string;
  readonly size: string;
  readonly localRank: string;
  readonly localSize: string;
  /** A variable that must be set too. */
  readonly beside?: string;
  /** A variable that is set in place of the size, which only MPI knows then. */
  readonly unsized?: string;
  libraries(variables: Variables): readonly string[];
}

const launchers: readonly Launcher[] = [
  {
    ...{ name: "mpirun of Open MPI", size: "OMPI_COMM_WORLD_SIZE" },
    ...{ localRank: "OMPI_COMM_WORLD_LOCAL_RANK", localSize: "OMPI_COMM_WORLD_LOCAL_SIZE" },
    libraries: () => openMpi,
  },
  {
    // With -pmi-port there is an address instead of a number.
    ...{ name: "mpirun of MPICH or Intel MPI", size: "PMI_SIZE", unsized: "PMI_PORT" },
    ...{ localRank: "MPI_LOCALRANKID", localSize: "MPI_LOCALNRANKS" },
    libraries: () => mpich,
  },
  {
    // A batch script has the number of tasks too, but is one process: only `srun` makes steps.
    ...{ name: "srun", size: "SLURM_NTASKS", beside: "SLURM_STEP_ID" },
    ...{ localRank: "SLURM_LOCALID", localSize: "SLURM_NTASKS_PER_NODE" },
    libraries: (variables) =>
      variables["PMIX_RANK"] === undefined ? [...mpich, ...openMpi] : [...openMpi, ...mpich],
  },
];

const numberIn = (text: string | undefined) => (/^\d+$/.test(text ?? "") ? Number(text) : Number.NaN);

/** The launch that these environment variables describe; null if there is none, or of one process. */
export function launchOf(variables: Variables): Launch | null {
  const { SIMDGRAD_MPI: library } = variables;
  if (library === "none") return null;
  const isSet = (name: string | undefined) => name !== undefined && variables[name] !== undefined;
  for (const { name, size, beside, unsized, localRank, localSize, libraries } of launchers) {
    const ranks = numberIn(variables[size]);
    const isUnsized = isSet(unsized) && !isSet(size);
    if (!(ranks > 1 || isUnsized) || (beside !== undefined && !isSet(beside))) continue;
    return {
      launcher: name,
      size: ranks,
      localRank: numberIn(variables[localRank]),
      localSize: numberIn(variables[localSize]),
      libraries: library ? [library] : libraries(variables),
    };
  }
  return null;
}
