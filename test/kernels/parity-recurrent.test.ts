import { describe, test } from "vitest";
import * as js from "../../src/kernels/js/index.js";
import { Buffer, type Case, check, guard, out } from "./harness.js";
import { floats, threadCounts } from "./samples.js";
import { tolerances } from "./tolerances.js";

type Cell = "lstm" | "gru" | "tanh" | "relu";
const gatesOf = { lstm: 4, gru: 3, tanh: 1, relu: 1 };

interface Form {
  cell: Cell;
  steps: number;
  batch: number;
  hidden: number;
  /** Of h, with a projection; default: no projection. */
  width?: number;
  reverse?: boolean;
  /** Rows of each step. Default: `batch`. */
  counts?: number[];
  bias?: boolean;
}

/** Forward, then backward on what forward kept, in C++ and in JavaScript. */
function both(form: Form, threads: readonly number[] = [1]): void {
  const { cell, steps, batch, hidden, width = hidden, reverse = false, counts, bias = true } = form;
  const rows = counts?.reduce((sum, count) => sum + count, 0) ?? steps * batch;
  const columns = gatesOf[cell] * hidden;
  const isLSTM = cell === "lstm";
  const hasInner = isLSTM || cell === "gru";
  const projects = form.width !== undefined;
  let seed = 1;
  const input = (n: number, given = true, most = 0.7) =>
    given ? new Buffer(floats(n, -most, most, seed++)) : null;
  const result = (n: number, given = true) => (given ? out(n) : null);
  const head = [
    ...[cell, reverse ? 1 : 0, steps, batch, rows, hidden, width, columns],
    counts === undefined ? null : new Buffer(Int32Array.from(counts)),
    // As in a trained layer: sums of products of about 1, so errors do not grow from step to step.
    input(columns * width, true, 1.5 / Math.sqrt(width)),
    input(width * hidden, projects, 1.5 / Math.sqrt(hidden)),
    input(batch * width),
    input(batch * hidden, isLSTM),
  ] as const;
  const gates = floats(rows * columns, -2, 2, 77);
  const results = [
    result(rows * hidden, hasInner),
    result(rows * hidden, projects),
    out(rows * width),
    out(batch * width),
    result(batch * hidden, isLSTM),
  ];
  const forward: Case = {
    name: `recurrent ${JSON.stringify(form)}`,
    kernel: "recurrent",
    args: [...head, input(columns, bias), new Buffer(gates, "out"), ...results],
    tolerance: tolerances["recurrent"],
    scale: steps,
  };
  check(forward, threads);
  // What forward keeps, as the core computes it.
  const kept = [
    gates,
    ...results.map((buffer) => buffer && new Float32Array(buffer.array.length - 2 * guard)),
  ];
  const plain = forward.args
    .slice(0, -6)
    .flatMap((arg): unknown[] =>
      arg instanceof Buffer ? [arg.array, guard] : arg === null ? [null, 0] : [arg],
    );
  (js.recurrent as (...args: unknown[]) => number)(...plain, ...kept.flatMap((array) => [array, 0]));
  const given = (i: number) => kept[i] && new Buffer(kept[i]);
  check(
    {
      name: `recurrentGrad ${JSON.stringify(form)}`,
      kernel: "recurrentGrad",
      args: [
        ...head,
        ...[given(0), given(1), given(3)],
        ...[input(rows * width), input(batch * width, bias), input(batch * hidden, isLSTM && bias)],
        ...[out(rows * columns), result(rows * columns, cell === "gru")],
        ...[result(rows * width, projects), out(rows * width)],
        ...[out(batch * width), result(batch * hidden, isLSTM)],
      ],
      tolerance: tolerances["recurrentGrad"],
      scale: 4 * steps * Math.sqrt(hidden),
    },
    threads,
  );
}

const cells = ["lstm", "gru", "tanh", "relu"] as const;

describe("recurrent and recurrentGrad", () => {
  test.each(cells)("%s of any size, in both directions, packed and not", (cell) => {
    for (const reverse of [false, true]) {
      both({ cell, steps: 1, batch: 1, hidden: 1, reverse });
      both({ cell, steps: 4, batch: 3, hidden: 5, reverse, bias: false });
      both({ cell, steps: 3, batch: 17, hidden: 37, reverse });
      both({ cell, steps: 4, batch: 5, hidden: 7, counts: [5, 3, 3, 1], reverse });
      both({ cell, steps: 2, batch: 26, hidden: 18, counts: [26, 13], reverse, bias: false });
    }
  });

  test.each(["lstm", "tanh"] as const)("%s with a projection", (cell) => {
    both({ cell, steps: 3, batch: 4, hidden: 9, width: 5 });
    both({ cell, steps: 3, batch: 15, hidden: 40, width: 17, counts: [15, 15, 2], reverse: true });
  });

  test.each(cells)("%s over threads: by sequences, and within a step", (cell) => {
    both({ cell, steps: 3, batch: 64, hidden: 96 }, threadCounts);
    both({ cell, steps: 5, batch: 40, hidden: 64, counts: [40, 40, 9, 9, 1], reverse: true }, threadCounts);
    both({ cell, steps: 2, batch: 1, hidden: 520 }, threadCounts);
  });

  test("an LSTM with a projection, within a step", () => {
    both({ cell: "lstm", steps: 2, batch: 1, hidden: 260, width: 130 }, threadCounts);
  });

  test("no sequences, and no steps", () => {
    both({ cell: "lstm", steps: 0, batch: 3, hidden: 4 });
    both({ cell: "gru", steps: 2, batch: 0, hidden: 4 });
  });
});
