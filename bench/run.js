// `npm run bench`: compiles the benchmark and, where cmake is, its native part, then runs it. Options:
// bench/options.ts.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const root = resolve(fileURLToPath(import.meta.url), "../..");

const sources = readdirSync(join(root, "bench"), { recursive: true })
  .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
  .map((path) => join(root, "bench", path));
await build({
  input: sources,
  platform: "node",
  external: (id) => !id.startsWith(".") && !isAbsolute(id),
  output: {
    dir: join(root, "build/bench"),
    preserveModules: true,
    preserveModulesRoot: join(root, "bench"),
  },
});

/** Everything that is printed goes to build/bench-native.log; false when a command fails. */
function buildNative() {
  const folder = join(root, "build/bench-native");
  const steps = [
    ["cmake", "-S", root, "-B", folder, "-DSIMDGRAD_BENCH=ON"],
    ["cmake", "--build", folder, "--target", "simdgrad_bench", "--parallel", "2"],
  ];
  let log = "";
  for (const [command, ...args] of steps) {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    log += `$ ${command} ${args.join(" ")}\n${stdout ?? ""}${stderr ?? ""}${error ?? ""}\n`;
    mkdirSync(join(root, "build"), { recursive: true });
    writeFileSync(join(root, "build/bench-native.log"), log);
    if (status !== 0) return false;
  }
  return true;
}

if (!buildNative())
  console.error(
    "bench: the native part was not built (build/bench-native.log): no limits, no OpenBLAS, BLIS, oneDNN",
  );
await import("../build/bench/main.js");
