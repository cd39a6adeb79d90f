import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { install, packed, root, run, temporaryFolder } from "./pack.js";

const folder = temporaryFolder();
const project = install(folder, packed(), "module");
writeFileSync(
  join(project, "draw.mjs"),
  `import * as plot from "simdgrad/plot";
   import { readFileSync } from "node:fs";
   await plot.curves("loss.svg", { loss: [3, 2, 1] }).then(
     () => console.log(readFileSync("loss.svg", "utf8").slice(0, 4)),
     ({ code, message }) => console.log(code, message),
   );`,
);

test("a stranger without echarts is told to install it, and one who has it gets a picture", () => {
  const without = run(project, process.execPath, ["draw.mjs"]);
  expect(without.stdout).toBe(
    "PLOT_UNAVAILABLE plot.curves: pictures need a package that cannot be loaded: npm install echarts\n",
  );
  symlinkSync(join(root, "node_modules/echarts"), join(project, "node_modules/echarts"));
  expect(run(project, process.execPath, ["draw.mjs"])).toMatchObject({ status: 0, stdout: "<svg\n" });
});
