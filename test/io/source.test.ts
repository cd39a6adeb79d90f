/** Files by path, as a Blob or File, and as bytes. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { backend, data, equal, io, tensor } from "../../src/index.js";

const csv = "a,b\n1,2\n3,4\n";
const idx = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);

/** The forms of a content; the last is a path. */
function forms(bytes: Uint8Array<ArrayBuffer>): io.Source[] {
  const path = join(tmpdir(), `simdgrad-source-${process.pid}`);
  writeFileSync(path, bytes);
  return [
    bytes,
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    new Blob([bytes]),
    path,
  ];
}

it("each form of a source gives the same", async () => {
  for (const source of forms(new TextEncoder().encode(csv)))
    expect((await data.readCsv(source)).x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  for (const bytes of [idx, new Uint8Array(gzipSync(idx))])
    for (const source of forms(bytes)) expect((await data.readIdx(source)).toArray()).toEqual([7, 9]);
  const weights = { w: tensor([1, 2, 3]) };
  for (const source of forms(io.encodeSafetensors(weights) as Uint8Array<ArrayBuffer>))
    expect(equal((await io.loadSafetensors(source)).w, weights.w)).toBe(true);
});

it("an error names the File, and nothing for bytes", async () => {
  const broken = new Uint8Array([1, 2, 3]);
  await expect(data.readIdx(new File([broken], "digits"))).rejects.toThrow(/"digits"/);
  await expect(data.readIdx(broken)).rejects.toMatchObject({ code: "BAD_MAGIC" });
});

it("a Blob cannot be read synchronously", () => {
  expect(() => data.readIdxSync(new Blob([idx]))).toThrow(/a Blob cannot be read synchronously/);
  expect(() => data.readIdxSync(3 as never)).toThrow(expect.objectContaining({ code: "INVALID_PATH" }));
});

it("in Node, backend.load has nothing to do", async () => {
  expect(await backend.load()).toBe(backend.name);
});
