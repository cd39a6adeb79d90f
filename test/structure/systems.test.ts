/** Only native/system depends on the operating system. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sources } from "./imports.js";

/** Macros that name a system or its C library, and headers that only some systems have. */
const macros =
  /\b(__linux(__)?|__gnu_linux__|__unix(__)?|__APPLE__|__MACH__|_WIN(32|64)|__MINGW\d+__|__wasm(\d+)?__|__wasi__|__GLIBC__|__EMSCRIPTEN__)\b/;
const headers =
  /#\s*include\s*<((sys|linux|mach)\/[^>]*|(pthread|unistd|sched|signal|time|malloc|dlfcn|windows)\.h)>/;

function violations(files: Map<string, string>): string[] {
  return [...files]
    .filter(([path]) => !path.startsWith("native/system/"))
    .flatMap(([path, text]) =>
      text
        .split("\n")
        .flatMap((line, i) =>
          macros.test(line) || headers.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [],
        ),
    );
}

describe("the operating system", () => {
  const files = sources(["native"], /\.(cc|h)$/);

  test("is the concern of native/system alone", () => {
    expect(files.size).toBeGreaterThan(60);
    expect(violations(files)).toEqual([]);
  });

  test.each([
    "#ifdef __linux__",
    "#if defined(__APPLE__) || defined(_WIN32)",
    "#  include <sys/mman.h>",
    "#include <pthread.h>",
  ])("%s elsewhere is found, and is right there", (line) => {
    expect(violations(new Map([["native/threads/pool.cc", line]]))).toHaveLength(1);
    expect(violations(new Map([["native/system/linux/wait.cc", line]]))).toEqual([]);
  });

  test("has a folder for each system, and none that no system has", () => {
    const lists = JSON.parse(readFileSync("native/sources.json", "utf8"));
    const listed = Object.values<{ folders: string[] }>(lists.systems).flatMap(({ folders }) => folders);
    for (const folder of listed) expect(existsSync(`native/${folder}`), folder).toBe(true);
    const there = readdirSync("native/system", { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `system/${name}`);
    expect(there.sort()).toEqual([...new Set(listed)].sort());
  });
});
