// LLVM's tools, which read the files of every system.
import { spawnSync } from "node:child_process";

/** The output of a tool. Debian also installs them with their version in the name. @throws Error */
export function llvm(tool, args) {
  const versions = [22, 21, 20, 19, 18, 17, 16, 15, 14];
  for (const name of [`llvm-${tool}`, ...versions.map((version) => `llvm-${tool}-${version}`)]) {
    const { status, stdout, stderr, error } = spawnSync(name, args, {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    if (error) continue;
    if (status !== 0) throw new Error(`${name} ${args.join(" ")}: ${stderr}`);
    return stdout;
  }
  throw new Error(`llvm-${tool} is not installed (Debian: the package llvm)`);
}

/** Whether the tools that the checks need are installed. */
export function canCheck() {
  try {
    return ["nm", "readobj"].every((tool) => llvm(tool, ["--version"]) !== "");
  } catch {
    return false;
  }
}
