/**
 * `npm run bench`: training steps of simdgrad (native and JS core) and of every peer that is installed, in one run, in
 * turn. Options: --json, --rounds n, --milliseconds n. Peers: PyTorch through python3 (or PYTHON=…), tfjs after
 * `npm install --prefix bench`.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Contestant, type Measurement, measure, median } from "./contestant.js";
import type { StepCase } from "./contestants/protocol.js";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    milliseconds: { type: "string", default: "400" },
  },
});

const cases: StepCase[] = [
  { kind: "step", sizes: [784, 512, 256, 10], batch: 128 },
  { kind: "step", sizes: [784, 128, 10], batch: 64 },
  { kind: "step", sizes: [784, 2048, 2048, 10], batch: 256 },
  { kind: "step", sizes: [2, 20, 20, 20, 2], batch: 32 },
  { kind: "step", sizes: [25, 20, 10], batch: 32 },
];

/** Contestants in JavaScript that take half a minute for the large steps only take part in the others. */
const slow = (name: string, given: StepCase) => !/native|PyTorch/.test(name) && given.sizes[1] >= 2048;

const ours = fileURLToPath(new URL("./contestants/simdgrad.js", import.meta.url));
const source = (name: string) => fileURLToPath(new URL(`../../../bench/contestants/${name}`, import.meta.url));

async function startAll(): Promise<Contestant[]> {
  const started = await Promise.all([
    Contestant.start(process.execPath, [ours], { SIMDGRAD_BACKEND: "native" }),
    Contestant.start(process.execPath, [ours], { SIMDGRAD_BACKEND: "js" }),
    Contestant.start(process.env.PYTHON ?? "python3", [source("pytorch.py")]),
    Contestant.start(process.execPath, [source("tfjs.mjs"), "wasm"]),
    Contestant.start(process.execPath, [source("tfjs.mjs"), "cpu"]),
  ]);
  return started.filter((contestant) => contestant !== null);
}

/** Multiplications and additions that a step needs: all products, but no gradient of the input. */
function flops({ sizes, batch }: StepCase): number {
  let products = 0;
  for (let i = 0; i + 1 < sizes.length; i++) products += sizes[i] * sizes[i + 1];
  return 2 * batch * (3 * products - sizes[0] * sizes[1]);
}

function table(given: StepCase, results: Measurement[]): string {
  const own = median(results[0].rounds);
  const rows = results.map(({ name, rounds }) => {
    const us = median(rounds);
    const spread = `${Math.min(...rounds).toFixed(1)} … ${Math.max(...rounds).toFixed(1)}`;
    return [name, us.toFixed(1), spread, (flops(given) / us / 1e3).toFixed(2), (us / own).toFixed(2)];
  });
  const head = ["", "µs a step", "rounds", "GFLOP/s", "times ours"];
  const all = [head, ...rows];
  const widths = head.map((_, c) => Math.max(...all.map((row) => row[c].length)));
  const line = (row: string[]) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("  ");
  return [`step ${given.sizes.join("-")}, B ${given.batch}`, ...all.map(line)].join("\n");
}

const contestants = await startAll();
const report: { case: StepCase; results: Measurement[] }[] = [];
if (!options.json) console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}\n`);
for (const given of cases) {
  const able = contestants.filter(({ name }) => !slow(name, given));
  const results = await measure(able, given, Number(options.rounds), Number(options.milliseconds));
  report.push({ case: given, results });
  if (!options.json) console.log(`${table(given, results)}\n`);
}
if (options.json) console.log(JSON.stringify(report, null, 2));
for (const contestant of contestants) contestant.stop();
