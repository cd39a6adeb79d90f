import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { install, packed, type Ran, root, run, temporaryFolder } from "./pack.js";

const folder = temporaryFolder();
const tarball = packed();
const project = install(folder, tarball, "module");

/**
 * False only where there is no compiler: tarball.test.ts fails when there is one and the addon is missing.
 */
const native = existsSync(join(project, "node_modules/simdgrad/prebuilds"));

const wasm = existsSync(join(project, "node_modules/simdgrad/wasm"));

const write = (name: string, text: string) => writeFileSync(join(project, name), text);

/**
 * Learns XOR; the same text in each kind of module. Prints what ran it, how the loss went and what the
 * weights became.
 */
const training = `
  manualSeed(1);
  const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.Tanh(), new nn.Linear(16, 2));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const lossFunction = new nn.CrossEntropyLoss();
  const losses = [];
  for (let step = 0; step < 100; step++) {
    optimizer.zeroGrad();
    const loss = lossFunction.forward(model.forward(x), y);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }
  const predicted = Array.from(model.forward(x).argmax(1).data);
  const weights = [...model.parameters()].map((parameter) => Array.from(parameter.data));
  const result = { backend: backend.name, isa: backend.isa, first: losses[0], last: losses[99], predicted, weights };
`;
const names = "{ backend, manualSeed, nn, optim, tensor }";

interface Result {
  backend: string;
  isa: string;
  first: number;
  last: number;
  predicted: number[];
  weights: number[][];
}

function resultOf(ran: Ran): Result {
  expect(ran, ran.stderr).toMatchObject({ status: 0 });
  return JSON.parse(ran.stdout);
}

const learnt = (result: Result) => {
  expect(result.first).toBeGreaterThan(0.5);
  expect(result.last).toBeLessThan(0.1);
  expect(result.predicted).toEqual([0, 1, 1, 0]);
};

const programs = {
  "an ES module": "train.mjs",
  "require()": "train.cjs",
  "a Worker": "worker.mjs",
  "a Worker of a CommonJS program": "worker.cjs",
};

beforeAll(() => {
  write("train.mjs", `import ${names} from "simdgrad";${training}console.log(JSON.stringify(result));`);
  write("train.cjs", `const ${names} = require("simdgrad");${training}console.log(JSON.stringify(result));`);
  const start = "new Worker(__FILE__).on('message', (result) => console.log(JSON.stringify(result)));";
  write(
    "worker.mjs",
    `import { isMainThread, parentPort, Worker } from "node:worker_threads";
     if (isMainThread) ${start.replace("__FILE__", "new URL(import.meta.url)")}
     else { const ${names} = await import("simdgrad");${training}parentPort.postMessage(result); }`,
  );
  write(
    "worker.cjs",
    `const { isMainThread, parentPort, Worker } = require("node:worker_threads");
     if (isMainThread) ${start.replace("__FILE__", "__filename")}
     else { const ${names} = require("simdgrad");${training}parentPort.postMessage(result); }`,
  );
});

describe("the installed package trains", () => {
  describe.each(native ? ["native", "js"] : ["js"])("on %s", (backend) => {
    const results: Result[] = [];

    test.each(Object.entries(programs))("from %s", (_, program) => {
      const ran = run(project, process.execPath, [program], { SIMDGRAD_BACKEND: backend });
      const result = resultOf(ran);
      expect(result.backend).toBe(backend);
      learnt(result);
      expect(ran.stderr).toBe("");
      results.push(result);
    });

    test("the same weights in each of them", () => {
      expect(results).toHaveLength(Object.keys(programs).length);
      for (const result of results) expect(result).toEqual(results[0]);
    });
  });

  test.runIf(native)("with the native backend unless told otherwise", () => {
    const ran = run(project, process.execPath, ["train.mjs"]);
    expect(resultOf(ran).backend).toBe("native");
    expect(ran.stderr).toBe("");
  });

  test.each(
    [
      ["WebAssembly", "wasm", ["prebuilds"]],
      ["the JS core", "js", ["prebuilds", "wasm"]],
    ].slice(wasm ? 0 : 1) as [string, string, string[]][],
  )("on %s without the files of what is faster, and says so in one line", (what, backend, missing) => {
    const bare = join(folder, `bare-${backend}`);
    mkdirSync(bare);
    cpSync(project, bare, { recursive: true });
    for (const part of missing)
      rmSync(join(bare, "node_modules/simdgrad", part), { recursive: true, force: true });
    const ran = run(bare, process.execPath, ["train.mjs"]);
    const result = resultOf(ran);
    expect(result.backend).toBe(backend);
    learnt(result);
    expect(ran.stderr).toMatch(new RegExp(`^simdgrad: running on ${what} \\(.+\\)\n$`));
  });
});

