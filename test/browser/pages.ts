/** Opens the pages of the tests in Chromium and Firefox. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll } from "vitest";
import { findBrowser } from "../../tools/browsers.js";
import { type Server, serve } from "./server.js";

export const root = join(import.meta.dirname, "../..");

/** A page that runs classic scripts, and then its task. */
const html = (scripts: readonly string[]) =>
  `<!doctype html><title>simdgrad</title>${scripts.map((script) => `<script src="${script}"></script>`).join("")}
<body><script type="module" src="/pages/run.js"></script>`;

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: readonly number[]): Uint8Array {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [d, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * d);
  return Buffer.concat([head, Buffer.from(values)]);
}

/** The server, with the library as one bundle in /lib/ and as it is in /simdgrad/. */
export async function start(): Promise<{ server: Server; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-browser-"));
  const build = await rolldown({ input: join(root, "dist/browser/index.js"), platform: "browser" });
  await build.write({ dir: join(folder, "lib"), format: "esm", entryFileNames: "[name].js" });
  await build.close();
  const server = await serve([
    ["/pages/", join(root, "test/browser/pages")],
    ["/platforms/", join(root, "test/platforms")],
    ["/node_modules/simdgrad/", root],
    ["/simdgrad/", root],
    ["/lib/", join(folder, "lib")],
    ["/wasm/", join(root, "wasm")],
    ["/", folder],
  ]);
  server.give("/page.html", html([]));
  server.give("/favicon.ico", "");
  const images = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  server.give("/data/images-idx3-ubyte", images);
  server.give("/data/images-idx3-ubyte.gz", gzipSync(images));
  server.give("/data/larger.gz", gzipSync(Buffer.concat([images, images])));
  for (const part of ["train", "t10k"]) {
    server.give(`/data/mnist/${part}-images-idx3-ubyte.gz`, gzipSync(images));
    server.give(`/data/mnist/${part}-labels-idx1-ubyte`, idx([2], [1, 0]));
  }
  return { server, folder };
}

export interface PageOptions {
  /** The parameters of pages/run.js beside the task. */
  options?: Record<string, string>;
  /** Headers of the page. */
  headers?: Record<string, string>;
  /** Runs in the page before everything else. */
  before?: () => void;
}

let opened = 0;

/** The address of a page that runs a task, and its report. */
export function pageOf(server: Server, task: string, { options = {}, headers, before }: PageOptions = {}) {
  const name = `/page-${++opened}.html`;
  if (before) server.give(`/before-${opened}.js`, `(${before})();`);
  server.give(name, html(before ? [`/before-${opened}.js`] : []), headers);
  const report = `/report/${opened}`;
  const query = new URLSearchParams({ task, library: "/lib/index.js", report, ...options });
  return { address: `${server.origin}${name}?${query}`, answer: server.report(report) };
}

/** The Chromium that tools/browsers.js finds. */
export function startChromium(): Promise<Browser> {
  const { program } = findBrowser("chromium") as { program: string };
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
}

/** What `withChromium` opens. */
export interface Opened {
  server: Server;
  /** The folder that the server serves at "/". */
  folder: string;
  browser: Browser;
}

/**
 * Before the tests of a `describe`: starts the server and Chromium, and closes them afterwards. `prepare`
 * fills the folder.
 */
export function withChromium(prepare: (opened: Opened) => unknown = () => {}): Opened {
  const opened = {} as Opened;
  beforeAll(async () => {
    Object.assign(opened, await start());
    opened.browser = await startChromium();
    await prepare(opened);
  });
  afterAll(async () => {
    await opened.browser?.close();
    await opened.server?.close();
    if (opened.folder) rmSync(opened.folder, { recursive: true, force: true });
  });
  return opened;
}

/** What a page says: its result, and the lines of its console. */
export interface Said {
  result: any;
  console: string[];
}

/**
 * Opens a tab of Chromium and returns what runs a task there. All tasks share the tab, since opening one
 * takes more time than most tasks.
 */
export async function openTab(browser: Browser, server: Server) {
  const page = await browser.newPage();
  return async (task: string, given: PageOptions = {}): Promise<Said> => {
    const lines: string[] = [];
    page.on("console", (message) => lines.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => lines.push(`error: ${error.message}`));
    try {
      const { address, answer } = pageOf(server, task, given);
      await page.goto(address);
      const { result, error } = await answer;
      if (error !== undefined) throw new Error(`${error}\n${lines.join("\n")}`);
      return { result, console: lines };
    } finally {
      page.removeAllListeners();
    }
  };
}

/** Runs a task in a page of Firefox, which needs no driver: the page reports itself. */
export async function runInFirefox(
  program: string,
  server: Server,
  task: string,
  given: PageOptions = {},
): Promise<any> {
  const profile = mkdtempSync(join(tmpdir(), "simdgrad-firefox-"));
  mkdirSync(profile, { recursive: true });
  writeFileSync(
    join(profile, "user.js"),
    [
      ["browser.shell.checkDefaultBrowser", false],
      ["datareporting.policy.dataSubmissionEnabled", false],
      ["app.update.enabled", false],
      ...(given.options?.["prefs"] ? JSON.parse(given.options["prefs"]) : []),
    ]
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(""),
  );
  const { address, answer } = pageOf(server, task, given);
  const firefox = spawn(program, ["--headless", "--no-remote", "--profile", profile, address], {
    stdio: "ignore",
    env: { ...process.env, HOME: profile, MOZ_DISABLE_CONTENT_SANDBOX: "1" },
  });
  try {
    const ended = new Promise<never>((_, reject) =>
      firefox.once("exit", (code) => reject(new Error(`firefox ended with ${code}`))),
    );
    const { result, error } = await Promise.race([answer, ended]);
    if (error !== undefined) throw new Error(error);
    return result;
  } finally {
    firefox.removeAllListeners("exit");
    const gone = new Promise((resolve) => firefox.once("exit", resolve));
    firefox.kill();
    await gone;
    rmSync(profile, { recursive: true, force: true });
  }
}
