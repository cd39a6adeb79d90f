// The index of the JavaScript core: a kernel is defined where a file of src/kernels/js exports a function of
// its name.

/**
 * @param {readonly string[]} kernels names of the rows
 * @param {Record<string, string>} sources texts of src/kernels/js/*.ts by name of the file
 */
export function jsCore(kernels, sources) {
  const exported = new Map();
  for (const kernel of kernels) {
    const definition = new RegExp(`^export (?:function|const) ${kernel}\\b`, "m");
    const files = Object.keys(sources).filter((file) => definition.test(sources[file]));
    if (files.length !== 1)
      throw new Error(
        `generate: one file of src/kernels/js exports ${kernel}: ${files.length === 0 ? "none does" : files.join(", ")}`,
      );
    exported.set(files[0], [...(exported.get(files[0]) ?? []), kernel]);
  }
  const lines = [...exported.keys()].sort().map((file) => {
    const names = exported.get(file).sort();
    const line = `export { ${names.join(", ")} } from "./${file.replace(/\.ts$/, ".js")}";`;
    return line.length <= 110
      ? line
      : `export {\n${names.map((name) => `  ${name},\n`).join("")}} from "./${file.replace(/\.ts$/, ".js")}";`;
  });
  const banner =
    "/* Written by `npm run generate` from the files of this folder. A test fails when it is out of date. */";
  return `${banner}
/** The JavaScript core: it defines every kernel, with plain loops, for every dtype. */
${lines.join("\n")}
`;
}
