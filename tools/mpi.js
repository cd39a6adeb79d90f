// The launchers of MPI libraries, which tests and the benchmark start ranks with.

export const launchers = [
  {
    ...{ name: "Open MPI", command: "mpirun.openmpi", compiler: "mpicxx.openmpi" },
    ...{ options: ["--oversubscribe", "--bind-to", "none"], foreign: "libmpich.so.12" },
  },
  {
    ...{ name: "MPICH", command: "mpirun.mpich", compiler: "mpicxx.mpich" },
    ...{ options: [], foreign: "libmpi.so.40" },
  },
];

/** Debian's packages of all of them. */
export const packages = ["openmpi-bin", "libopenmpi3", "mpich", "libmpich12"];

/** Open MPI runs as root only if told twice. */
export const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: "1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: "1" };