describe("a strict TypeScript consumer", () => {
  // What the consumer is told: a wrong shape of the API is an error of the compiler, so both halves are
  // needed.
  const right = `
    import { backend, type DType, nn, optim, tensor, type Tensor } from "simdgrad";
    class Net extends nn.Module {
      hidden = new nn.Linear(2, 8);
      out = new nn.Linear(8, 2);
      override forward(x: Tensor): Tensor { return this.out.forward(this.hidden.forward(x).relu()); }
    }
    const net = new Net();
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9, nesterov: true });
    const loss: Tensor = new nn.CrossEntropyLoss().forward(net.forward(tensor([[0, 1]])), tensor([1], { dtype: "int32" }));
    loss.backward();
    optimizer.step();
    const value: number = loss.item();
    const shape: readonly number[] = loss.shape;
    const dtype: DType = loss.dtype;
    const name: "js" | "wasm" | "native" = backend.name;
    console.log(value, shape, dtype, name);
  `;
  const wrong = `
    import { backend, nn, tensor } from "simdgrad";
    // @ts-expect-error an unknown dtype
    tensor([1], { dtype: "float16" });
    // @ts-expect-error sizes are numbers
    new nn.Linear("2", 3);
    // @ts-expect-error the name of a backend
    backend.use("gpu");
    // @ts-expect-error only the public names are exported
    import { allocate } from "simdgrad";
    // @ts-expect-error inner files cannot be imported
    import "simdgrad/dist/tensor/storage.js";
    console.log(allocate);
  `;

  beforeAll(() => {
    write("right.ts", right);
    write("right.cts", right);
    write("wrong.ts", wrong);
    mkdirSync(join(project, "node_modules/@types"));
    for (const name of ["@types/node", "undici-types"])
      symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  });

  test.each([
    ["nodenext", "nodenext", ["right.ts", "right.cts", "wrong.ts"]],
    ["esnext", "bundler", ["right.ts", "wrong.ts"]],
  ])("with module %s, resolution %s", (module, moduleResolution, files) => {
    write(
      "tsconfig.json",
      JSON.stringify({
        compilerOptions: {
          ...{
            strict: true,
            noEmit: true,
            target: "es2022",
            lib: ["es2022"],
            types: ["node"],
            skipLibCheck: false,
          },
          ...{
            exactOptionalPropertyTypes: true,
            noUncheckedIndexedAccess: true,
            noPropertyAccessFromIndexSignature: true,
          },
          ...{ module, moduleResolution },
        },
        files,
      }),
    );
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    expect(run(project, process.execPath, [tsc, "-p", "."])).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});

describe("the command line", () => {
  const info = (env: NodeJS.ProcessEnv = {}) =>
    run(project, "npx", ["--no-install", "simdgrad", "info"], env);

  test("npx simdgrad info says what runs here", () => {
    const ran = info();
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    expect(ran.stdout).toMatch(/simdgrad\s+0\.1\.0/);
    expect(ran.stdout).toMatch(native ? /native/ : /\bjs\b/);
  });

  test("and that it is the JS core when it is", () => {
    const ran = info({ SIMDGRAD_BACKEND: "js" });
    expect(ran, ran.stderr).toMatchObject({ status: 0 });
    expect(ran.stdout).toMatch(/\bjs\b.*SIMDGRAD_BACKEND=js/is);
  });
});
