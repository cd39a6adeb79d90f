// node fuzz.mjs <addon> <rows> <seed> <runs> [kernel…]
//
// `rows`: a file with the rows of src/kernels/schema.ts as JSON.
//
// Calls every kernel with arguments that are right, almost right or wrong. A call succeeds or is rejected
// with an error. A rejected call changes nothing, and no call changes anything but its outputs. The same call
// is also made as a recorded program. If making the program rejects the call or leaves it to JavaScript,
// nothing changes; otherwise the results have the same bits. Prints a line for each kernel, and `N passed, N
// failed` as the last line. When a call kills the process, the last line names its kernel, and the seed
// reproduces it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import fc from "fast-check";
import { makeCall, types } from "./calls.mjs";

const [path, rowsPath, seed, runs, ...only] = process.argv.slice(2);
const rows = JSON.parse(readFileSync(rowsPath, "utf8"));
const addon = createRequire(import.meta.url)(resolve(path));
const block = addon.init(new Float64Array(new SharedArrayBuffer(8 * 512)));
addon.setThreads(3);

const dtypes = Object.values(types);
const dtypeOf = (array) => dtypes.findIndex((type) => array instanceof type);
const bytesOf = (array) => Buffer.from(array.buffer.slice(0));
/** Copies arrays. Copies share memory where the originals do. */
function copy(arrays) {
  const buffers = new Map(arrays.map((array) => [array?.buffer, array?.buffer.slice(0)]));
  return arrays.map(
    (array) => array && new array.constructor(buffers.get(array.buffer), array.byteOffset, array.length),
  );
}

/**
 * Makes the same call as a program, with the arrays as externals or as parameters. `expected` is the status
 * of the direct call.
 */
function checkProgram(kernel, numbers, arrays, expected, changed, bound) {
  const slots = arrays.map((_, i) => i).filter((i) => arrays[i]);
  const before = arrays.map((array) => array && bytesOf(array));
  const untouched = () => arrays.every((array, i) => !array || bytesOf(array).equals(before[i]));
  let program;
  try {
    program = addon.createProgram({
      kernels: Int32Array.of(addon.kernelNames.indexOf(kernel)),
      numberCounts: Int32Array.of(numbers.length),
      arrayCounts: Int32Array.of(arrays.length),
      numbers: Float64Array.from(numbers),
      refs: Int32Array.from(arrays, (array, i) => (array ? slots.indexOf(i) : -1)),
      slotKinds: Int32Array.from(slots, () => (bound ? 2 : 0)),
      slotTypes: Int32Array.from(slots, (i) => 1 + dtypeOf(arrays[i])),
      slotPlaces: Float64Array.from(slots, (i) => (bound ? i : slots.indexOf(i))),
      slotLengths: Float64Array.from(slots, (i) => arrays[i].length),
      externals: bound ? [] : slots.map((i) => arrays[i]),
      arenaBytes: 0,
      advances: new Int32Array(0),
      chains: new Int32Array(0),
    });
  } catch (error) {
    if (error.code !== "OUT_OF_BOUNDS" || !error.message.includes(`call 0, ${kernel}: `)) throw error;
  }
  if (!untouched()) throw new Error("a probe wrote");
  const probed = !program ? "refused" : program.unsupported.length > 0 ? -2 : "done";
  const wanted = expected === "refused" || expected === -2 ? expected : "done";
  if (probed !== wanted) throw new Error(`probed as ${probed}, called as ${expected}`);
  if (probed !== "done") return;
  block.fill(0);
  const call = addon.replay(program, ...(bound ? arrays : []));
  if (call !== (expected === -1 ? -1 : 0) || (call === 0 && block[0] !== expected))
    throw new Error(`replayed as ${call}, ${block[0]}; called as ${expected}`);
  if (!arrays.every((array, i) => !array || bytesOf(array).equals(bytesOf(changed[i]))))
    throw new Error("the replay wrote something else than the call");
}

/**
 * Makes the call and throws a description of any error in its behaviour. Returns whether it was "done",
 * "refused" or "left" to JavaScript.
 */
function check(kernel, { numbers, arrays, outputs }) {
  const recordable = arrays.every((array) => array === null || (dtypeOf(array) >= 0 && array.byteLength > 0));
  const copies = recordable ? [copy(arrays), copy(arrays)] : [];
  const before = new Map(
    arrays.filter((a) => a?.byteLength).map((a) => [a.buffer, new Uint8Array(a.buffer).slice()]),
  );
  block.fill(0).set(numbers);
  let answer;
  try {
    answer = addon.kernels[kernel](...arrays);
  } catch (error) {
    if (error.code !== "OUT_OF_BOUNDS" || !(error instanceof RangeError)) throw error;
    answer = "refused";
  }
  if (answer !== "refused" && !Number.isInteger(answer)) throw new Error(`answered ${answer}`);
  const mayChange = answer === -1 ? arrays.filter((array, i) => array && outputs.includes(i)) : [];
  for (const [buffer, bytes] of before)
    new Uint8Array(buffer).forEach((byte, i) => {
      if (byte === bytes[i]) return;
      const inside = (array) =>
        array.buffer === buffer && i >= array.byteOffset && i < array.byteOffset + array.byteLength;
      if (!mayChange.some(inside))
        throw new Error(`byte ${i} of ${buffer.byteLength} changed, the answer is ${answer}`);
    });
  copies.forEach((again, i) => {
    checkProgram(kernel, numbers, again, answer, arrays, i === 1);
  });
  return answer === "refused" ? answer : answer === -2 ? "left" : "done";
}

/** Whether the kernel passed. */
function fuzz(kernel) {
  process.stdout.write(`${kernel}: `);
  const counts = { done: 0, refused: 0, left: 0 };
  const nat = (most) => fc.nat(most);
  const property = fc.property(fc.gen(), (g) => {
    const call = makeCall(kernel, rows[kernel], addon.ops[kernel]?.length ?? 0, (most) => g(nat, most));
    counts[check(kernel, call)]++;
  });
  const result = fc.check(property, { seed: Number(seed), numRuns: Number(runs), endOnFailure: true });
  const { done, refused, left } = counts;
  console.log(`${done} done, ${refused} refused, ${left} left to JavaScript`);
  if (result.failed)
    console.log(`${result.errorInstance?.stack}\nseed ${seed}: ${fc.defaultReportMessage(result)}`);
  // If all arguments are rejected, nothing behind the checks is tested. Windows with strides seldom fit: of
  // 100 calls of a pooling 3 are made.
  const meant = done > Number(runs) / 50 && refused > Number(runs) / 50;
  if (!meant) console.log(`${kernel}: too few calls of a kind`);
  return !result.failed && meant;
}

const results = Object.keys(addon.kernels)
  .filter((kernel) => only.length === 0 || only.includes(kernel))
  .map(fuzz);
const failed = results.filter((good) => !good).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || results.length === 0 ? 1 : 0;
