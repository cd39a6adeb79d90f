/** The command line that repeats a run. */

/** A word of a shell command, quoted if it must be. */
const shellWord = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command of this process, with its seed even if that is the default. */
export function commandWithSeed({ seed }: { seed: number }): string {
  const args = process.argv.slice(2);
  const given = args.some((arg) => arg === "--seed" || arg.startsWith("--seed="));
  return ["simdgrad", ...args, ...(given ? [] : ["--seed", String(seed)])].map(shellWord).join(" ");
}
