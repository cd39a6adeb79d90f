/**
 * Recorded programs: what they compute, what they reject, and that no input to them can crash the process.
 */
import { describe, expect, it } from "vitest";
import type { ProgramSpec } from "../../src/kernels/addon.js";
import fc from "../property.js";
import { addon, block, built, call } from "./addon.js";
import { arena, errorOf, local, parameter, specOf, type TapeCall } from "./tape.js";

const f32 = (values: number | Iterable<number>) => new Float32Array(values as number);
const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(i + 1));
const op = (kernel: string, name: string) => addon.ops[kernel].indexOf(name);

/** out = relu(x · w + b), then one step of SGD on w with the gradient xᵀ · out; x [rows, 3], w [3, 2]. */
function layer(
  rows: number,
  x: TapeCall[2][0],
  out: TapeCall[2][0],
  w: Float32Array,
  b: Float32Array,
): TapeCall[] {
  const product = arena(1, 0, rows * 2);
  const gradient = arena(1, 1024, 6);
  const hyper = Float64Array.of(0.1, 0, 0, 0);
  const steps = Float64Array.of(0);
  return [
    ["gemm", [1, rows, 2, 3, 0, 0, 3, 1, 0, 0, 2, 1, 0, 0, 0, 0, rows * 2], [x, w, b, product]],
    ["unary", [op("unary", "relu"), 0, 0, 2, rows, 2, 0, 2, 2, 1, 0], [product, out]],
    ["gemm", [1, 3, 2, rows, 0, 0, 1, 3, 0, 0, 2, 1, 0, 0, 0, 0, 6], [x, out, null, gradient]],
    ["increment", [1, 0], [steps]],
    ["sgdStep", [6, 0, 0, 0, 0, 0, 0], [w, gradient, null, steps, hyper]],
  ];
}

