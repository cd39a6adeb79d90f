export interface Launcher {
  readonly name: string;
  /** On the path, as Debian names it where several libraries are installed. */
  readonly command: string;
  /** The library's compiler of programs in C++. */
  readonly compiler: string;
  /** By which as many ranks start as are asked for, and use all cores. */
  readonly options: readonly string[];
  /** A name of the library of another launcher. */
  readonly foreign: string;
}

export const launchers: readonly Launcher[];
/** Debian's packages of all of them. */
export const packages: readonly string[];
/** Open MPI runs as root only if told twice. */
export const asRoot: Readonly<Record<string, string>>;
