/**
 * Why an addon did not load, in one line: the system's message, and what it means for the user where the
 * message does not say it.
 */

/** What a message of Node or of the system's loader means, in the order in which they are tried. */
const meanings: readonly [RegExp, string][] = [
  [
    /loading addons is disabled/,
    "Node runs with --no-addons, or with --permission and without --allow-addons",
  ],
  [/ERR_ACCESS_DENIED|Access to this API has been restricted/, "start Node with --allow-addons"],
  [
    /failed to map segment from shared object|mmap\w* .*(Operation|Permission)/,
    "its folder is mounted without the right to execute (noexec), or a security policy forbids it",
  ],
  [/not a valid Win32 application|not a valid mach-o file/, "the file is damaged: install simdgrad anew"],
  [/version `GLIBC_[\d.]+' not found/, "this system's glibc is older than 2.17"],
  [/(ld-linux-[\w-]+\.so\.\d|libc\.so\.6): No such file/, "it is built for glibc, and this system has musl"],
  [/libc\.so: (invalid ELF header|cannot open)/, "it is built for musl, and this system has glibc"],
  [
    /code signature|not valid for use in process|disallowed by system policy|quarantine/i,
    "macOS blocks it: xattr -d com.apple.quarantine with its path lifts a quarantine",
  ],
  [
    /blocked by (group policy|your organization)|Application Control|virus or potentially unwanted/i,
    "a policy of this Windows system or a virus scanner blocks it",
  ],
];

export function loadFailure(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  const text = message.replace(/\s*\n\s*/g, " ").trim();
  const meaning = meanings.find(([pattern]) => pattern.test(`${code}: ${message}`))?.[1];
  return meaning === undefined ? text : `${text} (${meaning})`;
}
