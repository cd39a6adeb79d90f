import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Color } from "../../src/plot/palette.js";
import { rasterUrl } from "../../src/plot/raster.js";

test.each([1, 3])("pixels come out of the PNG as they went in, %i times as large", (scale) => {
  const colors: Color[] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const url = rasterUrl(3, 2, (x, y) => colors[y * 3 + x]!, scale);
  const png = Buffer.from(url.slice("data:image/png;base64,".length), "base64");
  const at = png.indexOf("IDAT");
  const pixels = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const stride = 1 + 9 * scale;
  expect(pixels).toHaveLength(stride * 2 * scale);
  for (let y = 0; y < 2 * scale; y++)
    for (let x = 0; x < 3 * scale; x++) {
      const start = y * stride + 1 + 3 * x;
      expect([...pixels.subarray(start, start + 3)]).toEqual(
        colors[Math.floor(y / scale) * 3 + Math.floor(x / scale)],
      );
    }
});

test("the checksums are PNG's", () => {
  const png = Buffer.from(rasterUrl(1, 1, () => [0, 0, 0]).split(",")[1]!, "base64");
  expect(png.subarray(-8).toString("hex")).toBe("49454e44ae426082"); // IEND, as in every PNG
});
