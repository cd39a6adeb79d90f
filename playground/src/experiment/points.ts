/**
 * The points of an experiment as tensors. The code that the page shows (code/typescript.ts) makes the same
 * calls of the library in the same order; a test compares the losses bit by bit.
 */
import { data, Generator, randperm, stack, type Tensor, tensor } from "simdgrad";
import { dataChoices, type PlaneFeature } from "../state/choices.js";
import type { Settings } from "../state/settings.js";
import type { CsvPlan } from "./csv-plan.js";
import type { LabelledRows } from "./rows.js";

/** The most rows of a file that an experiment uses, drawn at random. */
export const mostRows = 2000;

export type Task = "binary" | "classes" | "regression";

export interface Points {
  /** float32 [samples, inputs], and their answers: [samples, 1], or int32 [samples] for several classes. */
  readonly trainX: Tensor;
  readonly trainY: Tensor;
  readonly testX: Tensor;
  readonly testY: Tensor;
  readonly task: Task;
  readonly columns: readonly string[];
  readonly classes: readonly string[];
  /** All points by column as the network sees them, before features are made: training points first. */
  readonly table: Tensor;
  readonly trained: number;
  /** Rows that the file has, if it is a file. */
  readonly rows?: number;
}

const corner = {
  and: [0, 0, 0, 1],
  or: [0, 1, 1, 1],
  corners: [0, 1, 1, 0],
};

/** How many of `n` points train: at least one, and at least one is left. */
export const trainedOf = (n: number, share: number) =>
  Math.min(n - 1, Math.max(1, Math.round((n * share) / 100)));

const columnsOf = (x: Tensor, inputs: readonly string[]): Tensor =>
  stack(
    inputs.map((column) => x.select(1, Number(column))),
    1,
  );

const features: Record<PlaneFeature, (x1: Tensor, x2: Tensor) => Tensor> = {
  x: (x1) => x1,
  y: (_, x2) => x2,
  xx: (x1) => x1.square(),
  yy: (_, x2) => x2.square(),
  xy: (x1, x2) => x1.mul(x2),
  sinx: (x1) => x1.sin(),
  siny: (_, x2) => x2.sin(),
};

/** The inputs of the network, from points by column. */
export function inputsOf({ data, inputs }: Pick<Settings, "data" | "inputs">, table: Tensor): Tensor {
  if (dataChoices[data].kind === "table") return columnsOf(table, inputs);
  const [x1, x2] = [table.select(1, 0), table.select(1, 1)];
  return stack(
    inputs.map((input) => features[input as PlaneFeature](x1, x2)),
    1,
  );
}

interface Parts {
  table: Tensor;
  y: Tensor;
  task: Task;
  trained: number;
  classes?: readonly string[];
  columns?: readonly string[];
  rows?: number;
  /** Test points are the training points: there are only these. */
  same?: boolean;
}

function ready(settings: Settings, parts: Parts): Points {
  const { table, y, task, trained, same = false } = parts;
  const choice = dataChoices[settings.data];
  const { columns = choice.columns, classes = choice.classes } = parts;
  const x = inputsOf(settings, table);
  const rest = x.shape[0]! - trained;
  const [from, count] = same ? [0, trained] : [trained, rest];
  return {
    ...{ trainX: x.narrow(0, 0, trained), trainY: y.narrow(0, 0, trained) },
    ...{ testX: x.narrow(0, from, count), testY: y.narrow(0, from, count) },
    ...{ task, columns, classes, table, trained, rows: parts.rows },
  };
}

const column = (y: Tensor): Tensor => y.float().unsqueeze(1);

/** Rows in a random order, scaled by what trains the network. */
function ofTable(settings: Settings, { x, y, classes, features: columns }: LabelledRows): Points {
  const rows = x.shape[0]!;
  const used = Math.min(rows, mostRows);
  const order = randperm(rows, { generator: new Generator(settings.dataSeed) }).narrow(0, 0, used);
  const trained = trainedOf(used, settings.share);
  const all = x.indexSelect(0, order);
  const answers = y.indexSelect(0, order);
  const scaler = new data.StandardScaler().fit(all.narrow(0, 0, trained));
  const table = scaler.transform(all);
  const common = { table, trained, classes, columns, rows };
  if (classes.length > 2) return ready(settings, { ...common, y: answers, task: "classes" });
  const single = column(answers);
  if (classes.length > 0) return ready(settings, { ...common, y: single, task: "binary" });
  const scaledY = new data.StandardScaler().fit(single.narrow(0, 0, trained)).transform(single);
  return ready(settings, { ...common, y: scaledY, task: "regression" });
}

/** What reads tables: the parser is half of the Worker's own code, and the first picture does not need it. */
const tables = () => import("./rows.js");

/** The points of an experiment. `file`: the plan of the CSV file that was chosen. */
export async function makePoints(settings: Settings, file?: CsvPlan): Promise<Points> {
  const { data: name, points: n, noise, share, dataSeed } = settings;
  switch (name) {
    case "and":
    case "or":
    case "corners": {
      const table = tensor([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      const y = tensor(corner[name]).unsqueeze(1);
      return ready(settings, { table, y, task: "binary", trained: 4, same: true });
    }
    case "iris":
      return ofTable(settings, (await tables()).irises());
    case "versicolor": {
      const { x, y } = (await tables()).irises();
      const order = randperm(150, { generator: new Generator(dataSeed) });
      const table = x.narrow(1, 2, 2).indexSelect(0, order);
      const answers = column(y.eq(1).indexSelect(0, order));
      return ready(settings, { table, y: answers, task: "binary", trained: trainedOf(150, share) });
    }
    case "file": {
      if (file === undefined) throw new Error("no CSV file is open: drop one on the page");
      return ofTable(settings, await (await tables()).readPlanned(file));
    }
    default: {
      const { x, y } = data.playground[name]({ n, noise, seed: dataSeed });
      const regression = dataChoices[name].task === "regression";
      return ready(settings, {
        ...{ table: x, y: regression ? y : column(y), task: regression ? "regression" : "binary" },
        trained: trainedOf(n, share),
      });
    }
  }
}
