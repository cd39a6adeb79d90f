import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { FileError } from "../../src/errors.js";
import { writeFileAtomic, writeFileAtomicSync } from "../../src/io/atomic.js";
import { pipePatience } from "../../src/io/pipe.js";

// Failure injection: the next call of the named function throws the given errno. The promise API is patched
// on its own object, which the module under test shares.
const fail = vi.hoisted(() => ({ call: "", code: "" }));
vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  const failing = <F extends (...args: any[]) => any>(name: string, f: F): F =>
    ((...args: any[]) => {
      if (fail.call === name) throw Object.assign(new Error(`${fail.code}: injected`), { code: fail.code });
      return f(...args);
    }) as F;
  return {
    ...real,
    accessSync: failing("access", real.accessSync),
    writeSync: failing("write", real.writeSync),
    fsyncSync: failing("fsync", real.fsyncSync),
    renameSync: failing("rename", real.renameSync),
    promises: {
      ...real.promises,
      rename: failing("rename", async (...args: [string, string]) => real.promises.rename(...args)),
      open: async (...args: Parameters<typeof real.promises.open>) => {
        const file = await real.promises.open(...args);
        const { write, sync } = file;
        file.write = failing("write", write.bind(file) as any) as any;
        file.sync = failing("fsync", sync.bind(file));
        return file;
      },
    },
  };
});

let dir: string;
beforeAll(() => {
  dir = fs.mkdtempSync(join(tmpdir(), "simdgrad-atomic-"));
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const bytes = (content: string) => [new TextEncoder().encode(content)];
const variants = [
  ["sync", async (path: string, content: string) => writeFileAtomicSync("save", path, bytes(content))],
  ["async", (path: string, content: string) => writeFileAtomic("save", path, bytes(content))],
] as const;

async function errorOf(promise: Promise<unknown>): Promise<FileError> {
  const error = await promise.then(
    () => undefined,
    (e) => e,
  );
  expect(error).toBeInstanceOf(FileError);
  return error;
}

describe.each(variants)("writeFileAtomic, %s", (kind, write) => {
  it("creates and replaces files and leaves nothing else behind", async () => {
    const here = fs.mkdtempSync(join(dir, kind));
    const path = join(here, "model.safetensors");
    await write(path, "one");
    await write(path, "second");
    expect(fs.readFileSync(path, "utf8")).toBe("second");
    expect(fs.readdirSync(here)).toEqual(["model.safetensors"]);
  });

  it("writes chunks in order, empty ones too", async () => {
    const path = join(dir, `${kind}-chunks`);
    const chunks = [...bytes("ab"), new Uint8Array(0), ...bytes("cd")];
    if (kind === "sync") writeFileAtomicSync("save", path, chunks);
    else await writeFileAtomic("save", path, chunks);
    expect(fs.readFileSync(path, "utf8")).toBe("abcd");
  });

  it("keeps the mode of the old file and the symbolic link that leads to it", async () => {
    const path = join(dir, `${kind}-private`);
    const link = join(dir, `${kind}-link`);
    fs.writeFileSync(path, "old");
    fs.chmodSync(path, 0o626); // the usual umask would take a bit away
    fs.symlinkSync(path, link);
    await write(link, "new");
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path, "utf8")).toBe("new");
    expect(fs.statSync(path).mode & 0o777).toBe(0o626);
  });

  it("takes a name of the greatest length, in any script", async () => {
    const here = fs.mkdtempSync(join(dir, kind));
    const path = join(here, "名".repeat(85));
    await write(path, "x");
    expect(fs.readFileSync(path, "utf8")).toBe("x");
  });

  it.each([
    ["access", "EACCES", "NO_PERMISSION"],
    ["write", "ENOSPC", "DISK_FULL"],
    ["write", "EDQUOT", "DISK_FULL"],
    ["write", "EFBIG", "FILE_TOO_LARGE"],
    ["write", "EIO", "WRITE_FAILED"],
    ["fsync", "EIO", "WRITE_FAILED"],
    ["fsync", "ENOSPC", "DISK_FULL"],
    ["rename", "EACCES", "NO_PERMISSION"],
    ["rename", "EROFS", "NO_PERMISSION"],
  ])(
    "when %s fails with %s: %s, the old file stays, the temporary one is gone",
    async (call, code, stable) => {
      const here = fs.mkdtempSync(join(dir, kind));
      const path = join(here, "model.safetensors");
      fs.writeFileSync(path, "old");
      Object.assign(fail, { call, code });
      const error = await errorOf(write(path, "new")).finally(() =>
        Object.assign(fail, { call: "", code: "" }),
      );
      expect(error.code).toBe(stable);
      expect(error.message).toContain(path);
      expect(error.path).toBe(path);
      expect(error.cause).toMatchObject({ code });
      expect(fs.readFileSync(path, "utf8")).toBe("old");
      expect(fs.readdirSync(here)).toEqual(["model.safetensors"]);
    },
  );

  it.each([
    ["a directory", () => dir, "NOT_A_FILE"],
    ["a missing directory", () => join(dir, "missing", "x"), "DIRECTORY_NOT_FOUND"],
    ["a file in the place of a directory", () => join(dir, `${kind}-private`, "x"), "DIRECTORY_NOT_FOUND"],
  ])("rejects %s", async (_, path, code) => {
    const error = await errorOf(write(path(), "x"));
    expect(error.code).toBe(code);
    expect(error.message).toContain(path());
  });

  // Devices and pipes have nothing to replace. (Tested on a pipe: a mistake here, run as root, would replace
  // /dev/full.)
  it.runIf(process.platform === "linux")("writes a pipe in place", async () => {
    const pipe = join(dir, `${kind}-pipe`);
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe]);
    const received = text(reader.stdout);
    await write(pipe, "through");
    expect(await received).toBe("through");
    expect(fs.statSync(pipe).isFIFO()).toBe(true);
  });
});

