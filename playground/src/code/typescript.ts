/**
 * The experiment as a program for Node. It makes the same calls of the library in the same order as
 * experiment/points.ts, network.ts and experiment.ts, and so prints the losses of the page to the last bit.
 */
import { type CsvPlan, csvOptions } from "../experiment/csv-plan.js";
import { dataChoices, initialisers, type PlaneFeature, planeFeatures } from "../state/choices.js";
import { optionsOf } from "../state/optimizers.js";
import type { Settings } from "../state/settings.js";

/** What the code says of a file: its plan, and how its rows are used. */
export type FileFacts = Omit<CsvPlan, "file">;

export interface CodeFacts {
  /** `js` where the page runs on the JavaScript core: Node then has to, too, for the same bits. */
  readonly backend: string;
  readonly file?: FileFacts;
  /** Points that train, classes and columns, as the Worker counted them. */
  readonly trained: number;
  readonly total: number;
  readonly outputs: number;
  readonly task: "binary" | "classes" | "regression";
}

export const epochsShown = 100;

/** A value as TypeScript writes it. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    return `${name}: ${literal(inner)}`;
  });
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Names that a program imports, collected as it is written. */
type Uses = (...names: string[]) => void;

const column = "y.float().unsqueeze(1)";

function tableLines(settings: Settings, facts: CodeFacts, read: string, use: Uses): string[] {
  const { dataSeed, inputs } = settings;
  const { trained, total, task } = facts;
  use("Generator", "randperm", "stack");
  const lines = [
    read,
    `const order = randperm(x.shape[0], { generator: new Generator(${dataSeed}) }).narrow(0, 0, ${total});`,
    "const rows = x.indexSelect(0, order);",
    `const scaler = new data.StandardScaler().fit(rows.narrow(0, 0, ${trained}));`,
    "const table = scaler.transform(rows);",
  ];
  if (task === "classes") lines.push("const answers = y.indexSelect(0, order);");
  else lines.push("const answers = y.indexSelect(0, order).float().unsqueeze(1);");
  if (task === "regression")
    lines.push(
      `const targets = new data.StandardScaler().fit(answers.narrow(0, 0, ${trained})).transform(answers);`,
    );
  const selected = inputs.map((input) => `table.select(1, ${input})`).join(", ");
  return [...lines, `const inputs = stack([${selected}], 1);`];
}

/** Statements that make `inputs`, and the name of their answers. */
function dataLines(settings: Settings, facts: CodeFacts, use: Uses): { lines: string[]; answers: string } {
  const { data, points: n, noise, dataSeed: seed } = settings;
  const choice = dataChoices[data];
  if (data === "iris")
    return {
      lines: tableLines(settings, facts, "const { x, y } = data.iris();", use),
      answers: "answers",
    };
  if (data === "file" && facts.file !== undefined) {
    const options = literal(csvOptions(facts.file));
    const read = `const { x, y } = await data.readCsv(${JSON.stringify(facts.file.name)}, ${options});`;
    const lines = tableLines(settings, facts, read.replace("{ x, y }", "{ x, y: all }"), use);
    lines.splice(1, 0, "const y = all!;");
    return { lines, answers: facts.task === "regression" ? "targets" : "answers" };
  }
  if (data === "versicolor") {
    use("Generator", "randperm", "stack");
    const selected = settings.inputs.map((input) => `table.select(1, ${input})`).join(", ");
    return {
      lines: [
        "const { x, y } = data.iris();",
        `const order = randperm(150, { generator: new Generator(${seed}) });`,
        "const table = x.narrow(1, 2, 2).indexSelect(0, order); // length and width of the petals",
        "const answers = y.eq(1).indexSelect(0, order).float().unsqueeze(1); // versicolor or not",
        `const inputs = stack([${selected}], 1);`,
      ],
      answers: "answers",
    };
  }
  use("stack");
  const made = settings.inputs.map((input) => planeFeatures[input as PlaneFeature].code);
  const features = [
    "const [x1, x2] = [x.select(1, 0), x.select(1, 1)];",
    `const inputs = stack([${made.join(", ")}], 1);`,
  ];
  if (data === "and" || data === "or" || data === "corners") {
    use("tensor");
    const answers = { and: "0, 0, 0, 1", or: "0, 1, 1, 1", corners: "0, 1, 1, 0" }[data];
    return {
      lines: [
        "const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);",
        `const answers = tensor([${answers}]).unsqueeze(1);`,
        ...features,
      ],
      answers: "answers",
    };
  }
  const lines = [`const { x, y } = data.playground.${data}(${literal({ n, noise, seed })});`, ...features];
  if (choice.task === "regression") return { lines, answers: "y" };
  return { lines: [...lines, `const answers = ${column};`], answers: "answers" };
}

function modelLines(settings: Settings, facts: CodeFacts): string[] {
  const { hidden, activation, dropout, init } = settings;
  const sizes = [settings.inputs.length, ...hidden, facts.outputs];
  const rows = sizes.slice(1).map((size, i) => {
    const linear = `new nn.Linear(${sizes[i]}, ${size})`;
    if (i === hidden.length) return `  ${linear},`;
    const drop = dropout > 0 ? `, new nn.Dropout(${dropout})` : "";
    return `  ${linear}, new nn.${activation}()${drop},`;
  });
  const lines = ["const model = new nn.Sequential(", ...rows, ");"];
  const { call } = initialisers[init];
  if (call !== "")
    lines.push(
      "for (const w of model.parameters())",
      `  if (w.ndim === 2) nn.init.${call};`,
      "  else nn.init.zeros_(w);",
    );
  return lines;
}

