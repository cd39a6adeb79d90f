/** Exit codes: 0 done, 1 failed, 2 wrong usage, 128 + n after signal n. */
export const FAILED = 1;
export const USAGE = 2;

/** A mistake in the flags: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
  constructor(
    message: string,
    readonly code = "INVALID_FLAG",
  ) {
    super(message);
  }
}

/** Ends the program with a code when every message was already printed. */
export class Exit extends Error {
  constructor(readonly exitCode: number) {
    super(`exit ${exitCode}`);
  }
}

/** One line: the text of an error on the terminal, or the stack when SIMDGRAD_DEBUG=1. */
export function describeFailure(error: unknown): { code: string; message: string; text: string } {
  const {
    message = String(error),
    code,
    stack,
  } = error as { message?: string; code?: unknown; stack?: string };
  const stable = typeof code === "string" ? code : "UNEXPECTED";
  const lines = message.split("\n").map((part) => part.trim());
  const line = lines.filter((part) => part !== "").join("; ");
  const text = process.env["SIMDGRAD_DEBUG"] === "1" && stack ? stack : line;
  return { code: stable, message: line, text: `${text} [${stable}]` };
}
