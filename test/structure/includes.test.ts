import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { sources } from "./imports.js";

/** The folders of native/, from the ground up, and the ones that the files of each may include. */
const folders: Record<string, readonly string[]> = {
  precompiled: [],
  system: [],
  simd: [],
  threads: ["system"],
  mpi: ["system"],
  strides: [],
  numerics: ["simd"],
  kernels: ["simd", "threads", "strides", "numerics"],
  isa: ["kernels"],
  entries: ["system", "mpi", "threads", "strides", "numerics", "kernels", "isa"],
  program: ["system", "threads", "kernels", "isa", "entries"],
  runtime: [],
  binding: ["system", "mpi", "threads", "isa", "entries", "program"],
  module: ["threads", "kernels", "isa", "entries", "program", "binding"],
};

/** The first folder below native/. */
const folderOf = (path: string) =>
  posix
    .dirname(path)
    .replace(/^native\//, "")
    .split("/")[0];

function violations(files: Map<string, string>): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    const from = folderOf(path);
    if (!(from in folders)) found.push(`${path}: the folder ${from} is not in the table`);
    for (const [, header] of text.matchAll(/^\s*#\s*include\s*"([^"]+)"/gm)) {
      const to = folderOf(posix.join(posix.dirname(path), header));
      if (to !== from && !folders[from]?.includes(to))
        found.push(`${path} includes ${header}: ${from} -> ${to}`);
    }
  }
  return found;
}

describe("includes of native/", () => {
  const files = sources(["native"], /\.(cc|h)$/);

  test("point one way", () => {
    expect(files.size).toBeGreaterThan(60);
    expect(violations(files)).toEqual([]);
  });

  test("use every arrow of the table, which has no circle", () => {
    const order = Object.keys(folders);
    for (const [from, others] of Object.entries(folders))
      for (const to of others) {
        expect(order.slice(0, order.indexOf(from)), from).toContain(to);
        const used = [...files].some(
          ([path, text]) => folderOf(path) === from && text.includes(`"../${to}/`),
        );
        expect(used, `${from} -> ${to}`).toBe(true);
      }
  });

  test.each([
    ["an arrow that points up", "native/kernels/gemm.cc", '#include "../entries/call.h"'],
    ["a new arrow between neighbours", "native/threads/pool.cc", '#  include "../simd/simd.h"'],
    ["a folder that nobody planned", "native/misc/thing.h", ""],
  ])("%s is found", (_, path, text) => {
    expect(violations(new Map([[path, text]]))).toHaveLength(1);
  });

  test.each([
    ["a neighbour in the folder", '#include "dims.h"'],
    ["a folder below", '#include "../simd/simd.h"'],
    ["the system", "#include <cstddef>"],
  ])("%s may be included", (_, text) => {
    expect(violations(new Map([["native/kernels/walk.cc", text]]))).toEqual([]);
  });
});
