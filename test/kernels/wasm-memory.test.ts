/** The memory of the module: it grows, is given back, never leaks, and its end is an error with a code. */
import { expect, it } from "vitest";
import type { Door } from "../../src/kernels/wasm/door.js";
import { WasmProgram } from "../../src/kernels/wasm/program.js";
import { describeModule, doubled, doubling, kernelOf, kernelsOf, newDoor, whyNoModule } from "./wasm.js";

const MB = 2 ** 20;

/** The error of a call. */
function errorOf(call: () => unknown): Error & { code?: string } {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("the call did not throw");
}

describeModule("the memory of the module", () => {
  it("is the same after 20,000 calls in one turn of the event loop", () => {
    const door = newDoor();
    const double = doubled(door);
    const x = Float32Array.from({ length: 5000 }, (_, i) => i);
    const out = new Float32Array(5000);
    for (let i = 0; i < 100; i++) double(x, out, 1 + ((i * 997) % 5000));
    const before = door.bytes;
    for (let i = 0; i < 20_000; i++) double(x, out, 1 + ((i * 997) % 5000));
    expect(out[17]).toBe(34);
    expect(door.bytes).toBe(before);
  });

  it("grows for a large call and is given back after a thousand small ones", () => {
    const door = newDoor();
    const double = doubled(door);
    const large = new Float32Array(9 * MB).fill(3);
    const result = new Float32Array(9 * MB);
    double(large, result);
    expect([result[0], result[5 * MB], result.at(-1)]).toEqual([6, 6, 6]);
    expect(door.bytes).toBeGreaterThan(72 * MB);
    const small = new Float32Array(10).fill(2);
    for (let i = 0; i < 2000; i++) double(small, small);
    expect(door.bytes).toBeLessThan(16 * MB);
    double(large.fill(4), result);
    expect(result.at(-1)).toBe(8);
  });

  it("ends at 4 GB with an error that names the operand; the next call works", () => {
    const door = newDoor();
    // Its pages are never touched.
    const huge = new Float32Array(2 ** 29);
    const error = errorOf(() => doubled(door)(huge, huge.subarray(0)));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
    expect(error.message).toBe(
      "binary: not enough memory in WebAssembly, which has at most 4 GB: a has 536870912 elements, which take 2147483648 bytes",
    );
    const x = new Float32Array(3).fill(1);
    expect(doubled(door)(x, x)).toBe(-1);
    expect([...x]).toEqual([2, 2, 2]);
  });

  it("has an error too where a kernel gets no scratch memory; the next call works", () => {
    const door = newDoor();
    const gemm = kernelOf(door, "gemm");
    const n = 1000;
    const [a, c] = [new Float32Array(n * n).fill(1), new Float32Array(n * n)];
    const product = () => gemm(1, n, n, n, a, 0, 0, n, 1, a, 0, 0, n, 1, null, 0, 0, 0, c, 0, n * n);
    const last = [new Float32Array(2 * n * n), new Float32Array(2 * n * n)] as const;
    kernelOf(door, "unary")(0, 0, 0, [2 * n * n], last[0], 0, [1], last[1], 0);
    // The operands have a place. Then the rest of the memory is taken, so the kernel gets no scratch memory.
    for (let bytes = 2 ** 30; bytes >= 4096; bytes /= 2) while (door.exports.roomFor(bytes) !== 0);
    // The door sees memory that has grown in a call: the last one is made again.
    door.kernel("unary", kernelsOf(door).get("unary")!)(...last);
    const error = errorOf(product);
    expect(error).toBeInstanceOf(RangeError);
    // The kernel has said so; a trap would be the cause.
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY", cause: undefined });
    expect(product()).toBe(-1);
    expect(c[n + 1]).toBe(n);
  });
});

describeModule("programs in the module", () => {
  const block = new Float64Array(64);
  const door = whyNoModule === undefined ? newDoor() : (null as unknown as Door);
  const replay = (program: WasmProgram) =>
    program.run((exports, address) => exports.replay(address), [], block);

  it("are freed in a loop that never returns to the event loop", () => {
    const x = new Float32Array(512 * 1024);
    const spec = doubling(x);
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 100; i++) {
      x.fill(1);
      expect(replay(new WasmProgram(door, spec))).toBe(-1);
      expect(x[1000]).toBe(2);
    }
    // Each has a copy of the array, so a leak of all would be 200 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MB);
  });

  it("without memory for them leave their calls to the table", () => {
    const spec = doubling(new Float32Array(8), 4.2e9);
    expect(new WasmProgram(door, spec).unsupported).toEqual([0]);
  });

  it("that were released do not run", () => {
    const program = new WasmProgram(door, doubling(new Float32Array(8)));
    program.release();
    expect(errorOf(() => replay(program))).toMatchObject({ code: "PROGRAM_RELEASED" });
  });
});
