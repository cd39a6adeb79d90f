import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import type { Tensor } from "../../src/index.js";
import * as plot from "../../src/plot/index.js";
import { drawingFolder, texts } from "./drawn.js";

const { file, folder, svgOf } = drawingFolder();
const draw = (path: string, frame: number) =>
  plot.curves(path, { loss: [3, 2, frame] }, { title: `frame ${frame}`, width: 300, height: 200 });
const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith("simdgrad-frames-"));

describe("an animated SVG", () => {
  test("has every frame once, in order; the last is seen where nothing plays", async () => {
    const svg = await svgOf((path) => plot.animation(path, [5, 6, 7], draw));
    expect(texts(svg).filter((text) => text.startsWith("frame"))).toEqual(["frame 5", "frame 6", "frame 7"]);
    const groups = [...svg.matchAll(/^<g class="(\w+?)(-last)?" style="animation-delay:([-\d.]+)s">/gm)];
    expect(groups.map(([, , last]) => last)).toEqual([undefined, undefined, "-last"]);
    const [name] = groups.map(([, name]) => name);
    expect(svg).toContain(`.${name}{visibility:hidden}`);
    expect(svg).toContain(`.${name}-last{visibility:visible}`);
    // Whatever moves is inside the media query.
    const [before, moving] = svg.split("@media (prefers-reduced-motion:no-preference){");
    expect(before).not.toContain("animation:");
    expect(moving).toMatch(/^\n\.\w+,\.\w+-last\{animation:\w+-each 1\.75s step-end infinite\}/);
  });

  test.each([
    [undefined, undefined, [-1.75, -1.5, -1.25], ["14.2857%", "71.4286%"]],
    [3, 0, [-3, -2, -1], ["33.3333%", "33.3333%"]],
    [6, 2, [-8, -6, -4], ["25%", "50%"]],
  ])("shows each frame for its part of %s + %s seconds", async (duration, hold, delays, shares) => {
    const svg = await svgOf((path) => plot.animation(path, [1, 2, 3], draw, { duration, hold }));
    expect([...svg.matchAll(/animation-delay:([-\d.]+)s/g)].map(([, delay]) => Number(delay))).toEqual(
      delays,
    );
    expect([...svg.matchAll(/\{0%\{visibility:visible\}([\d.]+%),/g)].map(([, share]) => share)).toEqual(
      shares,
    );
  });

  test("has no id twice, and no reference that leads nowhere", async () => {
    const sum = (points: Tensor) => points.sum(1);
    const svg = await svgOf((path) =>
      plot.animation(path, [0, 1, 2], (one, level) =>
        plot.decisionBoundary(one, sum, [[0, level]], [1], {
          level,
          resolution: 5,
          xRange: [-1, 1],
          yRange: [-1, 3],
        }),
      ),
    );
    const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const used = [...svg.matchAll(/(?:url\(#([^)]*)\)|href="#([^"]*)")/g)].map(
      ([, url, href]) => url ?? href,
    );
    expect(ids.length).toBeGreaterThan(6); // clips and gradients of three frames
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(used)].filter((id) => !ids.includes(id))).toEqual([]);
    // Two animations on one page: no name of one is a name of the other.
    const other = await svgOf((path) => plot.animation(path, [1, 2], draw));
    const names = (text: string) =>
      new Set([...text.matchAll(/(?:id="|class="|@keyframes )([\w-]+)/g)].map(([, n]) => n));
    expect([...names(svg)].filter((name) => names(other).has(name))).toEqual([]);
  });

  test("text that looks like a reference stays as it is", async () => {
    const title = 'url(#c0) href="#a" id="b"';
    const svg = await svgOf((path) =>
      plot.animation(path, [1, 2], (one) => plot.curves(one, { a: [1, 2] }, { title })),
    );
    expect(texts(svg)).toContain(title);
  });

  test("has once what all frames have in common", async () => {
    const points = Array.from({ length: 300 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const scatter = (path: string, frame: number) => plot.scatter(path, points, null, { title: `${frame}` });
    const [one, many] = [[1], Array.from({ length: 20 }, (_, i) => i)];
    const length = async (frames: number[]) =>
      (await svgOf((path) => plot.animation(path, frames, scatter))).length;
    expect(await length(many)).toBeLessThan(1.4 * (await length(one)));
  });

  test("of one frame does not move", async () => {
    const svg = await svgOf((path) => plot.animation(path, [1], draw));
    expect(svg).not.toContain("@keyframes");
    expect(texts(svg)).toContain("frame 1");
  });

  test("is the same bytes each time", async () => {
    const once = () => svgOf((path) => plot.animation(path, [1, 2], draw));
    expect(await once()).toBe(await once());
  });
});

test("with a name in .png it is a numbered picture per frame", async () => {
  await plot.animation(file("run.png"), [1, 2, 3], draw);
  const names = readdirSync(folder).filter((name) => name.startsWith("run"));
  expect(names.sort()).toEqual(["run-000.png", "run-001.png", "run-002.png"]);
  const [first, last] = [readFileSync(file(names[0]!)), readFileSync(file(names[2]!))];
  expect(first.subarray(1, 4).toString()).toBe("PNG");
  expect(first.equals(last)).toBe(false);
});

test("frames are drawn one after another, with their index", async () => {
  const seen: string[] = [];
  await plot.animation(file("order.svg"), ["a", "b", "c"], async (path, frame, i) => {
    seen.push(`${frame}${i} begins`);
    await draw(path, i);
    seen.push(`${frame}${i} ends`);
  });
  expect(seen).toEqual(["a0", "b1", "c2"].flatMap((each) => [`${each} begins`, `${each} ends`]));
});

describe("after an error there is no file, old files are as they were, and no frame is left", () => {
  test.each<[string, string, (path: string, frame: number) => Promise<void>]>([
    [
      "draw fails",
      "lost",
      (path, frame) => (frame === 2 ? Promise.reject(new Error("lost")) : draw(path, frame)),
    ],
    [
      "a frame has another size",
      "one size",
      (path, frame) => plot.curves(path, { a: [1, 2] }, { width: 300 + frame }),
    ],
    [
      "a frame is not drawn",
      "not that of frame 1",
      async (path, frame) => {
        if (frame !== 2) await draw(path, frame);
      },
    ],
  ])("%s", async (name, says, broken) => {
    const before = temporary();
    await expect(plot.animation(file(`${name}.svg`), [1, 2, 3], broken)).rejects.toThrow(says);
    expect(readdirSync(folder)).not.toContain(`${name}.svg`);
    expect(temporary()).toEqual(before);
  });
});

test("refuses unknown options, other endings, no function", async () => {
  await expect(plot.animation(file("a.svg"), [1], draw, { durations: 1 } as never)).rejects.toMatchObject({
    code: "UNKNOWN_OPTION",
  });
  await expect(plot.animation(file("a.gif"), [1], draw)).rejects.toMatchObject({ code: "INVALID_VALUE" });
  await expect(plot.animation(file("none/a.svg"), [1], draw)).rejects.toMatchObject({
    code: "DIRECTORY_NOT_FOUND",
  });
  await expect(plot.animation(file("a.svg"), [1], 5 as never)).rejects.toMatchObject({
    code: expect.any(String),
  });
});
