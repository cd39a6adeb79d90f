/** The page of the playground, served by the built command, in Chromium. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { root, startChromium } from "../browser/pages.js";
import { type Running, start } from "../cli/simdgrad.js";
import { addressOf } from "./address.js";

/** Why there are no tests in a browser, or undefined. */
export const missing: string | undefined = findBrowser("chromium").why;
if (missing !== undefined) console.log(`tests of the playground in Chromium are skipped: ${missing}`);

export const hasModule = existsSync(join(root, "wasm/simdgrad.wasm"));

export interface Playground {
  /** `http://127.0.0.1:1234/` */
  address: string;
  browser: Browser;
  /** A new page, with the lines of its console. `hash`: its state. */
  open(hash?: string, options?: OpenOptions): Promise<Opened>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Runs in the page before everything else. */
  before?: () => void;
  /** Scripts that are answered with another text. */
  routes?: Record<string, string>;
  /** What follows the address: `?backend=js`. */
  query?: string;
}

export interface Opened {
  page: Page;
  console: string[];
  /** Hosts that the page asked for something. */
  hosts: Set<string>;
}

/** Headers without which a page that is isolated from other origins runs no script. */
const isolated = {
  "content-type": "text/javascript",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Starts the server and the browser before the tests of a file, and ends them after. `flags`: of the command.
 */
export function playground(...flags: string[]): Playground {
  const kept = {} as Playground & { running: Running };
  beforeAll(async () => {
    if (missing !== undefined) return;
    kept.running = start(["playground", "--json", ...flags]);
    kept.address = await addressOf(kept.running);
    kept.browser = await startChromium();
  });
  afterAll(async () => {
    await kept.browser?.close();
    kept.running?.child.kill("SIGINT");
    await kept.running?.ended;
  });
  kept.open = async (hash = "", { before, routes = {}, query = "", ...options } = {}) => {
    const context = await kept.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    for (const [path, body] of Object.entries(routes))
      await page.route(path, (route) => route.fulfill({ headers: isolated, body }));
    // Pages load slowly beside other tests.
    page.setDefaultTimeout(60_000);
    const [console, hosts]: [string[], Set<string>] = [[], new Set()];
    page.on("console", (message) => console.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => console.push(`error: ${error.message}`));
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await page.goto(kept.address + query + hash);
    return { page, console, hosts };
  };
  return kept;
}

export const epochOf = async (page: Page): Promise<number> =>
  Number((await page.getByTestId("epoch").textContent())!.replaceAll(",", ""));

/** Waits until the page has made so many epochs. */
export async function untilEpoch(page: Page, epoch: number): Promise<void> {
  const last = Date.now() + 90_000;
  while ((await epochOf(page)) < epoch) {
    if (Date.now() > last) throw new Error(`epoch ${epoch} did not come: it is ${await epochOf(page)}`);
    await page.waitForTimeout(20);
  }
}

/** A number that the page shows. */
export const numberOf = async (page: Page, name: string): Promise<number> =>
  Number.parseFloat((await page.getByTestId(name).textContent())!);

/** The losses that the page has recorded, with all digits: run, epoch, training loss, test loss. */
export async function lossesOf(page: Page): Promise<[string, number, number, number][]> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Losses as CSV")]);
  const text = await readFile((await download.path())!, "utf8");
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [run, ...numbers] = line.split(",");
      return [run, ...numbers.map(Number)] as [string, number, number, number];
    });
}

/** Expects that axe-core finds nothing in the page as it is, first in light colours and then in dark ones. */
export async function expectAccessible(page: Page): Promise<void> {
  const file = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  // The page's policy forbids scripts in the page; the debugger's are allowed.
  await page.evaluate(await readFile(file, "utf8"));
  const root = page.locator("html");
  for (const theme of ["light", "dark"]) {
    const there = (await root.getAttribute("data-theme")) === theme;
    if (!there) await page.getByLabel(theme === "light" ? "Light colours" : "Dark colours").click();
    expect(await root.getAttribute("data-theme")).toBe(theme);
    const { violations } = (await page.evaluate("axe.run()")) as { violations: any[] };
    expect(
      violations.map(({ id, nodes }) => [id, nodes.map(({ html }: any) => html)]),
      theme,
    ).toEqual([]);
  }
}
