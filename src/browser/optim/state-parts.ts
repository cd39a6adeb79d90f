/** A page has the whole state of its optimizers. */
import type { StateParts as Divided } from "../../optim/state-parts.js";

export class StateParts implements Pick<Divided, "changes" | "wholeOf"> {
  readonly changes = 0;

  wholeOf({ state }: Parameters<Divided["wholeOf"]>[0]): ReturnType<Divided["wholeOf"]> {
    return state;
  }
}
