/**
 * Which backend is chosen, and what the library reports about it. Each case reloads the module with other
 * environment variables.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { variableNames } from "../../src/environment.js";
import { built } from "./addon.js";

async function load(environment: Record<string, string>) {
  for (const name of variableNames)
    if (!(name in environment) && process.env[name] !== undefined) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.resetModules();
  return import("../../src/kernels/backend.js");
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const fill = (module: Awaited<ReturnType<typeof load>>) => module.k.fill(1, 4, new Float32Array(4), 0);

describe("backend", () => {
  it("is the JS core when that is asked for, and says so", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const module = await load({ SIMDGRAD_BACKEND: "js" });
    expect(module.backend).toMatchObject({
      name: "js",
      isa: "js",
      threads: 1,
      reason: "SIMDGRAD_BACKEND=js",
    });
    expect(module.backend.fallbacks).toContain("gemm");
    expect(fill(module)).toBe(-1);
    expect(write).not.toHaveBeenCalled();
  });

  it.each([
    ["natve", /^SIMDGRAD_BACKEND: .*"natve"; did you mean "native"\?$/],
    ["JS", /did you mean "js"\?$/],
  ])("names the nearest valid value for SIMDGRAD_BACKEND=%s, at the first use", async (value, message) => {
    const module = await load({ SIMDGRAD_BACKEND: value });
    expect(() => fill(module)).toThrow(message);
    module.backend.use("js");
    expect(fill(module)).toBe(-1);
  });

  it.each(["0", "-1", "two", "1.5", "257", "100000", "1e2", " 2", "9".repeat(400)])(
    "refuses SIMDGRAD_THREADS=%s",
    async (value) => {
      if (!built) return;
      const module = await load({ SIMDGRAD_THREADS: value });
      expect(() => fill(module)).toThrow(
        `SIMDGRAD_THREADS: a number of threads from 1 to 256 is needed: "${value}"`,
      );
    },
  );

  it("says why native is not available when it was asked for", async () => {
    const module = await load({ SIMDGRAD_BACKEND: "native", SIMDGRAD_ADDON: "/nowhere/simdgrad.node" });
    expect(() => fill(module)).toThrow(
      /^backend: native is not available: the addon of SIMDGRAD_ADDON, .*nowhere/,
    );
    expect(() => module.backend.use("native")).toThrow(
      expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }),
    );
    module.backend.use("js");
    expect(fill(module)).toBe(-1);
  });

  it("refuses a backend it does not know", async () => {
    const module = await load({ SIMDGRAD_BACKEND: "js" });
    expect(() => module.backend.use("cuda" as "js")).toThrow(/"cuda"; did you mean "js"\?/);
    for (const n of [0, 257, 1.5, Number.NaN])
      expect(() => module.backend.setThreads(n)).toThrow(
        `backend.setThreads: a number of threads from 1 to 256 is needed: ${n}`,
      );
  });
});

describe.skipIf(!built)("the native backend", () => {
  it("is the default", async () => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const module = await load({});
    expect(module.backend.name).toBe("native");
    expect(module.backend.reason).toMatch(/^the (prebuilt addon|local build)/);
    expect(module.backend.isas).toContain(module.backend.isa);
    expect(write).not.toHaveBeenCalled();
  });

  it("obeys SIMDGRAD_ISA and SIMDGRAD_THREADS", async () => {
    const module = await load({ SIMDGRAD_ISA: "portable", SIMDGRAD_THREADS: "3" });
    expect(module.backend).toMatchObject({ name: "native", isa: "portable", threads: 3 });
    module.backend.useIsa(module.backend.isas[module.backend.isas.length - 1]);
    module.backend.setThreads(2);
    expect(module.backend.threads).toBe(2);
    module.backend.use("js");
    expect(module.backend.threads).toBe(1);
    module.backend.use("native");
    expect(module.backend.threads).toBe(2);
  });

  it("has room for as many threads as it says", async () => {
    const { backend, maxThreads } = await load({});
    const before = backend.threads;
    try {
      backend.setThreads(maxThreads);
      expect(backend.threads).toBe(maxThreads);
    } finally {
      backend.setThreads(before);
    }
  });

  it.each(["2", "yes", "-1", " "])("refuses SIMDGRAD_KEEP_MEMORY=%s", async (value) => {
    const module = await load({ SIMDGRAD_KEEP_MEMORY: value });
    expect(() => fill(module)).toThrow(
      expect.objectContaining({
        code: "INVALID_BACKEND",
        message: `SIMDGRAD_KEEP_MEMORY: one of 0, 1 is needed: "${value}"`,
      }),
    );
  });

  it("takes an empty variable for one that is not set", async () => {
    const { backend, k } = await load(Object.fromEntries(variableNames.map((name) => [name, ""])));
    expect(backend.name).toBe("native");
    expect(fill({ k } as Awaited<ReturnType<typeof load>>)).toBe(-1);
  });

  it("refuses an instruction set that is unknown or not of this CPU", async () => {
    const unknown = await load({ SIMDGRAD_ISA: "avx521" });
    expect(() => fill(unknown)).toThrow(/"avx521"; did you mean "avx512"\?/);
    const foreign = process.arch === "arm64" ? "avx2" : "neon";
    const other = await load({ SIMDGRAD_ISA: foreign });
    expect(() => fill(other)).toThrow(`SIMDGRAD_ISA=${foreign} does not run here`);
  });

  it("leaves to JavaScript what C++ lacks: another dtype, integers", async () => {
    const { k, backend } = await load({});
    const x = new Float64Array([1, 2, 3]);
    const out = new Float64Array(3);
    expect(k.unary("exp", 0, 0, [3], x, 0, [1], out, 0)).toBe(-1);
    expect(out[2]).toBeCloseTo(Math.exp(3), 12);
    const ints = new Int32Array(2);
    k.gemm(
      1,
      1,
      2,
      1,
      new Int32Array([3]),
      0,
      0,
      1,
      1,
      new Int32Array([4, 5]),
      0,
      0,
      2,
      1,
      null,
      0,
      0,
      0,
      ints,
      0,
      2,
    );
    expect([...ints]).toEqual([12, 15]);
    expect(backend.name).toBe("native");
  });
});
