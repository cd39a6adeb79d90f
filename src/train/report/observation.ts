/** Watches a run of `fit`, between its steps, and gives what it sees to those who write it down. */
import { warn } from "../../host/messages.js";
import { backend } from "../../kernels/backend.js";
import { quotedPath } from "../../quote.js";
import { version } from "../../version.js";
import type { FitProgress, FitResult } from "../fit-progress.js";
import type { MakeStep, Observed, Observer } from "../observer.js";
import { classified, type Source } from "./classified.js";
import type { Given } from "./given.js";
import { GradientNorms } from "./gradients.js";
import { TimedSteps } from "./kernel-times.js";
import { machineFacts } from "./machine.js";
import { epochRow, Measured } from "./measured.js";
import { ModelTable } from "./model-table.js";
import type { Output } from "./output.js";
import { Pace } from "./pace.js";
import { PageFile } from "./page/page-file.js";
import { thinned } from "./points.js";
import {
  type Classified,
  type EpochRow,
  type Fact,
  FORMAT,
  num,
  numOrNull,
  type Part,
  type RunData,
  type State,
} from "./run-data.js";
import { codeOf, commandLine, dataOf, lengthOf, settingsOf } from "./settings.js";
import { EventFile } from "./tensorboard/event-file.js";
import { type Values, valuesOf, weightRow } from "./weights.js";

/** What only one process of several, or the time before the run, knows. */
export interface Around {
  readonly seed: number;
  readonly ranks: number;
}

/** Milliseconds after which a stretch of steps is ended, which costs one or two. */
const LONGEST_STRETCH = 500;
/** Least milliseconds between two points of the curves, and how many are taken of a run. */
const SHORTEST_SPAN = 10;
const SPANS = 300;
/** Milliseconds that the classification after the last step may take; a long run may spend 1 %. */
const CLASSIFICATION = 1000;
/** Steps that are timed kernel by kernel. */
const MOST_TIMED = 31;
/** Epochs that are listed. */
const MOST_EPOCHS = 500;
const many = "This is not measured in a run of several processes.";

export class Observation implements Observer {
  next = Number.POSITIVE_INFINITY;
  #ready = 0;
  /** Whether the stretch that is under way is a step of its own. */
  #single = false;
  readonly #outputs: readonly Output[];
  readonly #measured = new Measured();
  #epochs: EpochRow[] = [];
  readonly #table: ModelTable;
  readonly #norms: GradientNorms;
  readonly #times = new TimedSteps();
  readonly #started = new Date();
  readonly #machine = machineFacts();
  // 1 % of the time in all, with the pages.
  readonly #normsPace = new Pace(0.004);
  readonly #timesPace = new Pace(0.001, 0.1);
  readonly #weightsPace = new Pace(0.0005, 0.25);
  readonly #before: readonly Values[];
  /** Before the first step: a scheduler changes the learning rate. */
  readonly #settings: readonly Fact[];
  readonly #code: string;
  #values: { all: Values[]; more: number };
  #classified: Part<Classified> = { missing: "This is measured after the last step." };
  #state: State = "running";
  #message = "";
  #event: FitProgress | null = null;
  #seconds = 0;
  #probed = false;
  #failed = new Set<Output>();

