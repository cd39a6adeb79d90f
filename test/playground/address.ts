/** Where `simdgrad playground --json` serves. */
import { on } from "node:events";
import type { Running } from "../cli/simdgrad.js";

/** The address that the command prints. */
export async function addressOf({ child, ended }: Running): Promise<string> {
  let printed = "";
  for await (const [text] of on(child.stdout!, "data", { signal: aborted(ended) })) {
    printed += text;
    if (printed.includes("\n")) break;
  }
  return JSON.parse(printed).address;
}

/** A signal that the end of the command gives, so that nobody waits for what it will not print. */
function aborted(ended: Promise<{ stderr: string }>): AbortSignal {
  const controller = new AbortController();
  void ended.then(({ stderr }) => controller.abort(new Error(`the command ended: ${stderr}`)));
  return controller.signal;
}