describe.skipIf(!built)("a program", () => {
  it("does what its calls do, bit for bit, with intermediates in its arena and parameters at offsets", () => {
    const w = ramp(6);
    const b = ramp(2);
    const program = addon.createProgram(
      specOf(layer(5, parameter(1, 0, 15), parameter(1, 1, 10), w, b), { arenaBytes: 2048 }),
    );
    expect(program.unsupported).toEqual([]);
    const [x, out] = [ramp(115), f32(20)];

    const wanted = { w: ramp(6), out: f32(20) };
    const [product, gradient, hyper] = [f32(10), f32(6), Float64Array.of(0.1, 0, 0, 0)];
    for (const offset of [100, 0, 7]) {
      call("gemm", [1, 5, 2, 3, offset, 0, 3, 1, 0, 0, 2, 1, 0, 0, 0, 0, 10], [x, wanted.w, b, product]);
      call("unary", [op("unary", "relu"), 0, 0, 2, 5, 2, 0, 2, 2, 1, 4], [product, wanted.out]);
      call("gemm", [1, 3, 2, 5, offset, 0, 1, 3, 4, 0, 2, 1, 0, 0, 0, 0, 6], [x, wanted.out, null, gradient]);
      call("sgdStep", [6, 0, 0, 0, 0, 0, 0], [wanted.w, gradient, null, Float64Array.of(1), hyper]);

      block.set([offset, 4]);
      expect(addon.replay(program, x, out)).toBe(-1);
      expect(out).toEqual(wanted.out);
      expect(w).toEqual(wanted.w);
    }
  });

  it("counts what it is told to count, and adds the time of each call", () => {
    const steps = new Float64Array(3);
    const program = addon.createProgram(
      specOf([
        ["increment", [2, 1], [steps]],
        ["increment", [1, 0], [steps]],
      ]),
    );
    const times = new Float64Array(2);
    for (let i = 0; i < 4; i++) expect(addon.profile(program, times)).toBe(-1);
    expect([...steps]).toEqual([4, 4, 4]);
    expect(times.every((time) => time > 0)).toBe(true);
    expect(errorOf(() => addon.profile(program, new Float64Array(1)))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect(errorOf(() => addon.profile(program, f32(2) as unknown as Float64Array))).toMatchObject({
      code: "INVALID_ARGUMENT",
    });
  });

  it("stops at a bad label: the call and the label's position are answered, calls before it have run", () => {
    const steps = new Float64Array(1);
    const labels = Int32Array.of(0, 1, 9, 1);
    const loss: TapeCall = [
      "crossEntropy",
      [1, 4, 3, 0, -100, 0, 0, 0, 0, 0],
      [f32(12), labels, null, f32(1), f32(5)],
    ];
    const count: TapeCall = ["increment", [1, 0], [steps]];
    const program = addon.createProgram(specOf([count, loss, count]));
    expect(addon.replay(program)).toBe(1);
    expect(block[0]).toBe(2);
    expect(steps[0]).toBe(1);
    labels[2] = 2;
    expect(addon.replay(program)).toBe(-1);
    expect(steps[0]).toBe(3);
  });

  it("names the calls that have no C++, and is then not replayed", () => {
    const wide = new Float64Array(4);
    const program = addon.createProgram(
      specOf([
        ["increment", [1, 0], [wide]],
        ["unary", [0, 0, 0, 1, 4, 0, 1, 1, 0], [wide, wide]],
        ["unary", [999, 0, 0, 1, 4, 0, 1, 1, 0], [f32(4), f32(4)]],
      ]),
    );
    expect(program.unsupported).toEqual([1, 2]);
    expect(errorOf(() => addon.replay(program))).toMatchObject({ code: "UNSUPPORTED" });
    expect(wide[0]).toBe(0);
  });

  it("is not made when a call reaches outside: the error names the call and its kernel", () => {
    const good: TapeCall = ["fill", [1, 4, 0], [f32(4)]];
    const bad: TapeCall = ["fill", [1, 5, 0], [arena(1, 0, 4)]];
    expect(errorOf(() => addon.createProgram(specOf([good, bad], { arenaBytes: 64 })))).toMatchObject({
      name: "RangeError",
      code: "OUT_OF_BOUNDS",
      message: "createProgram: call 1, fill: array 0 of length 4: elements 0 to 4 asked for",
    });
  });

  it("has an arena that is aligned, cleared and kept from one replay to the next", () => {
    const slot = arena(2, 64, 2);
    const out = new Float64Array(2);
    const program = addon.createProgram(
      specOf(
        [
          ["increment", [2, 0], [slot]],
          ["copy", [1, 2, 0, 1, 1, 0, 1, 1], [slot, out]],
        ],
        { arenaBytes: 80 },
      ),
    );
    for (let i = 1; i <= 3; i++) {
      addon.replay(program);
      expect([...out]).toEqual([i, i]);
    }
  });

  it("sees at each replay whether the memory of an external is gone", () => {
    for (const gone of [
      (array: Float32Array) => structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] }),
      (array: Float32Array) => (array.buffer as ArrayBuffer & { resize(n: number): void }).resize(8),
    ]) {
      const Resizable = ArrayBuffer as unknown as new (n: number, options: object) => ArrayBuffer;
      const array = new Float32Array(new Resizable(4096, { maxByteLength: 8192 }));
      const program = addon.createProgram(specOf([["fill", [1, 1024, 0], [array]]]));
      expect(addon.replay(program)).toBe(-1);
      gone(array);
      expect(errorOf(() => addon.replay(program))).toMatchObject({ name: "RangeError", code: "DETACHED" });
    }
  });

  it("keeps its externals alive, and is freed with its arena when nobody has it any more", async () => {
    const { gc } = globalThis as { gc?: () => void };
    const outside = () => process.memoryUsage().external;
    const before = outside();
    for (let i = 0; i < 40; i++) {
      const program = addon.createProgram(
        specOf(
          [
            ["fill", [1, 10, 0], [arena(1, 0, 10)]],
            ["fill", [2, 1000, 0], [f32(1000)]],
          ],
          { arenaBytes: 1 << 24 },
        ),
      );
      expect(addon.replay(program)).toBe(-1);
      // Finalizers run in their own turns of the event loop. Without gc(), the reported memory makes V8
      // collect.
      gc?.();
      await new Promise(setImmediate);
    }
    for (let i = 0; i < 50 && outside() - before > 20 << 24; i++) {
      fc.sample(fc.string(), 1000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(outside() - before).toBeLessThan(30 << 24);
  });

  it("that was released is a clear error wherever it is used", () => {
    const program = addon.createProgram(specOf([["fill", [1, 4, 0], [f32(4)]]]));
    for (let i = 0; i < 3; i++) expect(addon.releaseProgram(program)).toBeUndefined();
    for (const use of [
      () => addon.replay(program),
      () => addon.profile(program, new Float64Array(1)),
      () =>
        addon.startJob(
          [{ program, params: [], offsets: [] }],
          0,
          1,
          new Int32Array(new SharedArrayBuffer(4)),
        ),
    ])
      expect(errorOf(use)).toMatchObject({ name: "Error", code: "PROGRAM_RELEASED" });
    for (const other of [undefined, null, 5, {}, Object.create(program)])
      expect(errorOf(() => addon.releaseProgram(other as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("of no calls does nothing", () => {
    expect(addon.replay(addon.createProgram(specOf([])))).toBe(-1);
  });
});

describe.skipIf(!built)("parameters", () => {
  const program = () => addon.createProgram(specOf([["fill", [3, 4, 1], [parameter(1, 1, 8)]]]));

  it.each<[string, unknown[], number, string]>([
    ["too few", [null], 0, "INVALID_ARGUMENT"],
    ["none", [], 0, "INVALID_ARGUMENT"],
    ["null", [null, null], 0, "INVALID_ARGUMENT"],
    ["another type", [null, new Float64Array(8)], 0, "INVALID_ARGUMENT"],
    ["a type without a name here", [null, new Int16Array(8)], 0, "INVALID_ARGUMENT"],
    ["an object", [null, {}], 0, "INVALID_ARGUMENT"],
    ["a short array", [null, f32(7)], 0, "OUT_OF_BOUNDS"],
    ["an offset too far", [null, f32(10)], 3, "OUT_OF_BOUNDS"],
    ["an offset behind the end", [null, f32(10)], 11, "OUT_OF_BOUNDS"],
    ["a negative offset", [null, f32(10)], -1, "OUT_OF_BOUNDS"],
    ["a fraction", [null, f32(10)], 0.5, "OUT_OF_BOUNDS"],
    ["NaN", [null, f32(10)], Number.NaN, "OUT_OF_BOUNDS"],
    ["infinity", [null, f32(10)], Number.POSITIVE_INFINITY, "OUT_OF_BOUNDS"],
  ])("that are %s are refused", (_, parameters, offset, code) => {
    block.fill(0);
    block[1] = offset;
    expect(errorOf(() => addon.replay(program(), ...(parameters as [])))).toMatchObject({ code });
  });

  it("are bound anew each time; one that no slot is may be null, and more than there are do no harm", () => {
    const it = program();
    block.fill(0);
    for (const array of [f32(8), f32(20), new Float32Array(new SharedArrayBuffer(32))]) {
      expect(addon.replay(it, null, array, f32(1))).toBe(-1);
      expect([...array.subarray(0, 8)]).toEqual([0, 3, 3, 3, 3, 0, 0, 0]);
    }
    const detached = f32(8);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(errorOf(() => addon.replay(it, null, detached))).toMatchObject({ code: "OUT_OF_BOUNDS" });
  });

  it("stand where the program is asked for as little as anything else does", () => {
    for (const other of [
      undefined,
      null,
      5,
      "program",
      {},
      f32(4),
      Object.create(program()),
      new Proxy(program(), {}),
    ])
      expect(errorOf(() => addon.replay(other as never))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe.skipIf(!built)("a chain with reductions", () => {
  const [rows, columns] = [300, 40];
  const total = rows * columns;
  const x = ramp(total);
  const square = (out: TapeCall[2][0]): TapeCall => [
    "unary",
    [op("unary", "square"), 0, 0, 1, total, 0, 1, 1, 0],
    [x, out],
  ];
  const sum = (outer: number, length: number, inner: number, from: TapeCall[2][0], to: TapeCall[2][0]) =>
    ["reduce", [op("reduce", "sum"), outer, length, inner, 0, 0], [from, to]] as TapeCall;
  const codeOf = (calls: readonly TapeCall[]) =>
    errorOf(() => addon.createProgram(specOf(calls, { chains: [0, calls.length] })))?.code;

  it("has the bits of the calls one by one", () => {
    const sizes: (readonly [number, number, number])[] = [
      [rows, columns, 1],
      [1, rows, columns],
      [4, rows / 4, columns],
    ];
    const run = (squares: TapeCall[2][0], chains: number[]) => {
      const sums = sizes.map((size) => f32(total / size[1]));
      const reductions = sizes.map((size, i) => sum(...size, squares, sums[i]));
      addon.replay(addon.createProgram(specOf([square(squares), ...reductions], { chains })));
      return sums;
    };
    expect(run(local(1, 0, total), [0, 4])).toEqual(run(f32(total), []));
  });

  it("is refused if it reduces to a local, rows of two lengths, or too often", () => {
    const stored = f32(total);
    const rowSums = sum(rows, columns, 1, stored, f32(rows));
    expect(codeOf([square(stored), rowSums])).toBeUndefined();
    expect(codeOf([square(stored), sum(rows, columns, 1, stored, local(1, 0, rows))])).toBe(
      "INVALID_ARGUMENT",
    );
    expect(codeOf([square(stored), sum(total, 1, 1, stored, local(1, 0, total))])).toBe("INVALID_ARGUMENT");
    expect(codeOf([square(stored), rowSums, sum(1, total, 1, stored, f32(1))])).toBe("INVALID_ARGUMENT");
    expect(codeOf([square(stored), ...Array<TapeCall>(8).fill(rowSums)])).toBeUndefined();
    expect(codeOf([square(stored), ...Array<TapeCall>(9).fill(rowSums)])).toBe("INVALID_ARGUMENT");
  });
});

describe.skipIf(!built)("a bad spec", () => {
  const spec = (): ProgramSpec =>
    specOf(
      [
        ["fill", [1, 4, 0], [f32(12).subarray(4, 8)]],
        ["fill", [1, 4, 0], [arena(1, 64, 4)]],
        ["fill", [1, 4, 0], [parameter(1, 0, 4)]],
      ],
      { arenaBytes: 128, advances: [0, 1] },
    );

  it.each<[string, Partial<Record<keyof ProgramSpec, unknown>>]>([
    ["no lists", { kernels: undefined }],
    ["a list of another type", { numbers: f32(9) }],
    ["a plain list", { refs: [0, 1, 2] }],
    ["lists of calls of two lengths", { kernels: new Int32Array(2) }],
    ["a kernel that does not exist", { kernels: Int32Array.of(0, 0, 999) }],
    ["a negative kernel", { kernels: Int32Array.of(0, 0, -1) }],
    ["too few numbers", { numbers: new Float64Array(8) }],
    ["a negative count", { numberCounts: Int32Array.of(12, -6, 3) }],
    ["too many refs", { refs: new Int32Array(4) }],
    ["a slot that does not exist", { refs: Int32Array.of(0, 1, 3) }],
    ["a slot below -1", { refs: Int32Array.of(0, 1, -2) }],
    ["slots of two lengths", { slotTypes: new Int32Array(2) }],
    ["a kind that does not exist", { slotKinds: Int32Array.of(0, 1, 4) }],
    ["a local outside a chain", { slotKinds: Int32Array.of(0, 1, 3), slotPlaces: Float64Array.of(0, 64, 0) }],
    [
      "a local beyond the last",
      { slotKinds: Int32Array.of(0, 1, 3), slotPlaces: Float64Array.of(0, 64, 16) },
    ],
    ["half a chain", { chains: Int32Array.of(0) }],
    ["a chain beyond the calls", { chains: Int32Array.of(2, 2) }],
    ["an empty chain", { chains: Int32Array.of(0, 0) }],
    ["chains that overlap", { chains: Int32Array.of(0, 2, 1, 2) }],
    ["a chain of a kernel that is not elementwise", { chains: Int32Array.of(0, 2) }],
    ["a type that does not exist", { slotTypes: Int32Array.of(1, 1, 5) }],
    ["type 0", { slotTypes: Int32Array.of(0, 1, 1) }],
    ["an external that does not exist", { slotPlaces: Float64Array.of(1, 64, 0) }],
    ["an external of another type", { externals: [new Float64Array(4)] }],
    ["an external that is too short", { externals: [f32(3)] }],
    ["an external that is no array", { externals: [{}] }],
    ["externals that are no list", { externals: f32(3) }],
    ["the arena's end", { slotPlaces: Float64Array.of(0, 116, 0) }],
    ["a byte between elements", { slotPlaces: Float64Array.of(0, 66, 0) }],
    ["half a byte", { slotPlaces: Float64Array.of(0, 64.5, 0) }],
    ["NaN elements", { slotLengths: Float64Array.of(4, Number.NaN, 4) }],
    ["a negative length", { slotLengths: Float64Array.of(4, -4, 4) }],
    ["a parameter too many", { slotPlaces: Float64Array.of(0, 64, 64) }],
    ["no arena", { arenaBytes: 0 }],
    ["an arena of NaN bytes", { arenaBytes: Number.NaN }],
    ["an arena of -1 bytes", { arenaBytes: -1 }],
    ["half a pair", { advances: Int32Array.of(0) }],
    ["a number that does not exist", { advances: Int32Array.of(9, 1) }],
  ])("with %s is refused", (_, change) => {
    expect(errorOf(() => addon.createProgram({ ...spec(), ...change } as ProgramSpec))).toMatchObject({
      name: "TypeError",
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/^createProgram: \w/),
    });
  });

  it("that asks for more memory than there is is refused", () => {
    expect(errorOf(() => addon.createProgram({ ...spec(), arenaBytes: 2 ** 46 }))?.code).toBe("NO_MEMORY");
  });

  it("that is none is refused, and what a getter throws comes through", () => {
    for (const other of [undefined, null, 5, {}, []])
      expect(errorOf(() => addon.createProgram(other as never))?.code).toBe("INVALID_ARGUMENT");
    const thrown = new Error("mine");
    const throwing = {
      get numbers() {
        throw thrown;
      },
    };
    expect(errorOf(() => addon.createProgram(throwing as never))).toBe(thrown);
  });

  it("whose getters pull the memory of what was read before away is refused", () => {
    const good = spec();
    const array = good.externals[0];
    const trap = Object.defineProperty({ ...good }, "advances", {
      get() {
        structuredClone(null, {
          transfer: [array.buffer as ArrayBuffer, good.numbers.buffer as ArrayBuffer],
        });
        return good.advances;
      },
    });
    expect(errorOf(() => addon.createProgram(trap))?.code).toBe("INVALID_ARGUMENT");
  });

  it("in any one number never does more than be refused", () => {
    const lists = [
      ...["kernels", "numberCounts", "arrayCounts", "numbers", "refs", "slotKinds", "slotTypes"],
      ...["slotPlaces", "slotLengths", "advances", "chains"],
    ] as (keyof ProgramSpec)[];
    const odd = fc.constantFrom(
      -1,
      0,
      1,
      2,
      3,
      4,
      63,
      64,
      128,
      1e6,
      -(2 ** 31),
      2 ** 31 - 1,
      2 ** 53,
      0.5,
      Number.NaN,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...lists), fc.nat(8), odd), { minLength: 1, maxLength: 3 }),
        (changes) => {
          const it = spec();
          for (const [list, at, value] of changes) {
            const values = it[list] as Int32Array;
            values[at % values.length] = value;
          }
          const error = errorOf(() => {
            const program = addon.createProgram(it);
            block.fill(0);
            addon.replay(program, f32(4), f32(4));
          });
          if (error) expect(error.code).toMatch(/^(INVALID_ARGUMENT|OUT_OF_BOUNDS|UNSUPPORTED)$/);
          const memory = new Float32Array(it.externals[0].buffer);
          expect(memory.every((value, i) => value === 0 || (i >= 4 && i < 8))).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
