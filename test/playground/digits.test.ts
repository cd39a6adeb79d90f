/** The page "draw a digit" in Chromium. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { Point } from "../../playground/src/digits/ink.js";
import { type Architecture, buildNetwork, loadNetwork, saveNetwork } from "../../src/cli/network.js";
import { data, fit, manualSeed, noGrad, optim, tensor } from "../../src/index.js";
import { start, temporaryFolder } from "../cli/simdgrad.js";
import { addressOf } from "./address.js";
import { idx, imageOf, writeFigures } from "./figures.js";
import { expectAccessible, missing, type Opened, type OpenOptions, playground } from "./page.js";

const folder = temporaryFolder();
const figures = join(folder, "figures");
writeFigures(figures, 300, 100);
const modelFile = join(folder, "figures.safetensors");
const kept = playground("--data", figures);

const architecture: Architecture = {
  ...{ input: [28, 28], hidden: [32, 16], classes: 10, activation: "tanh", dropout: 0.1 },
  ...{ mean: 0.2, std: 0.4 },
};
/** Kept for what Node says about the same drawing. */
const model = buildNetwork(architecture);

async function trainInNode(): Promise<void> {
  manualSeed(1);
  const { mean, std } = architecture;
  const { train } = await data.mnist({ dir: figures, mean, std });
  const images = train.tensors[0].reshape([300, 784]);
  const set = new data.TensorDataset(images, train.tensors[1], { scale: train.scale, shift: train.shift });
  await fit(model, set, { optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }), epochs: 2, seed: 1 });
  model.eval();
  saveNetwork(modelFile, model, architecture, {});
}

const probabilitiesInNode = (image: Uint8Array): number[] =>
  noGrad(() => {
    const x = tensor(
      Float32Array.from(image, (v) => (v / 255 - 0.2) / 0.4),
      { shape: [1, 784] },
    );
    return [...(model.forward(x).softmax(1).data as Float32Array)];
  });

const open = (options: OpenOptions = {}): Promise<Opened> =>
  kept.open("", { ...options, query: `digits.html${options.query ?? ""}` });

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds()); )
    if (Date.now() > end) throw new Error(`did not come: ${what}`);
    else await new Promise((resolve) => setTimeout(resolve, 20));
}

const field = (page: Page) => page.getByLabel("Field to draw a digit in");

const shares = async (page: Page): Promise<number[]> =>
  page
    .locator("[data-testid^=share-]")
    .evaluateAll((nodes: any[]) => nodes.map((node) => Number(node.dataset.share ?? Number.NaN)));

async function drawn(page: Page): Promise<number[]> {
  await until(async () => (await shares(page)).every(Number.isFinite), "probabilities");
  return shares(page);
}

/** Draws by mouse, in pixels of the field. */
async function drawByMouse(page: Page, points: readonly Point[]): Promise<void> {
  const { x, y } = (await field(page).boundingBox())!;
  await page.mouse.move(x + points[0]!.x, y + points[0]!.y);
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(x + point.x, y + point.y, { steps: 4 });
  await page.mouse.up();
}

type Given = string | { name: string; mimeType: string; buffer: Buffer };
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const give = (page: Page, ...files: Given[]) =>
  page.setInputFiles("[aria-label='Your files: MNIST or a model']", files as string[]);
const bytes = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });
const fileOf = (name: string) => join(figures, name);

const one = [
  { x: 140, y: 40 },
  { x: 140, y: 240 },
];
const seven = [
  { x: 70, y: 60 },
  { x: 210, y: 60 },
  { x: 130, y: 240 },
];

/** Closes the page, which must have said nothing in its console and asked no other host. */
async function close({ page, console, hosts }: Opened): Promise<void> {
  expect(console).toEqual([]);
  expect([...hosts].filter((host) => host !== "" && host !== new URL(kept.address).host)).toEqual([]);
  await page.context().close();
}

