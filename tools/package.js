// Makes the tarball that is published: builds everything anew and packs it. The published package.json has no
// lifecycle script, so that users see that installing runs nothing. So there is no prepack script, and a
// release must be made with this one.
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

// The output of deleted sources must not be published.
rmSync(join(root, "dist"), { recursive: true, force: true });
npm("run", "build");

const addon = prebuildPath();
if (!existsSync(addon) || !readFileSync(addon).includes(sourceHash())) {
  console.error(`package: ${addon} is not built from these sources; nothing was packed`);
  process.exit(1);
}
npm("pack", ...process.argv.slice(2));
