// How fast the playground is, in the Chromium on the path: milliseconds until the first picture, frames a
// second of 2-8-8-8-1 with 200 points, and epochs a second without pictures. The best of some rounds, because
// other programs run at the same time. Build before: npm run build.
//
//   node tools/bench-playground.js [rounds]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findBrowser } from "./browsers.js";

const rounds = Number(process.argv[2] ?? 3);
const main = join(import.meta.dirname, "../dist/cli/main.js");
const { program, why } = findBrowser("chromium");
if (why !== undefined) throw new Error(`bench-playground: ${why}`);

/** Milliseconds of training that are measured. */
const measured = 3000;
const networks = {
  "2-8-8-8-1, 200 points, batch 10": "points=400&hidden=8,8,8",
  "2-20-20-20-1, 200 points, batch 10": "points=400&hidden=20,20,20",
};

const epochOf = (page) =>
  page.evaluate('Number(document.querySelector("[data-testid=epoch]").textContent.replaceAll(",", ""))');

/** Epochs a second at a speed of the page. */
async function epochs(page, speed) {
  await page.getByLabel("Speed", { exact: true }).selectOption(speed);
  await page.getByLabel("Play").click();
  // V8 compiles what runs often during the first second.
  await page.waitForTimeout(1000);
  const [first, begin] = [await epochOf(page), performance.now()];
  await page.waitForTimeout(measured);
  const [last, end] = [await epochOf(page), performance.now()];
  await page.getByLabel("Pause").click();
  return ((last - first) / (end - begin)) * 1000;
}

const server = spawn(process.execPath, [main, "playground", "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(server.stdout, "data");
const { address } = JSON.parse(line);
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const [name, settings] of Object.entries(networks)) {
    const best = { "ms to the first picture": Infinity, "frames/s": 0, "epochs/s without pictures": 0 };
    for (let round = 0; round < rounds; round++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      const begin = performance.now();
      await page.goto(`${address}#v=1&data=circle&${settings}`);
      await page.locator('[data-testid="test-right"]:not(:empty)').waitFor();
      const first = performance.now() - begin;
      best["ms to the first picture"] = Math.min(best["ms to the first picture"], first);
      // One epoch a frame: as many epochs as frames.
      best["frames/s"] = Math.max(best["frames/s"], await epochs(page, "one"));
      const blind = await epochs(page, "blind");
      best["epochs/s without pictures"] = Math.max(best["epochs/s without pictures"], blind);
      await context.close();
    }
    const figures = Object.entries(best).map(([what, value]) => `${value.toFixed(0)} ${what}`);
    console.log(`${name}: ${figures.join(", ")}`);
  }
} finally {
  await browser.close();
  server.kill("SIGINT");
}
