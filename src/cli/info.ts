import { basename, dirname } from "node:path";
import { variableNames } from "../environment.js";
import { backend, noGrad, rand, zeros } from "../index.js";
import { count, print, printJson } from "./terminal.js";

/** Platforms whose addon has been run: docs/platforms.md. */
const run = ["linux-x64", "linux-arm64", "linux-x64-musl", "win32-x64"];

/** What is known of the addon that is loaded, as a row of the output. */
function tried(addonPath: string): [string, string][] {
  const name = basename(dirname(addonPath));
  return /^(linux|darwin|win32)-/.test(name) && !run.includes(name)
    ? [["tested", `the addon for ${name} was built, but not run before its release (docs/platforms.md)`]]
    : [];
}

/** Sizes of the matrices whose product is timed: its 268 million operations take a fast core 2 ms. */
const size = 512;

/** GFLOP/s of float32 matrix products: the fastest of those that fit into 50 ms, and of at least three. */
function matmulSpeed(): number {
  const a = rand([size, size]);
  const b = rand([size, size]);
  let fastest = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let count = 0; count < 3 || performance.now() - start < 50; count++) {
    const before = performance.now();
    noGrad(() => a.matmul(b));
    fastest = Math.min(fastest, performance.now() - before);
  }
  return (2 * size ** 3) / fastest / 1e6;
}

export function infoCommand(flags: { json?: boolean; verbose?: boolean }, version: string): void {
  zeros([1]); // runs a kernel, so that a wrong SIMDGRAD_… variable is an error here too
  const { name, reason, isa, isas, threads, quota, fallbacks, addonPath } = backend;
  const node = process.versions.node;
  const environment = Object.fromEntries(
    variableNames.map((name) => [name, process.env[name]]).filter(([, value]) => value),
  );
  const speed = matmulSpeed();
  const platform = `${process.platform}-${process.arch}`;
  if (flags.json) {
    printJson({
      command: "info",
      version,
      node,
      platform,
      backend: name,
      reason,
      addon: name === "js" ? null : addonPath,
      isa,
      isas,
      threads,
      quota,
      fallbacks,
      matmul: { size, gflops: Number(speed.toPrecision(3)) },
      environment,
    });
    return;
  }
  const names = flags.verbose ? `: ${fallbacks.join(", ")}` : "; --verbose names them";
  const inJs = name === "js" ? "all" : fallbacks.length === 0 ? "none" : `${fallbacks.length}${names}`;
  const set = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const rows: [string, string][] = [
    ["simdgrad", version],
    ["node", `${node} on ${platform}`],
    ["backend", name],
    ["because", reason],
    ...(name !== "js" && addonPath !== null
      ? [["file", addonPath] as [string, string], ...tried(addonPath)]
      : []),
    ["instruction set", isas.length > 1 ? `${isa} (this CPU runs ${isas.join(", ")})` : isa],
    ["threads", count(threads)],
    ["cgroup quota", quota === null ? "none" : `${quota} ${quota === 1 ? "core" : "cores"}`],
    ["kernels in JavaScript", inJs],
    [
      "speed",
      `${Number(speed.toPrecision(3))} GFLOP/s: products of ${size} x ${size} matrices, the fastest in 50 ms`,
    ],
    ["environment", set.length === 0 ? "no variable is set; simdgrad --help lists them" : set.join(", ")],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) print(`${label.padEnd(width)}  ${value}`);
}
