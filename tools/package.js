// Makes the tarball to publish: builds everything from scratch and packs it. There is no prepack script,
// because a published package.json without lifecycle scripts is a promise to users. So this script is the
// only way to make a release.
//
//   node tools/package.js [npm pack options]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sourceHash } from "./build-native.js";
import { prebuildPath } from "./prebuild.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

function npm(...args) {
  const { status } = spawnSync("npm", args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

// Output of deleted sources must not be published.
rmSync(join(root, "dist"), { recursive: true, force: true });
npm("run", "build");

const addon = prebuildPath();
if (!existsSync(addon) || !readFileSync(addon).includes(sourceHash())) {
  console.error(`package: ${addon} is not built from these sources; nothing was packed`);
  process.exit(1);
}
npm("pack", ...process.argv.slice(2));
