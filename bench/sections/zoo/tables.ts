/** The tables of the zoo: milliseconds a step, ratios, first calls and memory. */
import type { Measurement } from "../../measure.js";
import { percent, short, type Table, times } from "../../table.js";
import { fastestPeer, type NetworkResult } from "./steps.js";

const milliseconds = (result: Measurement | undefined) =>
  result === undefined ? "" : short(result.best / 1e3);
const megabytes = (result: Measurement | undefined) =>
  result === undefined ? "" : short(result.firstSteps!.peak / 1e6);
const first = (result: Measurement | undefined) =>
  result === undefined ? "" : short(result.firstSteps!.first);

/** PyTorch's time over ours, both eager; NaN if one is missing. */
export const eagerRatio = ({ results: { native, pytorch } }: NetworkResult) =>
  (pytorch?.best ?? Number.NaN) / (native?.best ?? Number.NaN);

/** The time of the fastest peer over that of our compiled step. */
export const compiledRatio = (result: NetworkResult) =>
  fastestPeer(result) / (result.results.compiled?.best ?? Number.NaN);

function geometricMean(given: number[]): number {
  const values = given.filter(Number.isFinite);
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const ratio = (value: number) => (Number.isFinite(value) ? times(value) : "");

function ofLimit({ entry, results: { compiled }, peak }: NetworkResult): string {
  if (entry.products !== true || compiled === undefined) return "";
  return percent(compiled.firstSteps!.flops! / peak / 1e3 / compiled.best);
}

export function zooTables(done: NetworkResult[]): Table[] {
  if (done.length === 0)
    return [{ title: "Zoo: not measured, the native core does not run here", head: [], rows: [] }];
  const names = done.flatMap(({ results }) => Object.values(results).map(({ name }) => name));
  const bound = (products: boolean) => done.filter(({ entry }) => (entry.products ?? false) === products);
  const mean = (title: string, some: NetworkResult[]) =>
    some.length === 0
      ? []
      : [
          [
            ...[title, "", "", "", "", ""],
            ...[
              ratio(geometricMean(some.map(eagerRatio))),
              ratio(geometricMean(some.map(compiledRatio))),
              "",
            ],
          ],
        ];
  const speed: Table = {
    title: "Training steps of the zoo: ms at the fastest",
    head: [
      ...["", "eager", "compiled", "PyTorch", "torch.compile", "JAX jit"],
      ...["eager, times PyTorch", "compiled, times fastest peer", "compiled, of FMA limit"],
    ],
    rows: [
      ...done.map((result) => {
        const { native, compiled, pytorch, pytorchCompiled, jaxJit } = result.results;
        return [
          result.entry.title,
          ...[native, compiled, pytorch, pytorchCompiled, jaxJit].map(milliseconds),
          ...[ratio(eagerRatio(result)), ratio(compiledRatio(result)), ofLimit(result)],
        ];
      }),
      ...mean("geometric mean", done),
      ...mean("of those bound by products", bound(true)),
      ...mean("of the others", bound(false)),
    ],
    notes: [
      `${[...new Set(names)].join(", ")}. A step: gradients to zero, forward, loss, backward, update. All contestants begin with the same ` +
        "weights and batch and have the same losses in the first three steps, unless a note says otherwise. The limit counts operations of products and " +
        "convolutions, as their kernels' rows do, at the rate of FMAs in registers.",
      ...done.flatMap(({ notes }) => notes),
    ],
  };
  const start: Table = {
    title: "First call of a step in a new process, and resident memory after five steps",
    head: [
      ...["", "parameters", "eager, ms", "compiled", "PyTorch", "torch.compile", "JAX jit"],
      ...["eager, peak MB", "compiled", "PyTorch"],
    ],
    rows: done.map(({ entry, results: { native, compiled, pytorch, pytorchCompiled, jaxJit } }) => [
      entry.title,
      (native ?? compiled)!.firstSteps!.parameters.toLocaleString("en-US"),
      ...[native, compiled, pytorch, pytorchCompiled, jaxJit].map(first),
      ...[native, compiled, pytorch].map(megabytes),
    ]),
    notes: [
      "torch.compile and JAX may find in a cache on the disk what they compiled in an earlier run. Where a network draws random numbers, " +
        "its first call is in evaluation mode.",
    ],
  };
  return [speed, start];
}
