/**
 * Elementwise operations, reductions, softmax and optimizer steps, compared with PyTorch and with the memory
 * bandwidth.
 */

import type { ElementwiseCase, Pattern } from "../contestants/protocol.js";
import { type Context, withStands } from "../context.js";
import { bytesPerElement } from "../limits.js";
import { type Measurement, measure } from "../measure.js";
import { micro, percent, type Section, short, type Table, times } from "../table.js";

/** Every op and the arrays that it streams. pytorch.py and contestants/kernels.ts use the same names. */
const ops: Record<string, Pattern> = {
  ...{
    exp: "copy",
    log: "copy",
    tanh: "copy",
    sigmoid: "copy",
    erf: "copy",
    gelu: "copy",
    softmax: "copy",
    relu: "copy",
  },
  ...{ add: "add", mul: "add", sum: "read", max: "read", sgd: "sgd", adam: "adam" },
};

const sizes = [1e3, 1e5, 1e7];

/** Their sign, their last bits and their state differ between libraries; all others must agree. */
const unchecked = new Set(["sgd", "adam"]);

export interface ElementwiseResult {
  case: ElementwiseCase;
  /** Ours, then PyTorch where it is installed. */
  results: Measurement[];
  /** GB/s of a loop over the same arrays. */
  limit: number;
}

function agree(given: ElementwiseCase, [own, ...peers]: Measurement[]): void {
  if (unchecked.has(given.op)) return;
  for (const peer of peers)
    if (Math.abs(own.check - peer.check) > 1e-4 * Math.max(1e-2, Math.abs(peer.check)))
      throw new Error(`${given.op}: ${own.name} has ${own.check}, ${peer.name} has ${peer.check}`);
}

export async function elementwise({ options, limits, progress }: Context): Promise<Section> {
  const turns = { rounds: options.rounds, milliseconds: Math.max(1, options.milliseconds / 4) };
  const all = await withStands(["native", "pytorch"], async ({ native, pytorch }) => {
    const done: ElementwiseResult[] = [];
    const contestants = [native, pytorch].filter((contestant) => contestant !== undefined);
    for (const elements of sizes)
      for (const op of Object.keys(ops))
        for (const output of ["given", "new"] as const) {
          progress(`elementwise: ${op}, ${elements}`);
          const given: ElementwiseCase = { kind: "elementwise", op, elements, output };
          const results = await measure(
            contestants.map((contestant) => [contestant, given] as const),
            turns,
          );
          agree(given, results);
          done.push({ case: given, results, limit: await limits.fastestStream(ops[op], elements) });
        }
    return done;
  });
  return { name: "elementwise", tables: sizes.map((n) => table(n, all)), data: all };
}

function table(elements: number, all: ElementwiseResult[]): Table {
  const mine = all.filter(({ case: given }) => given.elements === elements);
  const peer = mine[0].results[1]?.name;
  const rows = mine.map(({ case: given, results: [own, other], limit }) => {
    const bandwidth = (bytesPerElement[ops[given.op]] * elements) / own.best / 1e3;
    const call = given.output === "given" ? given.op : unchecked.has(given.op) ? "  step()" : "  new tensor";
    return [
      call,
      micro(own.best),
      ...(other ? [micro(other.best), times(other.best / own.best), times(other.median / own.median)] : []),
      `${micro(Math.min(...own.rounds))} … ${micro(Math.max(...own.rounds))}`,
      short(bandwidth),
      ...(Number.isFinite(limit) ? [short(limit), percent(bandwidth / limit)] : ["", ""]),
    ];
  });
  return {
    title: `Elementwise, ${elements.toLocaleString("en-US")} elements: µs at the fastest time`,
    head: [
      "",
      mine[0].results[0].name,
      ...(peer ? [peer, "times PyTorch", "by medians"] : []),
      ...["spread, µs", "GB/s", "limit", "of limit"],
    ],
    rows,
    notes: [
      "First rows: output memory is given (`out=`; optimizers: the bare kernel). The limit is a loop that only loads and stores " +
        "the same arrays, on one thread or all, whichever is faster.",
    ],
  };
}
