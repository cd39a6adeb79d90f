// The functions that the library makes from text in Node (src/host/code.ts), as modules for browsers, where
// no code is generated. The library itself says which there are: it runs here with a `make` that notes the
// texts.
import { join } from "node:path";
import { rolldown } from "rolldown";

const entry = "texts-of-functions";

/** Calls everything once that `make` makes. */
const program = `
  import { texts } from "./src/host/code.ts";
  import { compileDerivative } from "./src/kernels/derivatives.ts";
  import { bind } from "./src/kernels/marshal.ts";
  import { unaryRows } from "./src/kernels/rows.ts";
  import { run } from "./src/kernels/run.ts";
  import { kernelNames } from "./src/kernels/schema.ts";
  const nothing = () => 0;
  for (const name of kernelNames) {
    run[name]();
    bind({ name, native: nothing, fallback: nothing, numbers: {}, codes: {} }, nothing)();
  }
  for (const name of Object.keys(unaryRows)) compileDerivative(name);
  export { texts };`;

const noting = `
  export const texts = {};
  export const canGenerate = false;
  export function make(kind, name, parameters, values, text) {
    texts[kind] ??= {};
    texts[kind][name] = { parameters, text: text() };
    return nothing;
  }
  const nothing = () => 0;
  export const copier = () => undefined;`;

/** By kind and name: the parameters and the body of a function. */
export async function textsOf(root) {
  const given = {
    [entry]: program,
    [join(root, "src/host/code.ts")]: noting,
    // No backend is chosen: nothing is loaded.
    [join(root, "src/kernels/backend.ts")]: `export { inUse, k, withKernels } from "./in-use.ts";`,
  };
  const build = await rolldown({
    cwd: root,
    input: entry,
    platform: "node",
    plugins: [{ name: entry, resolveId: (id) => (id === entry ? id : undefined), load: (id) => given[id] }],
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  await build.close();
  const { texts } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  return texts;
}

function table(texts, kind) {
  const rows = Object.entries(texts[kind]).map(
    ([name, { parameters, text }]) =>
      `${JSON.stringify(name)}: (${parameters}) => {\n${text.replace('"use strict"; ', "")}\n},`,
  );
  return `export const ${kind} = {\n${rows.join("\n")}\n};\n`;
}

/** The modules of dist/browser that are made of these texts, by their names. */
export const writtenModules = (texts) => ({
  "host/written-code.js": table(texts, "derivative") + table(texts, "run"),
  "kernels/written-bind.js": table(texts, "bind"),
});
