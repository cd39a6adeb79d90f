/** Training inside a program: the delay of the event loop, memory, the start, and a whole run. */
import type { Context } from "../context.js";
import type { Section } from "../table.js";
import { eventLoop } from "./training/event-loop.js";
import { firstCall } from "./training/first-call.js";
import { memory } from "./training/memory.js";
import { mnist } from "./training/mnist.js";
import { oneSample } from "./training/one-sample.js";
import type { Part } from "./training/part.js";

const parts = { eventLoop, memory, firstCall, oneSample, mnist };

export async function training(context: Context): Promise<Section> {
  const done: [string, Part][] = [];
  for (const [name, part] of Object.entries(parts)) {
    context.progress(`training: ${name}`);
    done.push([name, await part(context)]);
  }
  return {
    name: "training",
    tables: done.map(([, { table }]) => table),
    data: Object.fromEntries(done.map(([name, { data }]) => [name, data])),
  };
}
