/** Pictures that are drawn into a folder of the test file, and what is in them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder of this test file, removed after its tests; test files share this module. */
export function drawingFolder() {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-plot-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => join(folder, name);
  const svgOf = async (draw: (path: string) => Promise<void>): Promise<string> => {
    await draw(file("picture.svg"));
    return readFileSync(file("picture.svg"), "utf8");
  };
  return { folder, file, svgOf };
}

/** What stands in the picture as text, unescaped. */
export const texts = (svg: string) =>
  [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text!
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&"),
  );

/** Lines of a colour that are not filled, as their numbers of points. */
export const lines = (svg: string, color: string) =>
  [...svg.matchAll(/<path d="([^"]*)" fill="none"([^>]*)/g)]
    .filter(([, , attributes]) => attributes!.includes(`stroke="${color}"`))
    .map(([, d]) => d!.split(/[ML]/).length - 1);
