/** The text of the document `file`, whose links lead somewhere in a package that has only `files`. */
export function packedText(file: string, text: string, files: ReadonlySet<string>): string;
/** Packs the tree as it stands. Returns the path of the tarball in `folder`; `environment`: of npm. */
export function pack(folder: string, environment?: NodeJS.ProcessEnv): string;
