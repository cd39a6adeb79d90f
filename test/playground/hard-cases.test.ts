/** Bad input and poor browsers, accessibility, size, and what is learnt from the first state. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { root } from "../browser/pages.js";
import {
  expectAccessible,
  hasModule,
  missing,
  numberOf,
  type OpenOptions,
  playground,
  untilEpoch,
} from "./page.js";

const kept = playground();
const pages = join(root, "dist/playground");

test("the page, its scripts and styles take at most 400 KB gzipped", () => {
  const files = readdirSync(pages, { recursive: true, encoding: "utf8" })
    .map((path) => join(pages, path))
    .filter((path) => statSync(path).isFile() && /\.(html|js|css|svg)$/.test(path));
  const size = files.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
  expect(files.length).toBeGreaterThan(3);
  expect(size).toBeLessThan(400 * 1024);
});

/** A page that is ready to train. */
async function ready(hash = "", options: OpenOptions = {}) {
  const opened = await kept.open(hash, options);
  await opened.page.getByTestId("code").getByText("import").waitFor();
  return opened;
}

const notices = (page: Page) => page.locator(".notices").textContent();
const csv = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const dropFile = (page: Page, name: string, text: string) =>
  page.setInputFiles("[aria-label='Your CSV file']", csv(name, text));

describe.skipIf(missing !== undefined)("in Chromium", () => {
  test("an address with wrong values gives the nearest state and a line that says so", async () => {
    const { page } = await ready("#v=9&lr=1e9&hidden=4,99&data=moon");
    expect(await notices(page)).toContain("of another version");
    for (const note of ["lr = 1e9 became 100", "hidden = 4,99 became 4,32", "data = moon is not known"])
      expect(await notices(page)).toContain(note);
    expect(await page.getByLabel("Learning rate", { exact: true }).inputValue()).toBe("100");
    await page.context().close();
  });

  test("CSV files: text, one column, numbers that are none, and many rows", async () => {
    const { page, console } = await ready();
    const said = async (text: string) => page.locator(".notices").getByText(text).waitFor();
    await dropFile(page, "one.csv", "a\n1\n2\n");
    await said("one.csv has one column");
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i},${i % 2 === 0 ? "someone" : "nobody"}`);
    await dropFile(page, "poem.csv", `line,author\n${lines.join("\n")}`);
    await said("poem.csv has no column of numbers or categories");
    await dropFile(page, "empty.csv", "");
    await said("empty.csv has fewer than two lines");
    // The text is in a row that the guess does not look at.
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},${i % 7},${i % 2}`).join("\n");
    await dropFile(page, "late.csv", `a,b,c\n${rows}\nx,1,1\n`);
    await said("late.csv");
    expect(await notices(page)).toMatch(/line 20002/);
    await dropFile(page, "many.csv", `a,b,c\n${`${rows}\n`.repeat(10)}`);
    await page.getByText("drawn from 200,000 rows").waitFor();
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    expect(await numberOf(page, "train-loss")).toBeGreaterThan(0);
    expect(console).toEqual([]);
    await page.context().close();
  });

  test("a run that diverges says at which step, and starts again with a smaller rate", async () => {
    const { page } = await ready("#v=1&data=plane&hidden=8&activation=ReLU&lr=100");
    await page.getByLabel("Play").click();
    await page.getByText(/The loss is not a number since step \d+ \(epoch \d+\)/).waitFor();
    await page.getByText("Start again with learning rate 10").click();
    await page.getByLabel("Play").waitFor();
    expect(await page.getByLabel("Learning rate", { exact: true }).inputValue()).toBe("10");
    await page.context().close();
  });

  test("a Worker that dies is started again", async () => {
    const dies = () => {
      const { Worker } = globalThis as any;
      (globalThis as any).Worker = class extends Worker {
        constructor(...args: unknown[]) {
          super(...args);
          (globalThis as any).lastWorker = this;
        }
      };
    };
    const { page } = await ready("", { before: dies });
    await page.evaluate('lastWorker.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }))');
    await page.getByText("the Worker that trains has ended: out of memory").waitFor();
    await page.getByText("Start it again").click();
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    await page.context().close();
  });

  test.each<[what: string, before: () => void]>([
    ["SharedArrayBuffer", () => Reflect.deleteProperty(globalThis as any, "SharedArrayBuffer")],
    ["a kept theme", () => Reflect.deleteProperty(globalThis as any, "localStorage")],
    [
      "a canvas",
      () => {
        (globalThis as any).HTMLCanvasElement.prototype.getContext = () => null;
      },
    ],
  ])("trains without %s", async (what, before) => {
    const { page, console } = await ready("", { before });
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    if (what === "a canvas") await page.getByText("This browser has no canvas").waitFor();
    expect(console.filter((line) => line.startsWith("error"))).toEqual([]);
    await page.context().close();
  });

  test("trains without WebAssembly", async () => {
    // The Worker, which no script of the page reaches, begins without it.
    const routes: Record<string, string> = {
      "**/index-worker.js": 'import "./none.js"; import "./index-worker.js?again";',
      "**/none.js": "delete globalThis.WebAssembly;",
    };
    const { page } = await ready("", { routes });
    await page.getByText(/^Trains on the JavaScript core: .*this browser has no WebAssembly/).waitFor();
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    expect(await page.getByTestId("code").textContent()).toContain('backend.use("js")');
    await page.context().close();
  });

  test("frames are few where motion is unwelcome, and training is as fast", async () => {
    const { page } = await ready("", { reducedMotion: "reduce" });
    // 4 frames a second, each of 15 epochs, instead of 60. A busy page skips a frame: 15, 30, 60.
    const seen = page.evaluate(`new Promise((resolve) => {
      const epochs = [0];
      new MutationObserver(([{ target }]) => {
        const epoch = Number(target.textContent.replaceAll(",", ""));
        if (epoch > 0 && epochs.push(epoch) === 5) resolve(epochs);
      }).observe(document.querySelector("[data-testid=epoch]"), { childList: true, characterData: true, subtree: true });
    })`);
    await page.getByLabel("Play").click();
    const epochs = (await seen) as number[];
    const steps = epochs.slice(1).map((epoch, i) => epoch - epochs[i]);
    expect(steps.filter((step) => step > 0 && step % 15 === 0)).toEqual(steps);
    await page.context().close();
  });

  test("axe-core finds nothing, light and dark, wide and on a phone", async () => {
    const { page } = await ready("#v=1&b.optimizer=Adam");
    await page.getByLabel("Weights of layer 1, unit 1").click();
    await page.getByText("More", { exact: true }).click();
    for (const [width, height] of [
      [1440, 900],
      [360, 740],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expectAccessible(page);
      const wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(wider).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  });

  test.skipIf(!hasModule)("exclusive or is learnt from the first state", async () => {
    const { page, console } = await ready("#v=1&data=xor");
    await page.getByLabel("Speed", { exact: true }).selectOption("free");
    await page.getByLabel("Play").click();
    await untilEpoch(page, 300);
    await page.getByLabel("Pause").click();
    await page.waitForTimeout(100);
    expect(await numberOf(page, "test-right")).toBeGreaterThan(95);
    expect(console).toEqual([]);
    await page.context().close();
  });
});