  constructor(
    private readonly given: Given,
    private readonly run: Observed & Around,
  ) {
    const { model, options, batchSize, seed } = run;
    this.#settings = settingsOf(options, batchSize, seed);
    this.#code = codeOf(model.constructor.name, options, batchSize, seed);
    this.#norms = new GradientNorms(model);
    this.#values = valuesOf(model);
    this.#before = this.#values.all;
    this.#outputs = [
      ...given.pages.map((page) => new PageFile(page)),
      ...given.folders.map((folder) => new EventFile(folder)),
    ];
    this.#table = new ModelTable(model);
    try {
      for (const output of this.#outputs) output.open(() => this.#data(output.path));
    } catch (error) {
      this.#table.stop();
      throw error;
    }
    for (const output of this.#outputs) output.weights(this.#before, 0);
  }

  epoch(event: FitProgress, samples: number): void {
    this.#event ??= event;
    this.#measured.epoch(event, samples, this.#seconds);
  }

  probe(one: MakeStep): MakeStep | null {
    const make = this.#probe(one);
    this.#single = make !== null;
    return make;
  }

  #probe(one: MakeStep): MakeStep | null {
    if (!this.#probed) {
      this.#probed = true;
      return (batch) => this.#readNorms(batch, one);
    }
    const seconds = this.#seconds;
    const needed = (1000 * seconds) / Math.max(1, this.#event?.step ?? 0);
    if (this.#normsPace.due(seconds, needed))
      return (batch) => this.#normsPace.spend(seconds, () => this.#readNorms(batch, one), needed);
    // The other ranks make such a step eagerly, and would wait for one that is made kernel by kernel.
    if (this.run.ranks > 1) return null;
    const stepper = this.run.stepper();
    if (stepper === null || stepper.recordings.size === 0 || this.#times.steps === MOST_TIMED) return null;
    if (!this.#timesPace.due(seconds, needed)) return null;
    const timed = (batch: unknown) => this.#times.step(stepper, batch, one, this.run.counted);
    return (batch) => this.#timesPace.spend(seconds, () => timed(batch), needed);
  }

  #readNorms(batch: unknown, one: MakeStep): void {
    one(batch);
    const norms = this.#norms.read((this.#event?.step ?? 0) + 1);
    for (const output of this.#outputs) output.norms(norms, this.#norms.names);
  }

  ready(): boolean {
    // A step that was made for its own sake takes longer than others: alone it would be no point of a curve.
    const alone = this.#single;
    this.#single = false;
    return !alone && performance.now() >= this.#ready;
  }

  look(event: FitProgress, samples: number, seconds: number): void {
    this.#take(event, samples, seconds);
    if (event.type === "epoch") {
      this.#epochs.push(epochRow(event, seconds));
      if (this.#epochs.length > 2 * MOST_EPOCHS) this.#epochs = thinned(this.#epochs, MOST_EPOCHS);
      for (const output of this.#outputs) output.epoch(event);
    }
    if (this.#weightsPace.due(seconds, 1)) this.#weightsPace.spend(seconds, () => this.#readWeights());
    for (const output of this.#outputs) this.#write(output, false);
    const span = (1000 * seconds) / SPANS;
    this.#ready = performance.now() + Math.max(SHORTEST_SPAN, span);
    this.next = performance.now() + Math.max(LONGEST_STRETCH, span);
  }

  async end(event: FitProgress, samples: number, result: FitResult, error: unknown): Promise<void> {
    this.#table.stop();
    this.#take(event, samples, result.seconds);
    const { signal } = this.run.options;
    if (error !== undefined && !signal?.aborted) {
      this.#state = "failed";
      this.#message = String((error as Error)?.message ?? error);
    } else if (result.completed && error === undefined) this.#state = "completed";
    else {
      this.#state = "stopped";
      this.#message = signal?.aborted ? "stopped by a signal" : "stopped before the last epoch";
    }
    this.#readWeights();
    await this.#classify();
    for (const output of this.#outputs) this.#write(output, true);
  }

  #take(event: FitProgress, samples: number, seconds: number): void {
    this.#event = event;
    this.#seconds = seconds;
    if (event.step > 0) this.#table.stop();
    const point = this.#measured.take(event, samples, seconds);
    if (point !== null) for (const output of this.#outputs) output.point(point);
  }

  #readWeights(): void {
    this.#values = valuesOf(this.run.model);
    for (const output of this.#outputs) output.weights(this.#values.all, this.#event?.step ?? 0);
  }

  /** A disk may be full for a while: training goes on, with one warning for each file. */
  #write(output: Output, last: boolean): void {
    try {
      output.write(() => this.#data(output.path), this.#seconds, last);
    } catch (error) {
      if (this.#failed.has(output)) return;
      this.#failed.add(output);
      const why = (error as Error).message;
      warn(
        `fit: report: ${quotedPath(output.path)} was not written, training goes on: ${why}`,
        "REPORT_NOT_WRITTEN",
      );
    }
  }

  async #classify(): Promise<void> {
    const page = this.given.pages.find(({ test }) => test !== undefined) ?? this.given.pages[0];
    if (page === undefined) return;
    const { validation } = this.run.options;
    const data = page.test ?? validation;
    if (data === undefined) {
      this.#classified = { missing: "There are neither validation nor test data to measure it on." };
      return;
    }
    const name = page.test === undefined ? "the validation data" : "the test data";
    const source: Source = { name, data, length: lengthOf(data) };
    const milliseconds = Math.max(CLASSIFICATION, 10 * this.#seconds);
    try {
      this.#classified = await classified(this.run.model, source, milliseconds, page);
    } catch (error) {
      this.#classified = { missing: `It could not be measured: ${(error as Error).message}` };
    }
  }

  /** Everything, for the page at `path`. */
  #data(path: string): RunData {
    const { model, options, train } = this.run;
    const page = this.given.pages.find((one) => one.path === path);
    const event = this.#event;
    const table = this.#table.read();
    const before = new Map(this.#before.map((values) => [values.name, values]));
    const { all, more } = this.#values;
    const count = (rows: readonly { numel: number }[]) => rows.reduce((n, { numel }) => n + numel, 0);
    const parameters = model.parameters();
    return {
      ...{ kind: "simdgrad run", format: FORMAT, version, title: page?.title ?? table.name },
      ...{ state: this.#state, message: this.#message },
      ...{ started: this.#started.toISOString(), written: new Date().toISOString() },
      seconds: num(this.#seconds),
      ...{
        epoch: Math.min(event?.epoch ?? 1, options.epochs),
        epochs: options.epochs,
        step: event?.step ?? 0,
      },
      steps: num(event?.steps ?? Number.NaN),
      ...{ loss: num(event?.loss ?? Number.NaN), accuracy: numOrNull(event?.accuracy) },
      resumed: event?.resumed ? String(event.resumed) : null,
      model: table,
      parameters: count(parameters),
      trained: count(parameters.filter(({ requiresGrad }) => requiresGrad)),
      data: dataOf(train, options.validation, page?.classes),
      settings: this.#settings,
      machine: this.#machine,
      curves: this.#measured.curves(),
      epochRows: thinned(this.#epochs, MOST_EPOCHS),
      norms: this.#norms.count > 0 ? this.#norms.all() : { missing: "No step was made yet." },
      weights: {
        rows: all.map((values) => weightRow(values, before.get(values.name))),
        more,
        sampled: all.some(({ sampled }) => sampled),
      },
      classified: this.#classified,
      kernels: this.#kernels(),
      reproduce: {
        command: page?.command ?? commandLine(),
        code: this.#code,
        notes: this.#notes(),
      },
    };
  }

  #kernels(): RunData["kernels"] {
    // On the JavaScript core the limits take half a second to measure.
    if (this.#times.steps > 0) return this.#times.read(this.#state !== "running" || backend.name !== "js");
    if (this.run.ranks > 1) return { missing: many };
    if (this.run.stepper() === null)
      return { missing: "Only compiled steps are timed kernel by kernel; these ran eagerly." };
    return {
      missing: `No step was timed${this.#state === "running" ? " yet" : ""}: it takes so small a share of the time that it begins after a second.`,
    };
  }

  #notes(): string[] {
    const { seed, shuffle } = this.run.options;
    const notes = [
      "One seed gives the same bits on any number of threads and with any instruction set of the native backend.",
    ];
    if (seed === undefined && shuffle)
      notes.push("fit had no seed: the order of the samples came from the generator of manualSeed.");
    return notes;
  }
}
