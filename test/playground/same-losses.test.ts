/** The code that the page shows, run in Node, prints the losses of the page to the last bit. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "rolldown/utils";
import { afterAll, describe, expect, test } from "vitest";
import { prebuildPath } from "../../tools/prebuild.js";
import { root } from "../browser/pages.js";
import { hasModule, lossesOf, missing, type Opened, playground, untilEpoch } from "./page.js";

const kept = playground();
const open: typeof kept.open = (...args) => kept.open(...args);
const folder = mkdtempSync(join(tmpdir(), "simdgrad-playground-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = pathToFileURL(join(root, "dist/index.js")).href;

/** Runs the program as a user would paste it; only the name of the library is its address here. */
async function inNode(code: string, files: Record<string, string> = {}): Promise<number[][]> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { code: plain, errors } = await transform("program.ts", code);
  expect(errors).toEqual([]);
  const path = join(folder, "program.mjs");
  writeFileSync(path, plain.replace('"simdgrad"', JSON.stringify(library)));
  // The module of WebAssembly and the addon have the same bits; so either may answer for Node.
  const backend = existsSync(prebuildPath()) || !hasModule ? {} : { SIMDGRAD_BACKEND: "wasm" };
  const env = { ...process.env, ...backend };
  const { stdout, stderr } = spawnSync(process.execPath, [path], { cwd: folder, encoding: "utf8", env });
  expect(stderr).toBe("");
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
}

const csv = [
  "height;weight;group;kind",
  ...Array.from(
    { length: 60 },
    (_, i) =>
      `${150 + ((i * 37) % 50)};${50 + ((i * 53) % 60)};${"abc"[i % 3]};${i % 2 === 0 ? "one" : "two"}`,
  ),
].join("\n");

interface Case {
  name: string;
  hash: string;
  query?: string;
  /** Needs WebAssembly: the bits of Node's addon. */
  wasm?: boolean;
}

const cases: Case[] = [
  { name: "the first state", hash: "" },
  {
    name: "spiral, three layers, Adam, all features",
    hash: "#v=1&data=spiral&noise=0.1&hidden=20,20,20&optimizer=Adam&lr=0.01&batch=30&inputs=x,y,xx,yy,xy,sinx,siny",
  },
  {
    name: "dropout, L2, Kaiming, ReLU, momentum",
    hash: "#v=1&data=xor&noise=0.2&hidden=8,8&activation=ReLU&dropout=0.3&penalty=l2&rate=0.01&init=kaimingNormal&options=momentum:0.9,nesterov:1&batch=7&seed=42",
  },
  {
    name: "L1 and RMSprop on clouds, no hidden layer",
    hash: "#v=1&data=gaussian&noise=0.4&hidden=&optimizer=RMSprop&lr=0.003&penalty=l1&rate=0.003&share=70&points=340&dataSeed=9",
  },
  {
    name: "regression with NAdam",
    hash: "#v=1&data=multiGaussian&hidden=12,6&activation=SiLU&optimizer=NAdam&lr=0.005&init=xavierUniform",
  },
  {
    name: "iris with AdamW",
    hash: "#v=1&data=iris&inputs=0,2,3&hidden=8&optimizer=AdamW&lr=0.01&share=70&batch=16&activation=Sigmoid",
  },
  {
    name: "weights set by hand, before and during training",
    hash: "#v=1&data=versicolor&inputs=0,1&hidden=2&activation=Sigmoid&changes=0:0.weight:0:-7,0:0.bias:0:41,20:2.weight:1:3.5,50:lr:0:0.3",
  },
  {
    name: "early stopping with Rprop",
    hash: "#v=1&data=xor&noise=0.3&hidden=16&optimizer=Rprop&batch=250&patience=8&lr=0.01",
  },
  {
    name: "the JavaScript core",
    hash: "#v=1&data=circle&hidden=6,3&optimizer=Adagrad&lr=0.1&activation=ELU",
    query: "?backend=js",
  },
];

describe.skipIf(missing !== undefined)("the code of the page in Node", () => {
  /** Loading a page takes more time than its run, so a page serves all states of a backend. */
  const pages = new Map<string | undefined, Promise<Opened>>();
  const shown = new Set<string | null>();
  async function show(hash: string, query: string | undefined): Promise<Opened> {
    if (!pages.has(query)) pages.set(query, open(hash, { query }));
    const opened = await pages.get(query)!;
    await opened.page.goto(kept.address + (query ?? "") + (hash || "#"));
    return opened;
  }

  test.each(cases)("$name", async ({ hash, query }) => {
    if (query === undefined && !hasModule) return;
    const { page, console } = await show(hash, query);
    await page
      .getByText(query === "?backend=js" ? "Trains on the JavaScript core" : "Trains in WebAssembly")
      .waitFor();
    await page.getByLabel("Speed", { exact: true }).selectOption("free");
    await page.getByTestId("code").getByText("import").waitFor();
    const code = await page.getByTestId("code").textContent();
    expect(shown).not.toContain(code);
    shown.add(code);
    await page.click("[aria-label=Play]");
    const stopped = page.getByText("Stopped early");
    await Promise.race([untilEpoch(page, 100), stopped.waitFor()]);
    const inPage = (await lossesOf(page)).filter(([, epoch]) => epoch >= 1 && epoch <= 100);
    const printed = await inNode(code!);
    expect(inPage.length).toBeGreaterThan(8);
    expect(printed).toEqual(inPage.map(([, ...numbers]) => numbers));
    expect(console).toEqual([]);
  });

  test.skipIf(!hasModule)("a CSV file of the visitor", async () => {
    const { page } = await open("#v=1&hidden=5&optimizer=Adam&lr=0.02");
    const file = { name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
    await page.setInputFiles("[aria-label='Your CSV file']", file);
    await page.getByText("people.csv").or(page.getByText("Predicts")).first().waitFor();
    await page.getByLabel("Speed", { exact: true }).selectOption("free");
    await page.click("[aria-label=Play]");
    await untilEpoch(page, 100);
    const code = await page.getByTestId("code").textContent();
    const inPage = (await lossesOf(page)).filter(([, epoch]) => epoch >= 1 && epoch <= 100);
    expect(await inNode(code!, { "people.csv": csv })).toEqual(inPage.map(([, ...numbers]) => numbers));
    await page.context().close();
  });
});
