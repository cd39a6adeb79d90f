import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { checkFunctions } from "../arguments.js";
import { ValueError } from "../errors.js";
import { writeFileAtomic } from "../io/atomic.js";
import { checkOptions } from "../options.js";
import { quoted } from "../quote.js";
import { checkDrawable } from "./figure.js";
import { checkKinds } from "./values.js";

/** Options of `animation`. */
export interface AnimationOptions {
  /** Seconds from the first frame to the end of the last one. Default: a quarter of a second per frame. */
  duration?: number;
  /** Seconds that the last frame stays longer than the others before the first returns. Default 1. */
  hold?: number;
}

/**
 * Frames one after another, over and over. With a name in `.svg`: one file that plays in browsers, also as an
 * `<img>`; for readers who ask for less motion, and in programs that do not play, it shows the last frame.
 * With a name in `.png`: a numbered picture per frame, `descent-000.png`, `descent-001.png`, …, for programs
 * that make films.
 *
 *     await plot.animation("descent.svg", models, (path, model, i) =>
 *       plot.decisionBoundary(path, model, x, y, { title: `step ${10 * i}` }),
 *     );
 *
 * `draw(path, frame, index)` draws one frame into the file `path`, with any function of this module. Frames
 * are drawn in order, each after the one before it has ended, so `draw` may also train a model. Nothing is
 * written before all frames are drawn.
 * @throws ValueError when there are no frames, or when their sizes differ; the errors of `draw`.
 */
