/** The experiment in PyTorch. Its random numbers are others; everything else is the same. */
import { csvOptions } from "../experiment/csv-plan.js";
import { dataChoices, type PlaneFeature, planeFeatures } from "../state/choices.js";
import { optionsOf } from "../state/optimizers.js";
import type { Settings } from "../state/settings.js";
import { type CodeFacts, epochsShown } from "./typescript.js";

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A value as Python writes it. */
function python(value: unknown): string {
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `(${value.map(python).join(", ")})`;
  return JSON.stringify(value);
}

const uniform = (low: string, high: string) => `torch.empty(n).uniform_(${low}, ${high})`;
const moved = (noise: number, size: number) =>
  noise === 0
    ? ["u, v = x1, x2"]
    : [
        `u, v = x1 + ${noise} * ${uniform(`-${size}`, `${size}`)}, x2 + ${noise} * ${uniform(`-${size}`, `${size}`)}`,
      ];

/** Statements that make `x1`, `x2` and `y` of the generated data sets. */
function generated({ data, noise }: Settings): string[] {
  switch (data) {
    case "circle":
      return [
        `radius = torch.cat([${uniform("0", "2.5")}[: n // 2], ${uniform("3.5", "5")}[n // 2 :]])`,
        `angle = ${uniform("0", "2 * math.pi")}`,
        "x1, x2 = radius * angle.sin(), radius * angle.cos()",
        ...moved(noise, 5),
        "y = (torch.hypot(u, v) < 2.5).float()",
      ];
    case "xor":
      return [
        `x1, x2 = (a + 0.3 * a.sign() for a in (${uniform("-5", "5")}, ${uniform("-5", "5")}))`,
        ...moved(noise, 5),
        "y = (u * v >= 0).float()",
      ];
    case "gaussian":
      return [
        "y = (torch.arange(n) < n / 2).float()",
        `x1, x2 = (4 * y - 2 + ${(0.5 + 7 * noise) ** 0.5} * torch.randn(n) for _ in range(2))`,
      ];
    case "spiral":
      return [
        "y = (torch.arange(n) < n / 2).float()",
        "along = torch.arange(n) % ((n + 1) // 2) / (n / 2)",
        "angle = 1.75 * 2 * math.pi * along + math.pi * (1 - y)",
        `x1 = 5 * along * angle.sin() + ${noise} * ${uniform("-1", "1")}`,
        `x2 = 5 * along * angle.cos() + ${noise} * ${uniform("-1", "1")}`,
      ];
    case "plane":
      return [
        `x1, x2 = ${uniform("-6", "6")}, ${uniform("-6", "6")}`,
        ...moved(noise, 6),
        "y = (u + v) / 10",
      ];
    default:
      return [
        `x1, x2 = ${uniform("-6", "6")}, ${uniform("-6", "6")}`,
        ...moved(noise, 6),
        "y = torch.zeros(n)",
        "for cx, cy, sign in [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]:",
        "    cone = (1 - torch.hypot(u - cx, v - cy) / 2).clamp(0, 1)",
        "    y = torch.where(cone > y.abs(), sign * cone, y)",
      ];
  }
}

const corners = { and: "0, 0, 0, 1", or: "0, 1, 1, 1", corners: "0, 1, 1, 0" } as const;

function tableLines(settings: Settings, { file, task, trained, total }: CodeFacts): string[] {
  const lines: string[] = [];
  if (settings.data === "file" && file !== undefined) {
    const { columns = {} } = csvOptions(file);
    const header = file.header ? "" : ", header=None";
    lines.push(`table = pd.read_csv(${python(file.name)}, sep=${python(file.delimiter)}${header}).dropna()`);
    const key = (name: string) => (file.header ? python(name) : name);
    const skipped = Object.keys(columns).filter((name) => columns[name] === "skip");
    if (skipped.length > 0) lines.push(`table = table.drop(columns=[${skipped.map(key).join(", ")}])`);
    const answer = Object.keys(columns).find(
      (name) => columns[name] === "label" || columns[name] === "target",
    )!;
    lines.push(`answer = table.pop(${key(answer)})`);
    lines.push('x = torch.tensor(pd.get_dummies(table).to_numpy(dtype="float32"))');
    if (task === "regression") lines.push('y = torch.tensor(answer.to_numpy(dtype="float32"))');
    else lines.push("y = torch.tensor(pd.factorize(answer, sort=True)[0])");
  } else lines.push("x, y = (torch.as_tensor(a) for a in load_iris(return_X_y=True))", "x = x.float()");
  if (settings.data === "versicolor") lines.push("x, y = x[:, 2:], (y == 1).float()");
  lines.push(`order = torch.randperm(len(x))[:${total}]`, "x, y = x[order], y[order]");
  if (dataChoices[settings.data].scaled)
    lines.push(`x = (x - x[:${trained}].mean(0)) / x[:${trained}].std(0, correction=0).clamp_min(1e-12)`);
  if (task === "regression") lines.push(`y = (y - y[:${trained}].mean()) / y[:${trained}].std(correction=0)`);
  lines.push(`inputs = x[:, [${settings.inputs.join(", ")}]]`);
  lines.push(task === "classes" ? "answers = y" : "answers = y.float().unsqueeze(1)");
  return lines;
}

