import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-peers-"));
afterEach(() => {
  vi.doUnmock("echarts");
  vi.doUnmock("@resvg/resvg-js");
  vi.resetModules();
});

test.each([
  ["echarts", "a.svg", "pictures need a package"],
  ["@resvg/resvg-js", "a.png", "PNG pictures need a package"],
])("without %s an error says what to install, and nothing is written", async (name, file, says) => {
  vi.doMock(name, () => {
    throw new Error("not found");
  });
  const plot = await import("../../src/plot/index.js");
  await expect(plot.curves(join(folder, file), { a: [1, 2] })).rejects.toMatchObject({
    name: "SimdgradError",
    code: "PLOT_UNAVAILABLE",
    message: expect.stringMatching(new RegExp(`^plot\\.curves: ${says} .*: npm install ${name}$`)),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test("SVG does without resvg", async () => {
  vi.doMock("@resvg/resvg-js", () => {
    throw new Error("not found");
  });
  const plot = await import("../../src/plot/index.js");
  await plot.curves(join(folder, "a.svg"), { a: [1, 2] });
  expect(readdirSync(folder)).toEqual(["a.svg"]);
  rmSync(folder, { recursive: true });
});