describe.skipIf(missing !== undefined)("draw a digit", () => {
  beforeAll(trainInNode);

  test("a file of simdgrad train: a stroke by mouse changes the probabilities, which sum to 1", async () => {
    const opened = await open();
    const { page } = opened;
    // As a web server gives the pages that simdgrad playground --export wrote.
    await page.route("**/files.json", (route) => route.fulfill({ json: {} }));
    await page.reload();
    await give(page, modelFile);
    await page.getByText("from figures.safetensors").waitFor();
    expect(await page.getByTestId("network").textContent()).toBe("784-32-16-10");
    await drawByMouse(page, one);
    const first = await drawn(page);
    await drawByMouse(page, seven);
    await until(async () => (await shares(page)).join() !== first.join(), "other probabilities");
    for (const found of [first, await drawn(page)]) expect(found.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    await button(page, "Undo").click();
    await until(async () => (await shares(page)).join() === first.join(), "the first drawing");
    await button(page, "Clear").click();
    await until(async () => (await shares(page)).every(Number.isNaN), "an empty field");
    expect(await page.getByTestId("likeness").textContent()).toContain("There are no training images here");
    await close(opened);
  });

  test("keys draw, and the page computes what Node computes", async () => {
    const opened = await open();
    const { page } = opened;
    await give(page, modelFile);
    await page.getByText("from figures.safetensors").waitFor();
    await field(page).focus();
    const points = [{ x: 140, y: 140 }];
    const move = async (key: string, dx: number, dy: number, times: number) => {
      for (let i = 0; i < times; i++) {
        await page.keyboard.press(key);
        points.push({ x: points.at(-1)!.x + dx, y: points.at(-1)!.y + dy });
      }
    };
    await page.keyboard.press(" ");
    await move("ArrowRight", 10, 0, 5);
    await move("ArrowDown", 0, 10, 7);
    await move("Shift+ArrowLeft", -3, 0, 9);
    await page.keyboard.press(" ");
    await page.keyboard.press("ArrowUp");
    const expected = probabilitiesInNode(imageOf([points]));
    const off = async () =>
      Math.max(...(await shares(page)).map((share, digit) => Math.abs(share - expected[digit]!)));
    await until(async () => (await off()) < 1e-6, `Node's probabilities ${expected}`);
    await page.keyboard.press("Backspace");
    await until(async () => (await shares(page)).every(Number.isNaN), "an empty field");
    await close(opened);
  });

  test.each(["mlp", "cnn"])("trains on files of the visitor: %s", async (kind) => {
    const opened = await open();
    const { page } = opened;
    const names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];
    const packed = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
    await give(page, ...[...names, ...packed].map(fileOf));
    await page.getByText("300 training images").waitFor();
    await page.getByLabel("New network").selectOption(kind);
    await page.getByLabel("Epochs").fill("20");
    await button(page, "Train on MNIST").click();
    await page.getByText("trained in this page").waitFor();
    expect(await page.getByTestId("epoch").textContent()).toBe("20 of 20");
    // Calculators' digits are easy; a guess would be right in 10 %.
    expect(Number.parseFloat((await page.getByTestId("tested").textContent())!)).toBeGreaterThan(60);
    await drawByMouse(page, one);
    expect((await drawn(page)).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    await page.locator("ol[data-testid=likeness] li").nth(7).waitFor();
    expect(await page.locator("ol[data-testid=likeness] li").count()).toBe(8);
    if (kind === "mlp") {
      const saves = page.waitForEvent("download");
      await button(page, "Save the network").click();
      const path = join(folder, "saved.safetensors");
      await (await saves).saveAs(path);
      expect((await loadNetwork(path)).architecture.hidden).toEqual([128]);
    }
    await close(opened);
  });

  test("stops between two steps, and the network stays", async () => {
    const opened = await open();
    const { page } = opened;
    await page.getByLabel("New network").selectOption("cnn");
    await page.getByLabel("Epochs").fill("100");
    // The page itself clicks Stop, as soon as it is there: the training lasts seconds, and this process may
    // be late.
    await page.evaluate(`new MutationObserver((_, watching) => {
      const stop = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Stop");
      if (!stop || !document.querySelector("[data-testid=epoch]")) return;
      watching.disconnect();
      stop.click();
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`);
    await button(page, "Train on MNIST").click();
    await page.getByText("trained in this page").waitFor();
    expect(await page.getByTestId("epoch").textContent()).not.toBe("100 of 100");
    await drawByMouse(page, seven);
    await drawn(page);
    await close(opened);
  });

  const images = (count: number, side: number) =>
    bytes("train-images-idx3-ubyte", idx([count, side, side], new Uint8Array(count * side * side)));
  const labels = (...values: number[]) =>
    bytes("train-labels-idx1-ubyte", idx([values.length], Uint8Array.from(values)));
  const refused: [string, () => Given[], string][] = [
    ["a file of another kind", () => [bytes("notes.txt", Buffer.from("hello"))], "no file of MNIST"],
    ["one file alone", () => [images(2, 28)], "choose the files of MNIST together: no train-labels"],
    ["files of different sets", () => [images(3, 28), labels(1, 2)], "do not belong together"],
    ["another size of images", () => [images(2, 32), labels(1, 2)], "uint8 [N, 28, 28]"],
    ["a label that is no digit", () => [images(2, 28), labels(1, 12)], "labels are from 0 to 9: 12"],
    ["a damaged file", () => [images(2, 28), bytes("train-labels-idx1-ubyte", Buffer.from("x"))], "readIdx"],
    ["a model that is none", () => [bytes("x.safetensors", Buffer.from("hello hello"))], "model"],
    ["a model for other images", () => [otherModel()], "a network for images of 28 x 28 pixels"],
    [
      "two models",
      () => ["a", "b"].map((name) => bytes(`${name}.safetensors`, Buffer.from(""))),
      "one network at a time",
    ],
  ];
  const otherModel = () => {
    const path = join(folder, "small.safetensors");
    const other: Architecture = { ...architecture, input: [8, 8], dropout: 0 };
    saveNetwork(path, buildNetwork(other), other, {});
    return path;
  };
  test("files that do not fit give one line, and the page goes on", async () => {
    const opened = await open();
    const { page } = opened;
    const notices = page.getByTestId("notices");
    for (const [name, files, line] of refused) {
      await give(page, ...files());
      await until(async () => (await notices.textContent())!.includes(line), `${name}: ${line}`);
      expect(await notices.locator("p").count()).toBe(1);
    }
    await give(page, modelFile);
    await page.getByText("from figures.safetensors").waitFor();
    expect(await notices.locator("p").count()).toBe(0);
    await close(opened);
  });

  test("a Worker that dies is started again, with what was open", async () => {
    const opened = await open();
    const { page } = opened;
    await give(page, modelFile);
    await page.getByText("from figures.safetensors").waitFor();
    await page.workers()[0]!.evaluate("setTimeout(() => { throw new Error('no memory') })");
    await page.getByText("has ended").waitFor();
    expect(await page.getByTestId("notices").textContent()).toContain("no memory");
    await page.getByText("Start it again").click();
    await page.getByText("from figures.safetensors").waitFor();
    await drawByMouse(page, one);
    await drawn(page);
    await page.context().close();
  });

  test("no canvas: the line says so, and the numbers come", async () => {
    const before = () => {
      (globalThis as any).HTMLCanvasElement.prototype.getContext = () => null;
    };
    const opened = await open({ before });
    await opened.page.getByText("This browser has no canvas").waitFor();
    await give(opened.page, modelFile);
    await opened.page.getByText("from figures.safetensors").waitFor();
    await drawByMouse(opened.page, one);
    await drawn(opened.page);
    await close(opened);
  });

  test("axe finds nothing, light and dark", async () => {
    const opened = await open();
    const { page } = opened;
    await expectAccessible(page);
    await button(page, "Train on MNIST").click();
    await page.getByText("trained in this page").waitFor();
    await drawByMouse(page, seven);
    await page.locator("ol[data-testid=likeness] li").nth(7).waitFor();
    await give(page, bytes("notes.txt", Buffer.from("hello")));
    await page.getByText("no file of MNIST").waitFor();
    await expectAccessible(page);
    await close(opened);
  });

  test("--model: the network is there at once; nothing else is served", async () => {
    const running = start(["playground", "--json", "--data", figures, "--model", modelFile]);
    const address = await addressOf(running);
    const page = await kept.browser.newPage();
    await page.goto(`${address}digits.html`);
    await page.getByText("from model.safetensors").waitFor();
    await page.close();
    for (const path of ["mnist/", "mnist/../package.json", "figures.safetensors", "%2e%2e/package.json"])
      expect((await fetch(address + path)).status, path).toBe(404);
    running.child.kill("SIGINT");
    await running.ended;
  });
});
