import { CommanderError } from "commander";
import { describeFailure, Exit, FAILED, USAGE, UsageError } from "./failure.js";
import { interruption, program } from "./program.js";

/** How a command ended. */
export interface Ending {
  exitCode: number;
  /** One line for stderr, unless everything is printed. */
  line?: string;
  /** The same for `--json`, on stdout. */
  json?: { error: { code: string; message: string } };
}

/** The command that the arguments name, as a line on stderr begins: "simdgrad train". */
export const titleOf = ([name]: readonly string[]): string =>
  program.commands.some((command) => command.name() === name) ? `simdgrad ${name}` : "simdgrad";

function failed(args: readonly string[], error: unknown): Ending {
  const { code, message, text } = describeFailure(error);
  const json = args.includes("--json") ? { json: { error: { code, message } } } : {};
  const exitCode = error instanceof UsageError ? USAGE : FAILED;
  return { exitCode, line: `${titleOf(args)}: ${text}`, ...json };
}

/** Runs the command of the arguments. Throws nothing. */
export async function run(args: readonly string[]): Promise<Ending> {
  try {
    await program.parseAsync(args, { from: "user" });
    interruption?.dispose();
    return { exitCode: 0 };
  } catch (error) {
    if (error instanceof Exit) return { exitCode: error.exitCode };
    if (!(error instanceof CommanderError)) return failed(args, error);
    // --help and --version also end up here; their text is already printed.
    if (error.exitCode === 0) return { exitCode: 0 };
    const message = error.message.replace(/^error: /, "").replace(/\n\((Did you mean .*)\)$/, "; $1");
    return failed(args, new UsageError(message.replace("; Did", "; did"), "USAGE"));
  }
}
