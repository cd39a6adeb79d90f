/** The programs of docs/browser.md run in Chromium and print what their comments say. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { whyNoModule } from "../kernels/wasm.js";
import { root, withChromium } from "./pages.js";

const chromium = findBrowser("chromium");
const text = readFileSync(join(root, "docs/browser.md"), "utf8");
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code]) => code);

const lacking = chromium.why ?? whyNoModule;

describe.skipIf(lacking !== undefined)(`docs/browser.md${lacking ? ` (skipped: ${lacking})` : ""}`, () => {
  const opened = withChromium();

  it("the page with an import map", async () => {
    const { browser, server } = opened;
    const [page] = blocks("html");
    const stated = [...page.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].flatMap(([, lines]) =>
      lines.split(" "),
    );
    server.give("/docs.html", page);
    const tab = await browser.newPage();
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      tab.on("console", (message) => {
        lines.push(message.text());
        if (lines.length === stated.length) resolve();
      });
      tab.on("pageerror", (error) => {
        lines.push(error.message);
        resolve();
      });
      void tab.goto(`${server.origin}/docs.html`);
    });
    expect(lines).toEqual(stated);
    expect(stated.length).toBeGreaterThan(3);
  });

  it("the Worker", async () => {
    const { browser, folder, server } = opened;
    const worker = blocks("js").find((code) => code.includes("worker.js"))!;
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", type: "module" }));
    writeFileSync(join(folder, "source.js"), worker);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/simdgrad"));
    const build = await rolldown({ input: join(folder, "source.js"), platform: "browser" });
    await build.write({ dir: folder, format: "esm", entryFileNames: "worker.js" });
    await build.close();
    server.give(
      "/worker.html",
      `<!doctype html><script type="module">
        const messages = [];
        const send = (body) => fetch("/report/worker", { method: "POST", body: JSON.stringify(body) });
        const worker = new Worker("/worker.js", { type: "module" });
        worker.onerror = ({ message }) => send(message);
        worker.onmessage = ({ data }) => {
          messages.push(data.bytes?.length ?? data.epoch);
          if (data.bytes) send(messages);
        };
      </script>`,
    );
    const report = server.report("/report/worker");
    const tab = await browser.newPage();
    await tab.goto(`${server.origin}/worker.html`);
    const messages = await report;
    expect(messages).toBeInstanceOf(Array);
    expect(messages.at(-1)).toBeGreaterThan(64);
    expect(messages.at(-2)).toBe(5);
  });
});
