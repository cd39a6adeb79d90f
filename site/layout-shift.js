// Opens pages of the built site in Chromium: nothing on them moves while they load. Without a Chromium, a line
// says that it was not checked.
import { chromium } from "playwright-core";
import { serve } from "vitepress";
import { findBrowser } from "../tools/browsers.js";

const pages = ["", "training.html", "course/04-hidden-layers.html", "api/simdgrad/nn/classes/Linear.html"];
const screens = [
  { width: 1440, height: 900 },
  { width: 360, height: 800 },
];

/**
 * Runs in the page before all else: keeps what the browser says has moved. An icon whose file comes late may
 * become a few pixels higher, which counts a millionth.
 */
function watchShifts() {
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries().filter(({ value }) => value > 1e-5))
      globalThis.shifts.push(`${value.toFixed(5)}: ${sources.map(({ node }) => node?.className).join(", ")}`);
  }).observe({ type: "layout-shift", buffered: true });
}

/** @throws Error that lists what moves, with the part of the screen that it moves over. */
export async function checkLayoutShift(site, base) {
  const { program, why } = findBrowser("chromium");
  if (program === undefined) {
    console.log(`site: whether pages move while they load was not checked: ${why}`);
    return;
  }
  const { server } = await serve({ root: site, port: 0 });
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  const wrong = [];
  try {
    for (const viewport of screens) {
      const context = await browser.newContext({ viewport });
      await context.addInitScript(watchShifts);
      for (const name of pages) {
        const page = await context.newPage();
        const response = await page.goto(`http://localhost:${server.address().port}${base}${name}`, {
          waitUntil: "networkidle",
        });
        if (response?.status() !== 200) throw new Error(`there is no page ${name}`);
        // The observer is told of a movement after the frame that shows it.
        await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
        for (const shift of await page.evaluate(() => globalThis.shifts))
          wrong.push(`/${name} at ${viewport.width} x ${viewport.height}: ${shift}`);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
  if (wrong.length > 0) throw new Error(`pages move while they load:\n${wrong.join("\n")}`);
  console.log(`site: nothing moves on ${pages.length} pages, on a desktop and on a phone`);
}