function penaltyLine({ penalty, rate }: Settings): string[] {
  if (penalty === "none" || rate === 0) return [];
  const [size, factor] = penalty === "l1" ? ["w.abs().sum()", rate] : ["w.square().sum()", rate / 2];
  return [
    "const weights = model.parameters().filter((w) => w.ndim === 2);",
    `const penalty = () => weights.map((w) => ${size}).reduce((a, b) => a.add(b)).mul(${factor});`,
  ];
}

/** Statements for what was set by hand: before the first epoch, and after others. */
function changeLines({ changes }: Settings): { helper: string[]; first: string[]; later: string[] } {
  const shown = changes.filter(({ epoch }) => epoch <= epochsShown);
  const one = ({ name, index, value }: (typeof changes)[number]) =>
    name === "lr"
      ? `for (const group of optimizer.paramGroups) group.lr = ${value};`
      : `set("${name}", ${index}, ${value});`;
  const first = shown.filter(({ epoch }) => epoch === 0).map(one);
  const later = shown
    .filter(({ epoch }) => epoch > 0)
    .map((change) => `  if (epoch === ${change.epoch}) ${one(change)}`);
  const helper = shown.some(({ name }) => name !== "lr")
    ? [
        "const parameters = new Map(model.namedParameters());",
        "const set = (name: string, index: number, value: number) =>",
        "  noGrad(() => parameters.get(name)!.view(-1).narrow(0, index, 1).fill_(value));",
      ]
    : [];
  return { helper, first, later };
}

const lossNames = { binary: "BCEWithLogitsLoss", classes: "CrossEntropyLoss", regression: "MSELoss" };

/** A program that trains as the page does, and prints the losses of 100 epochs. */
export function typescriptCode(settings: Settings, facts: CodeFacts): string {
  const names = new Set(["compile", "data", "manualSeed", "nn", "noGrad", "optim", "type Tensor"]);
  const use: Uses = (...more) => {
    for (const name of more) names.add(name);
  };
  const { seed, batch, patience, optimizer, lr, options } = settings;
  const { trained, total } = facts;
  const { lines: dataPart, answers } = dataLines(settings, facts, use);
  const changes = changeLines(settings);
  const penalty = penaltyLine(settings);
  const same = settings.data === "and" || settings.data === "or" || settings.data === "corners";
  const test = same ? `0, 0, ${trained}` : `0, ${trained}, ${total - trained}`;
  const stopping = patience > 0;
  if (stopping) use("train");
  if (facts.backend === "js") use("backend");
  const loss = "lossFn.forward(model.forward(x), y)";
  const sorted = [...names].sort((a, b) => a.replace("type ", "").localeCompare(b.replace("type ", "")));
  return [
    `import { ${sorted.join(", ")} } from "simdgrad";`,
    "",
    ...(facts.backend === "js" ? ['backend.use("js"); // this page has no WebAssembly'] : []),
    ...dataPart,
    `const [trainX, trainY] = [inputs.narrow(0, 0, ${trained}), ${answers}.narrow(0, 0, ${trained})];`,
    `const [testX, testY] = [inputs.narrow(${test}), ${answers}.narrow(${test})];`,
    "",
    `manualSeed(${seed});`,
    ...modelLines(settings, facts),
    `const optimizer = new optim.${optimizer}(model.parameters(), ${literal({ lr, ...optionsOf(optimizer, options) })});`,
    `const lossFn = new nn.${lossNames[facts.task]}();`,
    "const loader = new data.DataLoader(new data.TensorDataset(trainX, trainY), {",
    `  batchSize: ${batch}, shuffle: true, seed: ${seed},`,
    "});",
    ...penalty,
    ...changes.helper,
    ...changes.first,
    ...(stopping ? [`const stopping = new train.EarlyStopping({ patience: ${patience} });`] : []),
    "",
    "const step = compile((x: Tensor, y: Tensor) => {",
    "  optimizer.zeroGrad();",
    `  const loss = ${loss}${penalty.length > 0 ? ".add(penalty())" : ""};`,
    "  loss.backward();",
    "  optimizer.step();",
    "});",
    `const lossOf = (x: Tensor, y: Tensor) => noGrad(() => ${loss}.item());`,
    "",
    `for (let epoch = 1; epoch <= ${epochsShown}; epoch++) {`,
    "  model.train();",
    "  for (const [x, y] of loader) step(x, y);",
    ...changes.later,
    "  model.eval();",
    ...(stopping
      ? [
          "  const [trained, tested] = [lossOf(trainX, trainY), lossOf(testX, testY)];",
          "  console.log(epoch, trained, tested);",
          "  if (stopping.step(tested, model)) break;",
        ]
      : ["  console.log(epoch, lossOf(trainX, trainY), lossOf(testX, testY));"]),
    "}",
    ...(stopping ? ["if (stopping.stopped) stopping.restore(model); // the weights of the best epoch"] : []),
    "",
  ].join("\n");
}
