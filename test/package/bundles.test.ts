/** A bundled program loads the addon, or says in one line what is missing and what to do. */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import { platforms, thisPlatform } from "../../src/kernels/prebuilt.js";
import { built } from "../native/addon.js";
import { install, packed, root, run, temporaryFolder } from "./pack.js";

const folder = temporaryFolder();
const project = install(folder, packed(), "module");
const wasm = existsSync(join(project, "node_modules/simdgrad/wasm"));
const addon = `prebuilds/${thisPlatform()}/simdgrad.node`;

const program = `import { backend, data, eye, linalg } from "simdgrad";
  linalg.svd(eye(2));
  let rows = 0;
  try { rows = data.iris().x.shape[0]; } catch {}
  console.log(backend.name, rows);`;
writeFileSync(join(project, "main.mjs"), program);
writeFileSync(
  join(project, "main.cjs"),
  program.replace(/import (.+) from "simdgrad"/, 'const $1 = require("simdgrad")'),
);

describe.runIf(built).each([
  ["esm", "main.mjs", "out.mjs"],
  ["cjs", "main.mjs", "out.cjs"],
  ["cjs", "main.cjs", "required.cjs"],
] as const)("a bundle (%s of %s)", (format, input, name) => {
  const away = join(folder, `away-${name}`);

  beforeAll(async () => {
    const build = await rolldown({ cwd: project, input, platform: "node", logLevel: "silent" });
    await build.write({ format, file: join(project, "out", name) });
    await build.close();
    mkdirSync(away);
    // Node looks for a package of that name from here upwards; the folder of temporary files may have one.
    writeFileSync(join(away, "package.json"), JSON.stringify({ name: "away" }));
    cpSync(join(project, "out", name), join(away, name));
  });

  test("uses the addon of the installed package", () => {
    expect(run(project, process.execPath, [join("out", name)])).toEqual({
      status: 0,
      stdout: "native 150\n",
      stderr: "",
    });
  });

  test("elsewhere names itself and what to do, then uses the copy beside it", () => {
    expect(run(away, process.execPath, [name])).toEqual({
      status: 0,
      stdout: "js 0\n",
      stderr:
        `simdgrad: running on the JS core (simdgrad was bundled into ${join(away, name)} without ${addon}: ` +
        "make simdgrad an external package of the bundler, or copy prebuilds, wasm and data of " +
        "node_modules/simdgrad into the folder of that file; wasm: the bundle has no wasm/simdgrad.wasm: copy " +
        "node_modules/simdgrad/wasm into its folder)\n",
    });
    for (const part of ["prebuilds", "data", ...(wasm ? ["wasm"] : [])])
      cpSync(join(project, "node_modules/simdgrad", part), join(away, part), { recursive: true });
    expect(run(away, process.execPath, [name])).toEqual({ status: 0, stdout: "native 150\n", stderr: "" });
    if (wasm)
      expect(run(away, process.execPath, [name], { SIMDGRAD_BACKEND: "wasm" })).toEqual({
        status: 0,
        stdout: "wasm 150\n",
        stderr: "",
      });
  });
});

test("require and import load one instance", () => {
  writeFileSync(
    join(project, "both.mjs"),
    `import * as imported from "simdgrad";
     import { createRequire } from "node:module";
     const required = createRequire(import.meta.url)("simdgrad");
     const names = Object.keys(imported);
     console.log(names.length > 300, names.filter((name) => imported[name] !== required[name]).length,
       Object.keys(required).length === names.length);`,
  );
  expect(run(project, process.execPath, ["both.mjs"]).stdout).toBe("true 0 true\n");
});

test("the path of each file is written out where programs that copy files look for it", () => {
  const code = (part: string) => readFileSync(join(root, "dist/parts", part), "utf8");
  const joined = (path: string) => `return require("node:path").join(__dirname, "../../${path}")`;
  for (const platform of platforms)
    expect(code("addon.cjs")).toContain(joined(`prebuilds/${platform}/simdgrad.node`));
  expect(code("addon.cjs")).toContain(joined("wasm/simdgrad.wasm"));
  expect(code("data.cjs")).toContain(joined("data/iris.csv"));
});
