/**
 * The command `simdgrad`: the streams and the exit code of its process. The build bundles this folder and its
 * libraries into dist/cli/main.js, next to the library that users import.
 */
import { describeFailure, FAILED, USAGE } from "./failure.js";
import { interruption, program } from "./program.js";
import { run, titleOf } from "./run.js";
import { printError, printJson } from "./terminal.js";

const args = process.argv.slice(2);

// `| head` closes the pipe. Nothing reads the output any more, so there is nothing to print. A run of train
// stops, saves, and reports it on stderr.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE" && error.code !== "EIO") {
    printError(`${titleOf(args)}: ${describeFailure(error).text}`);
    process.exit(FAILED);
  }
  if (interruption === undefined) process.exit(0);
  interruption.outputClosed();
});
process.stderr.on("error", () => {});

if (args.length === 0) {
  process.stderr.write(program.helpInformation());
  process.exit(USAGE);
}
const { exitCode, line, json } = await run(args);
if (line !== undefined) printError(line);
if (json !== undefined) printJson(json);
// Otherwise the process ends by itself, when nothing is left to do.
if (exitCode !== 0) {
  // Writing to a pipe is asynchronous: all output must be written before the process ends.
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  process.exit(exitCode);
}
