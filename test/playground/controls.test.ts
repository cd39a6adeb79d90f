/** Each control of the page changes what it should. */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { epochOf, missing, numberOf, type Opened, playground, untilEpoch } from "./page.js";

const kept = playground();

/** What of the state is in the address. */
const addressOf = (page: Page) => page.evaluate("location.hash") as Promise<string>;
const codeOf = async (page: Page) => (await page.getByTestId("code").textContent())!;

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); )
    if (Date.now() > end) throw new Error(`did not come: ${what}`);
    else await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.skipIf(missing !== undefined)("controls", () => {
  let opened: Opened;
  let page: Page;
  beforeAll(async () => {
    opened = await kept.open();
    ({ page } = opened);
    await page.getByTestId("code").getByText("import").waitFor();
  });
  afterAll(() => {
    expect(opened.console).toEqual([]);
    expect([...opened.hosts]).toEqual([new URL(kept.address).host]);
  });

  /** A select, a number, a slider, a button: what is done with it, and what the code then contains. */
  const cases: [name: string, act: (page: Page) => Promise<unknown>, hash: string, code: string | RegExp][] =
    [
      [
        "activation",
        (p) => p.getByLabel("Activation").selectOption("ReLU"),
        "activation=ReLU",
        "new nn.ReLU()",
      ],
      [
        "optimizer",
        (p) => p.getByLabel("Optimizer", { exact: true }).selectOption("Adam"),
        "optimizer=Adam",
        "new optim.Adam(",
      ],
      [
        "learning rate",
        (p) => fill(p.getByLabel("Learning rate", { exact: true }), "0.01"),
        "lr=0.01",
        "lr: 0.01",
      ],
      [
        "penalty",
        (p) => p.getByLabel("Penalty", { exact: true }).selectOption("l2"),
        "penalty=l2",
        "w.square().sum()",
      ],
      [
        "penalty rate",
        (p) => fill(p.getByLabel("Penalty rate", { exact: true }), "0.02"),
        "rate=0.02",
        ".mul(0.01)",
      ],
      [
        "batch size",
        (p) => fill(p.getByLabel("Batch size", { exact: true }), "25"),
        "batch=25",
        "batchSize: 25",
      ],
      [
        "first weights",
        (p) => p.getByLabel("First weights", { exact: true }).selectOption("xavierNormal"),
        "init=xavierNormal",
        "nn.init.xavierNormal_(w)",
      ],
      ["seed", (p) => fill(p.getByLabel("Seed", { exact: true }), "7"), "seed=7", "manualSeed(7)"],
      ["other first weights", (p) => p.getByLabel("Other first weights").click(), "seed=8", "manualSeed(8)"],
      [
        "data set",
        (p) => p.getByRole("button", { name: "Spiral", exact: true }).click(),
        "data=spiral",
        "data.playground.spiral(",
      ],
      ["noise", (p) => p.getByLabel("Noise", { exact: true }).fill("0.2"), "noise=0.2", "noise: 0.2"],
      [
        "share",
        (p) => p.getByLabel("Trains", { exact: true }).fill("80"),
        "share=80",
        "inputs.narrow(0, 0, 400)",
      ],
      ["points", (p) => p.getByLabel("Points", { exact: true }).fill("300"), "points=300", "n: 300"],
      ["other points", (p) => p.getByText("Other points").click(), "dataSeed=2", "seed: 2 }"],
      ["a feature", (p) => p.getByLabel("Input x₁x₂").click(), "inputs=x,y,xy", "x1.mul(x2)"],
      [
        "a feature less",
        (p) => p.getByLabel("Input x₂", { exact: true }).click(),
        "inputs=x,xy",
        "stack([x1, x1.mul(x2)], 1)",
      ],
      [
        "a layer more",
        (p) => p.getByLabel("Add a hidden layer").click(),
        "hidden=4,2,2",
        "new nn.Linear(2, 2)",
      ],
      [
        "a unit more",
        (p) => p.getByLabel("One unit more in hidden layer 1").click(),
        "hidden=5,2,2",
        "new nn.Linear(2, 5)",
      ],
      [
        "a unit less",
        (p) => p.getByLabel("One unit less in hidden layer 2").click(),
        "hidden=5,1,2",
        "new nn.Linear(5, 1)",
      ],
      [
        "units",
        (p) => fill(p.getByLabel("Units of hidden layer 3"), "40"),
        "hidden=5,1,32",
        "new nn.Linear(1, 32)",
      ],
      [
        "a layer less",
        (p) => p.getByLabel("Remove a hidden layer").click(),
        "hidden=5,1",
        "new nn.Linear(1, 1)",
      ],
      ["dropout", (p) => more(p, "Dropout", "0.5"), "dropout=0.5", "new nn.Dropout(0.5)"],
      ["early stopping", (p) => more(p, "Stop early after", "20"), "patience=20", "patience: 20"],
      [
        "an optimizer's own setting",
        (p) => more(p, "beta1", "0.8"),
        "options=beta1:0.8",
        "betas: [0.8, 0.999]",
      ],
      [
        "a flag of it",
        (p) => p.getByLabel("amsgrad").check(),
        "options=beta1:0.8,amsgrad:1",
        "amsgrad: true",
      ],
      [
        "regression",
        (p) => p.getByRole("button", { name: "Hills and hollows", exact: true }).click(),
        "data=multiGaussian",
        "new nn.MSELoss()",
      ],
      [
        "several classes",
        (p) => p.getByRole("button", { name: "Iris", exact: true }).click(),
        "data=iris",
        "new nn.CrossEntropyLoss()",
      ],
    ];
  test.each(cases)("%s", async (_, act, hash, code) => {
    await act(page);
    const found = async () =>
      (await addressOf(page)).includes(hash) && (await codeOf(page)).includes(String(code));
    await until(found, `${hash} and ${code}; it is ${await addressOf(page)}`);
  });

  test("PyTorch", async () => {
    await page.getByText("PyTorch", { exact: true }).click();
    expect(await codeOf(page)).toContain("from torch import nn, optim");
    await page.getByText("TypeScript", { exact: true }).click();
  });

  test("play, pause, step, reset, and a click that keeps a unit", async () => {
    await page.goto(`${kept.address}#v=1&data=gaussian`);
    await page.reload();
    await page.getByTestId("code").getByText("import").waitFor();
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    const first = await numberOf(page, "train-loss");
    await page.getByLabel("Play").click();
    await untilEpoch(page, 20);
    await page.getByLabel("Pause").click();
    await page.getByLabel("Play").waitFor();
    const paused = await epochOf(page);
    expect(await numberOf(page, "train-loss")).toBeLessThan(first);
    await page.getByLabel("Weights of layer 1, unit 2").click();
    const bias = page.getByLabel("bias");
    await until(async () => (await bias.inputValue()) !== "", "a bias");
    await fill(bias, "2.5");
    await until(async () => (await addressOf(page)).includes(`changes=${paused}:0.bias:1:2.5`), "a change");
    expect(await codeOf(page)).toContain(`if (epoch === ${paused}) set("0.bias", 1, 2.5);`);
    await page.getByLabel("Reset", { exact: true }).click();
    await until(async () => (await epochOf(page)) === 0, "epoch 0");
    expect(await addressOf(page)).not.toContain("changes");
  });

  test("the learning rate changes while the run goes on", async () => {
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    await fill(page.getByLabel("Learning rate", { exact: true }), "0.3");
    await until(
      async () => (await codeOf(page)).includes("if (epoch === 1) for (const group of optimizer"),
      "a change",
    );
    expect(await epochOf(page)).toBe(1);
    await page.getByLabel("Reset", { exact: true }).click();
  });

  test("every view draws, and 3-D turns by mouse and keys", async () => {
    const canvas = page.locator("canvas.large");
    const picture = () => canvas.evaluate((node: any) => node.toDataURL() as string);
    let before = await picture();
    for (const view of ["3-D", "Hidden space", "Loss surface", "3-D"]) {
      await page.getByText(view, { exact: true }).click();
      await until(async () => (await picture()) !== before, view);
      before = await picture();
    }
    await canvas.focus();
    await page.keyboard.press("ArrowLeft");
    await until(async () => (await picture()) !== before, "a turn by key");
    before = await picture();
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 120, { steps: 3 });
    await page.mouse.up();
    await until(async () => (await picture()) !== before, "a turn by mouse");
    await page.getByText("Plane", { exact: true }).click();
  });

  test("the large picture is of the unit that was clicked, and else of the output", async () => {
    const { page: fresh } = await kept.open("#v=1&hidden=4,2");
    const picture = () => fresh.locator("canvas.large").evaluate((node: any) => node.toDataURL() as string);
    const click = async (unit: string) => {
      await fresh.getByRole("button", { name: `Weights of ${unit}` }).click();
      // The pointer shows the unit that it is on.
      await fresh.mouse.move(0, 0);
    };
    await fresh.getByTestId("test-right").getByText("%").waitFor();
    const seen = [await picture()];
    for (const unit of ["layer 1, unit 1", "layer 1, unit 2", "layer 2, unit 1"]) {
      await click(unit);
      await until(async () => !seen.includes(await picture()), `a picture of ${unit}`);
      seen.push(await picture());
    }
    await click("layer 2, unit 1");
    await until(async () => (await picture()) === seen[0], "the output again");
    await fresh.context().close();
  });

  test("discretize and test data change the picture", async () => {
    const picture = () => page.locator("canvas.large").evaluate((node: any) => node.toDataURL() as string);
    for (const name of ["Discretize output", "Show test data"]) {
      const before = await picture();
      await page.getByLabel(name).check();
      await until(async () => (await picture()) !== before, name);
    }
  });

  test("up to four runs side by side, removed again", async () => {
    for (const count of [2, 3, 4]) {
      await page.getByText("+ Compare another run").click();
      expect(await page.locator(".run").count()).toBe(count);
    }
    expect(await page.getByText("+ Compare another run").count()).toBe(0);
    await page.getByLabel("Optimizer", { exact: true }).selectOption("RMSprop");
    await until(async () => (await addressOf(page)).includes("d.optimizer=RMSprop"), "the fourth run");
    await page.getByLabel("Step one epoch").click();
    await untilEpoch(page, 1);
    for (const name of ["D", "C", "B"]) await page.getByLabel(`Remove run ${name}`).click();
    await until(async () => !/[bcd]\./.test(await addressOf(page)), "one run");
  });

  test("presets set weights by hand: AND, OR, XOR and versicolor", async () => {
    for (const [preset, right] of [
      ["and", 100],
      ["or", 100],
      ["xor", 100],
    ] as const) {
      await page.getByLabel("Presets").selectOption(preset);
      await until(async () => (await numberOf(page, "train-right")) === right, preset);
    }
    await page.getByLabel("Presets").selectOption("versicolor");
    // 145 of 150 are right, by halves.
    const both = async () =>
      ((await numberOf(page, "train-right")) + (await numberOf(page, "test-right"))) / 2;
    await until(async () => Math.abs((await both()) - (100 * 145) / 150) < 0.1, "145 of 150");
  });

  test("one neuron's sliders: steeper, at the same line", async () => {
    await page.getByLabel("Presets").selectOption("one");
    const bias = page.getByLabel("b", { exact: true });
    await until(async () => (await bias.inputValue()) === "-0.5", "the weights of the preset");
    await page.getByLabel("steepness").fill("1");
    await until(async () => (await bias.inputValue()) === "-5", "ten times the weights");
  });

  test("keys play, step and reset; the theme is kept", async () => {
    await page.getByLabel("Presets").selectOption("circle");
    await page.locator("h1").click();
    await page.keyboard.press("s");
    await untilEpoch(page, 1);
    await page.keyboard.press(" ");
    await untilEpoch(page, 5);
    await page.keyboard.press(" ");
    await page.getByLabel("Play").waitFor();
    await page.keyboard.press("r");
    await until(async () => (await epochOf(page)) === 0, "epoch 0");
    await page.getByLabel("Dark colours").click();
    await page.reload();
    await page.getByLabel("Light colours").click();
  });
});

/** Types a number and leaves the field. */
async function fill(field: Locator, text: string): Promise<void> {
  await field.fill(text);
  await field.blur();
}

/** The same below More, which is opened first. */
async function more(page: Page, label: string, text: string): Promise<void> {
  if ((await page.locator("details.more[open]").count()) === 0)
    await page.getByText("More", { exact: true }).click();
  await fill(page.getByLabel(label), text);
}
