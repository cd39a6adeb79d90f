/** The data, the settings and the way to repeat a run, in words. */
import { DataLoader } from "../../data/dataloader.js";
import { formatShape } from "../../errors.js";
import type { Optimizer } from "../../optim/optimizer.js";
import { Tensor } from "../../tensor/tensor.js";
import type { TrainingData } from "../batches.js";
import type { ResolvedOptions } from "../fit-options.js";
import type { Fact } from "./run-data.js";

const written = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" || value === null
    ? String(value)
    : Array.isArray(value)
      ? `[${value.map(written).join(", ")}]`
      : String(value);

/** The hyperparameters of each group, as they are now. */
const groupsOf = ({ paramGroups }: Optimizer<any>) =>
  paramGroups.map(({ params: _, ...options }) => options as Record<string, unknown>);

const nameOf = (given: unknown): string =>
  typeof given === "function"
    ? given.name || "a function"
    : ((given as object).constructor?.name ?? "an object");

/** Settings of a run before its first step. */
export function settingsOf(
  options: ResolvedOptions,
  batchSize: number | undefined,
  seedBefore: number,
): Fact[] {
  const { optimizer, loss, scheduler, schedulerUnit, epochs, seed, shards, checkpoint } = options;
  const facts: Fact[] = [["optimizer", nameOf(optimizer)]];
  const groups = groupsOf(optimizer);
  for (const [i, group] of groups.entries())
    for (const [name, value] of Object.entries(group))
      facts.push([groups.length === 1 ? name : `${name}, group ${i + 1}`, written(value)]);
  facts.push(
    ["loss", loss === undefined ? "cross-entropy" : nameOf(loss)],
    ["scheduler", scheduler === undefined ? "none" : `${nameOf(scheduler)}, after each ${schedulerUnit}`],
    ["epochs", String(epochs)],
    ["batch size", batchSize === undefined ? "not known: batches are given" : String(batchSize)],
    ["seed of fit", seed === undefined ? "none" : String(seed)],
    ["seed of manualSeed", String(seedBefore)],
    ["steps", options.compile === false ? "eager" : "compiled"],
  );
  if (shards !== undefined) facts.push(["shards", String(shards)]);
  if (checkpoint !== undefined) facts.push(["checkpoint", String(checkpoint)]);
  return facts;
}

/** Sizes of the data, and the classes if there are names. */
export function dataOf(
  train: TrainingData,
  validation: TrainingData | undefined,
  classes?: readonly string[],
): Fact[] {
  const facts: Fact[] = [...sizesOf("training", train)];
  if (validation !== undefined) facts.push(...sizesOf("validation", validation));
  else facts.push(["validation", "none"]);
  if (classes !== undefined) facts.push(["classes", `${classes.length}: ${start(classes)}`]);
  return facts;
}

/** The first names. */
const start = (names: readonly string[]) =>
  `${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}`;

function sizesOf(name: string, data: TrainingData): Fact[] {
  const set: unknown = data instanceof DataLoader ? data.dataset : data;
  const length = lengthOf(data);
  const facts: Fact[] = [
    [name, length === null ? "not known: batches are given" : `${count(length)} samples`],
  ];
  const tensors = (set as { tensors?: unknown }).tensors;
  if (!Array.isArray(tensors) || !tensors.every((x) => x instanceof Tensor)) return facts;
  const [x, y] = tensors as Tensor[];
  const sample = (t: Tensor) => `${formatShape(t.shape.slice(1))} ${t.dtype}`;
  facts.push([`${name}: a sample`, sample(x)]);
  if (y !== undefined) facts.push([`${name}: a target`, sample(y)]);
  return facts;
}

export const count = (n: number): string => Math.round(n).toLocaleString("en-US");

/** Number of samples; null for batches that do not tell. */
export function lengthOf(data: TrainingData): number | null {
  const set: unknown = data instanceof DataLoader ? data.dataset : data;
  const { length, batch, get } = set as { length?: unknown; batch?: unknown; get?: unknown };
  const isSet = typeof batch === "function" || typeof get === "function";
  return isSet && typeof length === "number" ? length : null;
}

/** A word of a shell command, quoted if it must be. */
const shellWord = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command line of this process. */
export function commandLine(): string {
  const [, script = "", ...args] = process.argv;
  const { execArgv } = process;
  const path = script.startsWith(process.cwd()) ? script.slice(process.cwd().length + 1) : script;
  return ["node", ...execArgv, path, ...args]
    .filter((word) => word !== "")
    .map(shellWord)
    .join(" ");
}

/** The call of `fit` with what is known of it. */
export function codeOf(
  model: string,
  options: ResolvedOptions,
  batchSize: number | undefined,
  seedBefore: number,
): string {
  const { optimizer, loss, scheduler, schedulerUnit, epochs, shuffle, seed, shards, compile } = options;
  const groups = groupsOf(optimizer);
  const fields = (group: Record<string, unknown>) =>
    Object.entries(group)
      .map(([name, value]) => `${name}: ${written(value)}`)
      .join(", ");
  const given: string[] = [
    groups.length === 1
      ? `optimizer: new optim.${nameOf(optimizer)}(model.parameters(), { ${fields(groups[0])} })`
      : `optimizer, // ${nameOf(optimizer)} with ${groups.length} groups`,
  ];
  if (loss !== undefined) given.push(`loss, // ${nameOf(loss)}`);
  if (scheduler !== undefined)
    given.push(`scheduler, // ${nameOf(scheduler)}`, `schedulerUnit: "${schedulerUnit}"`);
  given.push(`epochs: ${epochs}`);
  if (batchSize !== undefined) given.push(`batchSize: ${batchSize}`);
  if (!shuffle) given.push("shuffle: false");
  if (seed !== undefined) given.push(`seed: ${seed}`);
  if (shards !== undefined) given.push(`shards: ${shards}`);
  if (compile === false) given.push("compile: false");
  const lines = given.map((field) => {
    const [code, comment] = field.split(", // ");
    return comment === undefined ? `  ${code},` : `  ${code}, // ${comment}`;
  });
  return [
    `manualSeed(${seedBefore}); // before the model is made`,
    `const model = …; // ${model}`,
    "await fit(model, train, {",
    ...lines,
    "});",
  ].join("\n");
}
