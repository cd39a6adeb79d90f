// node bits.mjs <addon> [isa]: a checksum over the results of many kernels, to compare builds, instruction
// sets and machines.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [path, isa] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(resolve(path));
if (isa && !addon.setIsa(isa)) throw new Error(`no ${isa} here`);
const block = addon.init(new Float64Array(new SharedArrayBuffer(8 * 512)));
const hash = createHash("sha256");

/** Runs a kernel if the addon has it, and adds its output to the checksum. */
function run(kernel, numbers, arrays, output) {
  if (!(kernel in addon.kernels)) return;
  block.set(numbers);
  const status = addon.kernels[kernel](...arrays);
  if (status === -2) return;
  // NaN payloads are not part of the contract.
  for (let i = 0; i < output.length; i++) if (Number.isNaN(output[i])) output[i] = Number.NaN;
  hash.update(`${kernel} ${status}`).update(new Uint8Array(output.buffer));
}

const wave = (n, scale) =>
  Float32Array.from({ length: n }, (_, i) => scale * Math.fround(((i * 7919) % 2003) / 1001 - 1));

for (const [m, n, k] of [
  [128, 512, 784],
  [37, 10, 500],
  [300, 33, 7],
]) {
  const c = new Float32Array(m * n);
  for (const [bfloat16, scale] of [
    [0, 1],
    [1, 1],
    [1, 2 ** -63],
  ])
    run(
      "gemm",
      [1, m, n, k, 0, 0, k, 1, 0, 0, 1, k, 0, 0, bfloat16, 0, m * n],
      [wave(m * k, scale), wave(k * n, scale), wave(n, scale * scale), c],
      c,
    );
  run(
    "gemm",
    [1, m, n, k, 0, 0, 1, m, 0, 0, n, 1, 0, 1, 0, 0, m * n],
    [wave(m * k, 1), wave(k * n, 1), null, c],
    c,
  );
}
const length = 10007;
for (const [code] of (addon.ops.unary ?? []).entries())
  for (const scale of [1, 30]) {
    const out = new Float32Array(length);
    run("unary", [code, 1, 1, 1, length, 0, 1, 1, 0], [wave(length, scale), out], out);
  }
for (const [code] of (addon.ops.reduce ?? []).entries())
  for (const [outer, middle, inner] of [
    [1, length, 1],
    [7, 1000, 1],
    [3, 333, 10],
  ]) {
    const out = new Float32Array(outer * inner);
    run("reduce", [code, outer, middle, inner, 0, 0], [wave(length, 2), out], out);
  }
for (const [code] of (addon.ops.softmax ?? []).entries()) {
  const out = new Float32Array(100 * 77);
  run("softmax", [code, 100, 77, 1, 0, 0], [wave(7700, 20), out], out);
}
for (const [code] of (addon.ops.random ?? []).entries()) {
  const out = new Float32Array(length);
  run("random", [code, 0.25, 1.5, length, 0, 0], [new Int32Array([1, 2, 3, 4]), out], out);
}
console.log(hash.digest("hex"));