export async function animation<Frame>(
  path: string,
  frames: readonly Frame[],
  draw: (path: string, frame: Frame, index: number) => Promise<void>,
  options: AnimationOptions = {},
): Promise<void> {
  const op = "plot.animation";
  checkOptions(op, options, ["duration", "hold"]);
  checkKinds(op, options);
  checkFunctions(op, { draw });
  if (!Array.isArray(frames) || frames.length === 0)
    throw new ValueError(`${op}: frames are an array of at least one: ${quoted(frames)}`);
  const { duration = frames.length / 4, hold = 1 } = options;
  if (!(duration > 0 && duration <= 3600))
    throw new ValueError(`${op}: duration is in seconds, above 0, up to 3600: ${quoted(duration)}`);
  if (!(hold >= 0 && hold <= 3600))
    throw new ValueError(`${op}: hold is in seconds, from 0 to 3600: ${quoted(hold)}`);
  await checkDrawable(path, op);
  const ending = extname(path);
  const folder = await mkdtemp(join(tmpdir(), "simdgrad-frames-"));
  try {
    const drawn: Buffer[] = [];
    for (const [i, frame] of (frames as readonly Frame[]).entries()) {
      const file = join(folder, `frame-${i}${ending}`);
      await draw(file, frame, i);
      drawn.push(await readFrame(op, file, i));
    }
    if (ending.toLowerCase() === ".svg") {
      const film = played(op, drawn.map(String), duration, hold);
      await writeFileAtomic(op, path, [Buffer.from(film)]);
      return;
    }
    const digits = Math.max(3, String(drawn.length - 1).length);
    for (const [i, picture] of drawn.entries()) {
      const name = `${path.slice(0, -ending.length)}-${String(i).padStart(digits, "0")}${ending}`;
      await writeFileAtomic(op, name, [picture]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readFrame(op: string, file: string, i: number): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ValueError(`${op}: draw writes the file that it is given: not that of frame ${i}`, undefined, {
      cause,
    });
  }
}

/** One SVG of all frames: all but one are hidden at any time. */
function played(op: string, frames: readonly string[], duration: number, hold: number): string {
  const opened = frames.map((svg, i) => {
    const [, root, inside] = /^\s*(<svg\b[^>]*>)\s*(.*?)\s*<\/svg>\s*$/s.exec(svg) ?? [];
    if (root === undefined)
      throw new ValueError(`${op}: draw draws SVG with a function of simdgrad/plot: not frame ${i}`);
    // Clips and gradients are definitions already; ECharts writes them at the end.
    const [, body, definitions] = /^(.*?)(?:\s*<defs ?>\s*(.*?)\s*<\/defs>)?$/s.exec(own(inside, `f${i}-`))!;
    return { root, elements: body.split("\n"), definitions: definitions ?? "" };
  });
  const odd = opened.findIndex(({ root }) => root !== opened[0].root);
  if (odd > 0) throw new ValueError(`${op}: frames have one size: frame ${odd} differs from frame 0`);
  const { shared, rest } = once(opened.map(({ elements }) => elements));
  // A page may hold several animations, and styles and ids belong to the whole page.
  const name = `a${createHash("sha256").update(frames.join("")).digest("hex").slice(0, 8)}`;
  const renamed = (text: string) =>
    text.replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/(id="|url\(#|href="#)/g, `$1${name}-`));
  const total = duration + hold;
  const share = (seconds: number) => Number(((100 * seconds) / total).toFixed(4));
  const each = duration / frames.length;
  const starts = (i: number) => Number((i * each - total).toFixed(4));
  const keyframes = (which: string, seconds: number) =>
    `@keyframes ${name}-${which}{0%{visibility:visible}${share(seconds)}%,100%{visibility:hidden}}`;
  const last = frames.length - 1;
  const style = [
    `.${name}{visibility:hidden}`,
    `.${name}-last{visibility:visible}`,
    // A negative start: every frame is somewhere in its cycle from the first moment on.
    ...(last === 0
      ? []
      : [
          "@media (prefers-reduced-motion:no-preference){",
          `.${name},.${name}-last{animation:${name}-each ${total}s step-end infinite}`,
          `.${name}-last{animation-name:${name}-end}`,
          "}",
          keyframes("each", each),
          keyframes("end", each + hold),
        ]),
  ].join("\n");
  const groups = rest.map((elements, i) => {
    const kind = i === last ? `${name}-last` : name;
    return `<g class="${kind}" style="animation-delay:${starts(i)}s">\n${elements.join("\n")}\n</g>`;
  });
  const definitions = [...shared, ...opened.map((frame) => frame.definitions)].filter((text) => text !== "");
  const defs = definitions.length === 0 ? [] : ["<defs>", ...definitions, "</defs>"];
  return [
    opened[0].root,
    `<style>\n${style}\n</style>`,
    renamed([...defs, ...groups].join("\n")),
    "</svg>\n",
  ].join("\n");
}

/** Ids of a frame, and what refers to them, with the frame's name before them. Text between tags stays. */
const own = (svg: string, prefix: string): string =>
  svg.replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/(id="|url\(#|href="#)/g, `$1${prefix}`));

/** The fewest characters for which a reference is shorter than a copy. */
const worthwhile = 60;

/**
 * What all frames have in common, such as axes and points, once: runs of elements that every frame has in the
 * same order become definitions, and frames refer to them.
 */
function once(frames: readonly string[][]): { shared: string[]; rest: string[][] } {
  if (frames.length < 2) return { shared: [], rest: frames.map((elements) => [...elements]) };
  const others = frames.slice(1).map((elements) => new Set(elements));
  const isShared = (element: string) => isWhole(element) && others.every((other) => other.has(element));
  const runs: string[][] = [[]];
  for (const element of frames[0]) {
    if (isShared(element)) runs[runs.length - 1].push(element);
    else runs.push([]);
  }
  const shared: string[] = [];
  let rest = frames.map((elements) => `\n${elements.join("\n")}\n`);
  for (const run of runs) {
    const text = `\n${run.join("\n")}\n`;
    if (text.length < worthwhile || !rest.every((frame) => frame.includes(text))) continue;
    const id = `s${shared.length}`;
    rest = rest.map((frame) => frame.replace(text, () => `\n<use href="#${id}"/>\n`));
    shared.push(`<g id="${id}">${text}</g>`);
  }
  return { shared, rest: rest.map((frame) => frame.trim().split("\n")) };
}

/** An element on one line, with its end: not the beginning of a group. */
const isWhole = (line: string): boolean => {
  const name = /^<([a-z]\w*)/i.exec(line)?.[1];
  return name !== undefined && (line.endsWith(`</${name}>`) || line.endsWith("/>"));
};
