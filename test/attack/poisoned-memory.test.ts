/**
 * Fresh memory holds anything: every op gives the same values, forward and backward, whether its memory held
 * zeros or garbage.
 */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { backend, manualSeed, type Tensor, tensor } from "../../src/index.js";
import { empty } from "../../src/tensor/tensor.js";
import { type Case, cases } from "../autograd/cases.js";
import { units } from "../hash.js";

/**
 * The byte that short-lived memory is filled with as it is handed out; that of parameters is zero by
 * contract.
 */
const poison = vi.hoisted(() => ({ byte: 0 }));

vi.mock("../../src/tensor/storage.js", async (original) => {
  const real = await original<typeof import("../../src/tensor/storage.js")>();
  return {
    ...real,
    allocate(...args: Parameters<typeof real.allocate>) {
      const storage = real.allocate(...args);
      const { array, offset, length } = storage;
      const size = array.BYTES_PER_ELEMENT;
      new Uint8Array(array.buffer, array.byteOffset + offset * size, length * size).fill(poison.byte);
      return storage;
    },
  };
});

/** Functions that return uninitialised memory are left out. */
const unwritten = ["empty", "emptyLike", "newEmpty"];

function inputsOf({ shapes, values = [-2, 2] }: Case, dtype: "float32" | "float64"): Tensor[] {
  return shapes.map((shape, i) => {
    const given = values[i];
    const [low, high] = values as readonly [number, number];
    const n = shape.reduce((product, size) => product * size, 1);
    const drawn = units(n, 20 + i).map((u) => low + ((u + 1) / 2) * (high - low));
    const data = Float64Array.from(Array.isArray(given) ? given : drawn);
    return tensor(dtype === "float64" ? data : Float32Array.from(data), { shape, requiresGrad: true });
  });
}

/** The bytes of the result and of the gradients, or the code of the error. */
function outcome(c: Case, dtype: "float32" | "float64", byte: number): string[] {
  poison.byte = byte;
  manualSeed(3);
  try {
    const inputs = inputsOf(c, dtype);
    const out = c.fn(...inputs);
    const bits = (t: Tensor) =>
      Buffer.from(Float64Array.from(t.detach().flatten().toArray() as number[]).buffer);
    const texts = [bits(out).toString("base64")];
    if (out.requiresGrad) {
      out.sum().backward();
      for (const x of inputs) if (x.grad !== null) texts.push(bits(x.grad as Tensor).toString("base64"));
    }
    return texts;
  } catch (error) {
    return [String((error as { code?: string }).code ?? error)];
  }
}

describe("on memory that holds garbage", () => {
  beforeAll(() => {
    if (backend.isas.length > 0) backend.use("native");
  });
  afterEach(() => {
    poison.byte = 0;
  });

  it("is handed out", () => {
    poison.byte = 0xa5;
    expect(empty([3], "uint8").data).toEqual(Uint8Array.of(0xa5, 0xa5, 0xa5));
  });

  it.each(Object.entries(cases).filter(([name]) => !unwritten.includes(name)))("%s", (_, own) => {
    for (const c of own)
      for (const dtype of ["float32", "float64"] as const) {
        const clean = outcome(c, dtype, 0);
        for (const byte of [0x7f, 0xa5]) expect(outcome(c, dtype, byte)).toEqual(clean);
      }
  });
});
