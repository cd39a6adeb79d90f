import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { root } from "./pack.js";

const parts = readdirSync(join(root, "dist/parts")).sort();
const builtUrl = pathToFileURL(join(root, "dist/index.js")).href;

/** What a program prints as JSON; `loaded()` in it gives the parts that are loaded. */
function printed(program: string, env: NodeJS.ProcessEnv = {}): unknown {
  const code = `
    import { createRequire } from "node:module";
    const require = createRequire(${JSON.stringify(pathToFileURL(join(root, "dist/parts/")).href)});
    const loaded = () => Object.keys(require.cache).filter((path) => path.endsWith(".cjs"))
      .map((path) => path.replace(/^.*[\\\\/]/, "")).sort();
    const print = (value) => console.log(JSON.stringify(value));
    ${program}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const early = ["addon.cjs", "core.cjs", "rolldown-runtime.cjs", "start.cjs"];

describe("the parts of the built library", () => {
  // A part that is loaded while the core is not complete finds less of it than it needs.
  test.each<NodeJS.ProcessEnv>([
    {},
    { SIMDGRAD_BACKEND: "js" },
    { SIMDGRAD_BACKEND: "nativ" },
    { SIMDGRAD_ADDON: "missing.node" },
    { SIMDGRAD_ADDON: join(root, "package.json") },
    { SIMDGRAD_ISA: "avx3" },
    { SIMDGRAD_THREADS: "many" },
    { SIMDGRAD_KEEP_MEMORY: "perhaps" },
  ])("an import loads the core and nothing else, with %o", (env) => {
    expect(printed(`await import("${builtUrl}"); print(loaded());`, env)).toEqual(early);
  });

  test("and none of Node's large modules", () => {
    const modules = ["crypto", "worker_threads", "zlib", "perf_hooks", "os"];
    const loads = modules.map((name) => `NativeModule ${name}`);
    expect(
      printed(`
        const before = new Set(process.moduleLoadList);
        await import("${builtUrl}");
        print(process.moduleLoadList.filter((name) => !before.has(name)));`),
    ).not.toEqual(expect.arrayContaining([expect.toBeOneOf(loads)]));
  });

  test("a part is loaded when a function of it is first called, or a class of it is first named", () => {
    expect(
      printed(`
        const { eye, linalg, nn, optim } = await import("${builtUrl}");
        const before = loaded();
        linalg.svd(eye(2));
        const afterCall = loaded();
        new optim.SGD([new nn.Parameter(eye(2))], { lr: 0.1 });
        print([before, afterCall, loaded()].map((names) => ["ops-linalg.cjs", "optim.cjs"].map((part) => names.includes(part))));`),
    ).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  test("each loads first after the core, and twice gives the same", () => {
    expect(
      printed(`
        const broken = [];
        for (const part of ${JSON.stringify(parts)}) {
          for (const path of Object.keys(require.cache)) if (path.endsWith(".cjs")) delete require.cache[path];
          require("./start.cjs");
          const names = Object.entries(require("./" + part));
          if (names.length === 0 || names.some(([, value]) => value === undefined)) broken.push(part);
        }
        print(broken);`),
    ).toEqual([]);
  });
});

describe("the exports of the built library", async () => {
  const source: object = await import("../../src/index.js");
  const built: object = await import(builtUrl);
  /** Whether it is a namespace; `nn.functional` is an ordinary object. */
  const isSpace = (value: any): value is object =>
    value?.[Symbol.toStringTag] === "Module" ||
    (value !== null && Object.getPrototypeOf(Object(value)) === Object.prototype);
  /** Everything by its path, such as `nn.functional.relu`. */
  function members(space: object, path = ""): [string, unknown][] {
    return Object.entries(space).flatMap(([key, value]): [string, unknown][] =>
      isSpace(value) ? members(value, `${path}${key}.`) : [[`${path}${key}`, value]],
    );
  }
  const ofSource = members(source).sort(([a], [b]) => (a < b ? -1 : 1));
  const ofBuilt = new Map(members(built));

  test("are those of the sources", () => {
    expect(ofSource.length).toBeGreaterThan(900);
    expect([...ofBuilt.keys()].sort()).toEqual(ofSource.map(([path]) => path));
  });

  test("functions have their lengths", () => {
    const functions = ofSource.filter(([, value]) => typeof value === "function") as [string, () => void][];
    const lengths = functions.map(([path, value]) => [path, value.length]);
    expect(functions.map(([path]) => [path, (ofBuilt.get(path) as () => void).length])).toEqual(lengths);
  });

  test("functions have names of the library, not those that the bundler makes", () => {
    // Second names share their function: `concat` is called cat.
    const names = new Set([...ofBuilt.keys()].map((path) => path.replace(/^.*\./, "")));
    const functions = [...ofBuilt].filter(
      (entry): entry is [string, () => void] => typeof entry[1] === "function",
    );
    const wrong = functions.filter(([, value]) => !names.has(value.name));
    expect(wrong.map(([path, value]) => `${path} is called ${value.name}`)).toEqual([]);
  });

  test("a function that has several places is one function", () => {
    const again = members(built).filter(([path, value]) => value !== ofBuilt.get(path));
    expect(again).toEqual([]);
    expect(ofBuilt.get("linalg.inv")).toBe(ofBuilt.get("inverse"));
    expect(ofBuilt.get("matmul")).toBe(ofBuilt.get("linalg.matmul"));
  });
});
