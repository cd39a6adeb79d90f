/** The modules of dist/browser: nothing of Node, no generated code, and what bundlers may leave out. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "dist/browser");
const modules = new Map(
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]),
);

it("there is a module for each source that a browser needs", () => {
  expect(modules.size).toBeGreaterThan(350);
  expect([...modules.keys()].filter((name) => /open-addon|prebuilt|leftovers|cli\//.test(name))).toEqual([]);
});

it.each([
  ["imports Node", /\bfrom "node:|\bimport\("node:|\brequire\(/],
  ["uses Node's globals", /\bprocess\.|\bBuffer\.|__dirname/],
  ["generates code", /\bnew Function\(|(?<!\.)\beval\((?!\))/],
])("no module of the library %s", (_, pattern) => {
  const found = [...modules].filter(([name, code]) => !name.startsWith("packages/") && pattern.test(code));
  expect(found.map(([name]) => name)).toEqual([]);
});

/** Statements that only declare something. */
const declares = /^(Import|ExportAll|ExportNamed|ExportDefault|Function|Class|Variable)Declaration$/;

/** Effects that only the module itself sees: without its exports, they need not happen. */
const own = ["option-kinds.js", "optim/group-tensors.js", "ops/linalg/powers.js", "packages/csv-parse.js"];

it("package.json lists every module that does more than declare", () => {
  const effects = [...modules].filter(([, code]) =>
    parseAst(code).body.some((statement: any) =>
      statement.type === "ImportDeclaration"
        ? statement.specifiers.length === 0
        : !declares.test(statement.type),
    ),
  );
  const { sideEffects } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const listed = (sideEffects as string[])
    .filter((path) => path.startsWith("./dist/browser/"))
    .map((path) => new RegExp(`^${path.slice(15).replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`));
  const missing = effects.map(([name]) => name).filter((name) => !listed.some((path) => path.test(name)));
  expect(missing.sort()).toEqual([...own].sort());
});

it("a class keeps its name behind a minifier", () => {
  expect(modules.get("nn/linear.js")).toContain('static name = "Linear"');
});

it("each file of src/browser takes the place of a file of src, but for what only browsers have", () => {
  const files = readdirSync(join(root, "src/browser"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => name.replaceAll("\\", "/"));
  expect(files.filter((name) => !existsSync(join(root, "src", name))).sort()).toEqual([
    "kernels/wasm/fetch-wasm.ts",
    "not-here.ts",
  ]);
});