function dataLines(settings: Settings, facts: CodeFacts): string[] {
  const { data, inputs, points } = settings;
  if (dataChoices[data].kind === "table") return tableLines(settings, facts);
  const features = `inputs = torch.stack([${inputs.map((key) => planeFeatures[key as PlaneFeature].python).join(", ")}], 1)`;
  if (data === "and" || data === "or" || data === "corners")
    return [
      "x1, x2 = torch.tensor([[0.0, 0, 1, 1], [0, 1, 0, 1]])",
      features,
      `answers = torch.tensor([[${corners[data].replaceAll(", ", "], [")}]]).float()`,
    ];
  return [
    `n = ${points}`,
    ...generated(settings),
    features,
    "answers = y.unsqueeze(1)",
    "order = torch.randperm(n)",
    "inputs, answers = inputs[order], answers[order]",
  ];
}

function modelLines({ hidden, activation, dropout, init, inputs }: Settings, outputs: number): string[] {
  const sizes = [inputs.length, ...hidden, outputs];
  const drop = dropout > 0 ? `, nn.Dropout(${dropout})` : "";
  const rows = sizes.slice(1).map((size, i) => {
    const linear = `nn.Linear(${sizes[i]}, ${size})`;
    return i === hidden.length ? `    ${linear},` : `    ${linear}, nn.${activation}()${drop},`;
  });
  const lines = ["model = nn.Sequential(", ...rows, ")"];
  const calls = {
    ...{ default: "", normal: "normal_(w)", small: "uniform_(w, -0.05, 0.05)", zeros: "zeros_(w)" },
    ...{ xavierUniform: "xavier_uniform_(w)", xavierNormal: "xavier_normal_(w)" },
    kaimingUniform: 'kaiming_uniform_(w, nonlinearity="relu")',
    kaimingNormal: 'kaiming_normal_(w, nonlinearity="relu")',
  };
  if (calls[init] !== "")
    lines.push(
      "for w in model.parameters():",
      `    nn.init.${calls[init]} if w.ndim == 2 else nn.init.zeros_(w)`,
    );
  return lines;
}

const losses = { binary: "BCEWithLogitsLoss", classes: "CrossEntropyLoss", regression: "MSELoss" };

function changeLines({ changes }: Settings): { first: string[]; later: string[] } {
  const set = ({ name, index, value }: Settings["changes"][number]) =>
    name === "lr"
      ? `optimizer.param_groups[0]["lr"] = ${value}`
      : `model.get_parameter("${name}").data.view(-1)[${index}] = ${value}`;
  const shown = changes.filter(({ epoch }) => epoch <= epochsShown);
  return {
    first: shown.filter(({ epoch }) => epoch === 0).map(set),
    later: shown
      .filter(({ epoch }) => epoch > 0)
      .flatMap((change) => [`    if epoch == ${change.epoch}:`, `        ${set(change)}`]),
  };
}

export function pytorchCode(settings: Settings, facts: CodeFacts): string {
  const { data, seed, batch, optimizer, lr, options, penalty, rate, patience } = settings;
  const { trained, task, outputs } = facts;
  const table = dataChoices[data].kind === "table";
  const same = data === "and" || data === "or" || data === "corners";
  const settingsText = Object.entries({ lr, ...optionsOf(optimizer, options) })
    .map(([name, value]) => `${snake(name)}=${python(value)}`)
    .join(", ");
  const penalized = penalty !== "none" && rate !== 0;
  const sum = penalty === "l1" ? `${rate} * sum(w.abs().sum()` : `${rate / 2} * sum(w.square().sum()`;
  const changes = changeLines(settings);
  const stops = patience > 0;
  const test = same ? "inputs, answers" : `inputs[${trained}:], answers[${trained}:]`;
  return [
    ...(data === "circle" || data === "spiral" ? ["import math", ""] : []),
    ...(stops ? ["import copy", ""] : []),
    ...(data === "file" ? ["import pandas as pd"] : []),
    "import torch",
    "from torch import nn, optim",
    ...(table && data !== "file" ? ["from sklearn.datasets import load_iris"] : []),
    "from torch.utils.data import DataLoader, TensorDataset",
    "",
    `torch.manual_seed(${seed})`,
    ...dataLines(settings, facts),
    `train_x, train_y = inputs[:${trained}], answers[:${trained}]`,
    `test_x, test_y = ${test}`,
    "",
    ...modelLines(settings, outputs),
    `optimizer = optim.${optimizer}(model.parameters(), ${settingsText})`,
    `loss_fn = nn.${losses[task]}()`,
    `loader = DataLoader(TensorDataset(train_x, train_y), batch_size=${batch}, shuffle=True)`,
    ...changes.first,
    ...(stops ? ['best, best_epoch, best_weights = float("inf"), 0, None'] : []),
    "",
    `for epoch in range(1, ${epochsShown + 1}):`,
    "    model.train()",
    "    for x, y in loader:",
    "        optimizer.zero_grad()",
    "        loss = loss_fn(model(x), y)",
    ...(penalized ? [`        loss = loss + ${sum} for w in model.parameters() if w.ndim == 2)`] : []),
    "        loss.backward()",
    "        optimizer.step()",
    ...changes.later,
    "    model.eval()",
    "    with torch.no_grad():",
    "        trained = loss_fn(model(train_x), train_y).item()",
    "        tested = loss_fn(model(test_x), test_y).item()",
    "    print(epoch, trained, tested)",
    ...(stops
      ? [
          "    if tested < best:",
          "        best, best_epoch, best_weights = tested, epoch, copy.deepcopy(model.state_dict())",
          `    elif epoch - best_epoch >= ${patience}:`,
          "        model.load_state_dict(best_weights)",
          "        break",
        ]
      : []),
    "",
  ].join("\n");
}
