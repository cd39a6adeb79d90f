/** Paths that are not regular files: devices, pipes, and values that are not paths. */
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { data, io, tensor } from "../../src/index.js";
import { pipePatience } from "../../src/io/pipe.js";

const dir = fs.mkdtempSync(join(tmpdir(), "simdgrad-read-"));
afterAll(() => fs.rmSync(dir, { recursive: true }));
beforeEach(() => {
  pipePatience.ms = 20_000;
});

/** Everything that reads a file. */
const readers: [name: string, (path: string) => unknown][] = [
  ["loadSafetensors", (path) => io.loadSafetensors(path)],
  ["loadSafetensorsSync", (path) => io.loadSafetensorsSync(path)],
  ["readIdx", (path) => data.readIdx(path)],
  ["readIdxSync", (path) => data.readIdxSync(path)],
  ["readCsv", (path) => data.readCsv(path)],
  ["csvSamples", (path) => data.csvSamples(path, { columns: { a: "target" } }).next()],
];
const errorOf = async (act: () => unknown) => {
  try {
    return await act();
  } catch (error) {
    return error;
  }
};

let pipes = 0;
function pipe(): string {
  const path = join(dir, `pipe${pipes++}`);
  execFileSync("mkfifo", [path]);
  return path;
}

describe.runIf(process.platform === "linux").each(readers)("%s", (name, read) => {
  it("refuses a device, behind a link too", async () => {
    const link = join(dir, `${name}-zero`);
    fs.symlinkSync("/dev/zero", link);
    for (const path of ["/dev/zero", link])
      expect(await errorOf(() => read(path))).toMatchObject({ code: "NOT_A_FILE", path });
  });

  it("refuses what is no path", async () => {
    for (const path of [undefined, 3, new URL("https://example.org/x"), null])
      expect(await errorOf(() => read(path as never))).toMatchObject({ code: "INVALID_PATH" });
  });

  it("does not wait for ever for somebody to write a pipe", async () => {
    pipePatience.ms = 50;
    const path = pipe();
    expect(await errorOf(() => read(path))).toMatchObject({ code: "NO_WRITER", path });
  });
});

describe.runIf(process.platform === "linux")("a pipe", () => {
  const values = tensor([1, 2, 3]);
  const bytes = io.encodeSafetensors({ a: { dtype: "float32", shape: [3], data: values.data } });
  // The name makes the header a length at which the data is not aligned.
  const odd = Buffer.from(JSON.stringify({ ab: { dtype: "F32", shape: [3], data_offsets: [0, 12] } }));
  const misaligned = Buffer.concat([new Uint8Array(BigUint64Array.of(BigInt(odd.length)).buffer), odd]);
  const idx = Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]);

  /** Writes the file into a pipe, slowly: first there is no writer, then a writer that waits. */
  function writeSlowly(path: string, content: Uint8Array): void {
    const file = `${path}.content`;
    fs.writeFileSync(file, content);
    spawn("sh", ["-c", '(sleep 0.1; cat "$1") > "$0"', path, file]);
  }

  it("is read to its end", async () => {
    const cases: [content: Uint8Array, read: (path: string) => unknown, expected: unknown][] = [
      [bytes, async (path) => (await io.loadSafetensors(path)).a.toArray(), [1, 2, 3]],
      [bytes, (path) => io.loadSafetensorsSync(path).a.toArray(), [1, 2, 3]],
      [
        Buffer.concat([misaligned, Buffer.from(Float32Array.of(4, 5, 6).buffer)]),
        async (path) => (await io.loadSafetensors(path)).ab.toArray(),
        [4, 5, 6],
      ],
      [idx, async (path) => (await data.readIdx(path)).toArray(), [7, 8, 9]],
      [gzipSync(idx), (path) => data.readIdxSync(path).toArray(), [7, 8, 9]],
      [Buffer.from("a\n1\n"), async (path) => (await data.readCsv(path)).x.toArray(), [[1]]],
    ];
    for (const [content, read, expected] of cases) {
      const path = pipe();
      writeSlowly(path, content);
      expect(await read(path)).toEqual(expected);
    }
  });

  it.each<[string, string, (path: string) => unknown, string]>([
    ["zeros as safetensors", "cat /dev/zero", (path) => io.loadSafetensors(path), "BAD_HEADER"],
    [
      "a long header that is none",
      "printf '\\377\\377\\377\\0\\0\\0\\0\\0'; yes",
      (path) => io.loadSafetensorsSync(path),
      "BAD_HEADER",
    ],
    ["text as IDX", "yes", (path) => data.readIdx(path), "BAD_MAGIC"],
    [
      "IDX that goes on",
      "printf '\\0\\0\\10\\1\\0\\0\\0\\3'; yes",
      (path) => data.readIdxSync(path),
      "TRAILING_BYTES",
    ],
    [
      "gzip that goes on",
      "printf '\\37\\213'; yes",
      (path) => data.readIdx(path, { maxBytes: 1e6 }),
      "FILE_TOO_LARGE",
    ],
    ["zeros as CSV", "cat /dev/zero", (path) => data.readCsv(path), "MALFORMED_CSV"],
  ])("without an end is left: %s", async (_, program, read, code) => {
    const path = pipe();
    spawn("sh", ["-c", `(${program}) > "$0"`, path]);
    expect(await errorOf(() => read(path))).toMatchObject({ code, path });
  });
});