describe.each(variants)("a link that leads to no file yet, %s", (kind, write) => {
  it("stays: the file is made where it leads, over several links too", async () => {
    const here = fs.mkdtempSync(join(dir, kind));
    fs.mkdirSync(join(here, "disk"));
    fs.symlinkSync(join("disk", "second"), join(here, "first"));
    fs.symlinkSync("model", join(here, "disk", "second"));
    await write(join(here, "first"), "x");
    expect(fs.readFileSync(join(here, "disk", "model"), "utf8")).toBe("x");
    for (const link of ["first", join("disk", "second")])
      expect(fs.lstatSync(join(here, link)).isSymbolicLink()).toBe(true);
  });

  it("is refused when there is no directory to make it in, or it leads to itself", async () => {
    const here = fs.mkdtempSync(join(dir, kind));
    fs.symlinkSync(join(here, "missing", "model"), join(here, "link"));
    fs.symlinkSync("ring", join(here, "ring"));
    expect((await errorOf(write(join(here, "link"), "x"))).code).toBe("DIRECTORY_NOT_FOUND");
    expect((await errorOf(write(join(here, "ring"), "x"))).code).toBe("WRITE_FAILED");
    expect(fs.readdirSync(here).sort()).toEqual(["link", "ring"]);
  });

  it.runIf(process.platform === "linux")("gives up on a pipe that nobody reads", async () => {
    const pipe = join(dir, `${kind}-unread`);
    execFileSync("mkfifo", [pipe]);
    pipePatience.ms = 50;
    const error = await errorOf(write(pipe, "x")).finally(() => {
      pipePatience.ms = 10_000;
    });
    expect(error.code).toBe("NO_READER");
  });
});

describe.runIf(process.platform === "linux")("what a killed process left", () => {
  /** Plain Node runs what a bundler made of the module. */
  async function writer(here: string): Promise<string> {
    const bundle = join(here, "atomic.mjs");
    const entry = new URL("../../src/io/atomic.ts", import.meta.url).pathname;
    await build({ input: entry, platform: "node", output: { file: bundle } });
    return `const { writeFileAtomicSync } = await import(${JSON.stringify(bundle)});
      const path = ${JSON.stringify(join(here, "run.ckpt"))};`;
  }
  const temporary = (here: string) => fs.readdirSync(here).filter((name) => name.endsWith(".tmp"));

  it("is removed by the next that saves under the name; what a living one writes stays", async () => {
    const here = fs.mkdtempSync(join(dir, "killed"));
    const start = await writer(here);
    const run = (script: string) => spawn(process.execPath, ["--input-type=module", "-e", start + script]);
    // Chunks without end: the file is always being written.
    const endless = `const piece = new Uint8Array(1000);
      writeFileAtomicSync("save", path, { *[Symbol.iterator]() { for (;;) yield piece; } });`;
    const under = async (count: number) => {
      while (temporary(here).length < count) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const [living, ...killed] = [run(endless), run(endless), run(endless)];
    await under(3);
    const named = (child: ChildProcess) => (name: string) => name.includes(`-${child.pid}-`);
    const mine = temporary(here).find(named(living!))!;
    for (const child of killed) {
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("exit", resolve));
    }
    const left = temporary(here).filter((name) => name !== mine);
    expect(left.length).toBe(2);
    // The same process of another machine, and one that began at another time, as when its number is used
    // again.
    const [, world] = /^\.run\.ckpt\.([0-9a-f]{10})-/.exec(left[0]!)!;
    const foreign = left[0]!.replace(world!, "0123456789");
    const reused = `.run.ckpt.${world}-${process.pid}-1-00000000.tmp`;
    const other = left[0]!.replace("run.ckpt", "other.ckpt");
    for (const name of [foreign, reused, other]) fs.writeFileSync(join(here, name), "");
    try {
      const path = join(here, "run.ckpt");
      writeFileAtomicSync("save", path, bytes("done"));
      expect(temporary(here).sort()).toEqual([mine, foreign, other].sort());
      expect(fs.readFileSync(path, "utf8")).toBe("done");
    } finally {
      living!.kill("SIGKILL");
    }
  });
});

it.runIf(process.platform === "linux")("survives a real limit on the size of files", async () => {
  // The limit (in units of 1 KiB) is the shell's; Node cannot set it. Plain Node runs what a bundler made of
  // the module.
  const here = fs.mkdtempSync(join(dir, "limit"));
  const path = join(here, "model.safetensors");
  fs.writeFileSync(path, "old");
  const bundle = join(here, "atomic.mjs");
  const entry = new URL("../../src/io/atomic.ts", import.meta.url).pathname;
  await build({ input: entry, platform: "node", output: { file: bundle } });
  const script = `
    const { writeFileAtomicSync } = await import(${JSON.stringify(bundle)});
    try { writeFileAtomicSync("save", ${JSON.stringify(path)}, [new Uint8Array(1 << 20)]); }
    catch (error) { console.log(error.code); }`;
  const out = execFileSync("bash", [
    "-c",
    'ulimit -f 64; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ]);
  expect(out.toString().trim()).toBe("FILE_TOO_LARGE");
  expect(fs.readFileSync(path, "utf8")).toBe("old");
  expect(fs.readdirSync(here).sort()).toEqual(["atomic.mjs", "model.safetensors"]);
});
