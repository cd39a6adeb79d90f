// How fast the playground is, in the Chromium on the path: milliseconds until the first picture, frames a
// second, epochs a second without pictures, and seconds until networks have learnt. The best of some rounds,
// because other programs run at the same time. Build before: npm run build.
//
//   node bench/playground.js [rounds]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findBrowser } from "../tools/browsers.js";

const rounds = Number(process.argv[2] ?? 3);
const main = join(import.meta.dirname, "../dist/cli/main.js");
const { program, why } = findBrowser("chromium");
if (why !== undefined) throw new Error(`bench/playground: ${why}`);

/** Milliseconds after which a page has drawn its first picture and is idle. */
const settled = 2500;
/** Milliseconds of training that are measured. */
const measured = 3000;
const networks = {
  "2-8-8-8-1, 200 points, batch 10": "data=circle&points=400&hidden=8,8,8",
  "2-20-20-20-1, 200 points, batch 10": "data=circle&points=400&hidden=20,20,20",
};

/** Learnt: this share of the test points is right, in percent, at the speed that the page begins with. */
const learnt = 95;
const lessons = {
  circle: {},
  xor: { hash: "data=xor" },
  gaussian: { hash: "data=gaussian" },
  spiral: { preset: "deep" },
};

const epochOf = (page) =>
  page.evaluate('Number(document.querySelector("[data-testid=epoch]").textContent.replaceAll(",", ""))');

const play = (page) => page.getByLabel("Play").click();

/** Runs in the page: milliseconds from the start of navigation until the first picture is on the screen. */
function noteFirstPicture() {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('[data-testid="test-right"]')?.textContent) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      setTimeout(() => {
        globalThis.firstPicture = performance.now();
      }),
    );
  });
  observer.observe(document, { subtree: true, childList: true, characterData: true });
}

async function withPage(hash, use) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addInitScript(noteFirstPicture);
  const page = await context.newPage();
  // A new tab is busy with itself at first.
  await page.waitForTimeout(1000);
  await page.goto(hash ? `${address}#v=1&${hash}` : address);
  // A locator that waits searches the page again and again, which delayed the first picture by a tenth.
  await page.waitForTimeout(settled);
  await page.locator('[data-testid="test-right"]:not(:empty)').waitFor();
  try {
    return await use(page, await page.evaluate(() => globalThis.firstPicture));
  } finally {
    await context.close();
  }
}

/** Epochs a second at a speed of the page. */
async function epochs(page, speed) {
  await page.getByLabel("Speed", { exact: true }).selectOption(speed);
  await play(page);
  // V8 compiles what runs often during the first second.
  await page.waitForTimeout(1000);
  const [first, begin] = [await epochOf(page), performance.now()];
  await page.waitForTimeout(measured);
  const [last, end] = [await epochOf(page), performance.now()];
  await page.getByLabel("Pause").click();
  return ((last - first) / (end - begin)) * 1000;
}

async function measureSpeed([name, hash]) {
  const best = { "ms to the first picture": Infinity, "frames/s": 0, "epochs/s without pictures": 0 };
  for (let round = 0; round < rounds; round++)
    await withPage(hash, async (page, first) => {
      best["ms to the first picture"] = Math.min(best["ms to the first picture"], first);
      // One epoch a frame: as many epochs as frames.
      best["frames/s"] = Math.max(best["frames/s"], await epochs(page, "one"));
      const blind = await epochs(page, "blind");
      best["epochs/s without pictures"] = Math.max(best["epochs/s without pictures"], blind);
    });
  const figures = Object.entries(best).map(([what, value]) => `${value.toFixed(0)} ${what}`);
  console.log(`${name}: ${figures.join(", ")}`);
}

async function measureLesson([name, { hash, preset }]) {
  await withPage(hash, async (page) => {
    if (preset) await page.getByLabel("Presets").selectOption(preset);
    const begin = performance.now();
    await play(page);
    const right = page.getByTestId("test-right");
    while (!(Number.parseFloat(await right.textContent()) >= learnt)) {
      if (performance.now() - begin > 120_000) throw new Error(`${name} is not learnt after 120 s`);
      await page.waitForTimeout(50);
    }
    const seconds = (performance.now() - begin) / 1000;
    const what = preset ? "the preset" : "the first state";
    console.log(
      `${name}, ${what}: ${learnt} % right after ${seconds.toFixed(1)} s, epoch ${await epochOf(page)}`,
    );
  });
}

const server = spawn(process.execPath, [main, "playground", "--json"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [line] = await once(server.stdout, "data");
const { address } = JSON.parse(line);
const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
try {
  // Chromium loads its own start page for a while.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  for (const network of Object.entries(networks)) await measureSpeed(network);
  for (const lesson of Object.entries(lessons)) await measureLesson(lesson);
} finally {
  await browser.close();
  server.kill("SIGINT");
}
