// The rows of src/kernels/schema.ts and the forms of its extents, for tools that run in plain Node. They are
// bundled in memory, so nothing has to be built first.
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const entry = "schema-and-extents";

/** `{ schema, formOf }` */
export async function loadSchema() {
  const build = await rolldown({
    cwd: root,
    input: entry,
    platform: "node",
    plugins: [
      {
        name: entry,
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `export { schema } from "./src/kernels/schema.ts"; export { formOf } from "./src/kernels/extents.ts";`
            : undefined,
      },
    ],
  });
  const { output } = await build.generate({ format: "esm" });
  await build.close();
  return import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
}
