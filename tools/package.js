// Makes the tarball that is published: builds everything anew, the addons of all platforms included, checks
// them and packs it. The published package.json has no lifecycle script, so that users see that installing
// runs nothing. So there is no prepack script, and a release must be made with this one.
//
//   node tools/package.js [folder]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { wasmDefects } from "./build-wasm.js";
import { pack } from "./pack.js";
import { defects } from "./platforms/check.js";
import { targets } from "./platforms/targets.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

function npm(...args) {
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

// The output of deleted sources must not be published.
rmSync(join(root, "dist"), { recursive: true, force: true });
npm("run", "build");

npm("run", "build:all");
const hash = sourceHash();
const problems = Object.keys(targets).flatMap((name) => {
  const addon = join(root, "prebuilds", name, "simdgrad.node");
  if (!existsSync(addon)) return [`${addon} is missing`];
  if (!readFileSync(addon).includes(hash)) return [`${addon} is not built from these sources`];
  return defects(addon, name).map((defect) => `${addon}: ${defect}`);
});
problems.push(...wasmDefects());
if (problems.length > 0) {
  console.error(`package: nothing was packed: ${problems.join("; ")}`);
  process.exit(1);
}
console.log(`package: ${pack(resolve(process.argv[2] ?? root))}`);
