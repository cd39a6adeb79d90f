/** The page of a sweep, written again after each run. */
import type { SweepData } from "../train/report/index.js";
import { describeBackend } from "./engine.js";
import { describeFailure } from "./failure.js";
import { commandWithSeed } from "./repeat.js";
import type { SweepRun } from "./sweep-report.js";
import { count, printError } from "./terminal.js";

const varied = ["width", "depth", "lr", "batch", "activation", "optimizer"] as const;

/** A page is written at most once a second, and takes at most 1 % of the time. */
const LEAST = 1000;

/** What the page needs of the flags. */
interface PageFlags {
  report?: string;
  epochs: number;
  seed: number;
}

type Write = (path: string, sweep: SweepData) => void;

export class SweepPage {
  #next = Number.NEGATIVE_INFINITY;
  #warned = false;

  /** The code of pages is loaded only when a page is asked for. */
  static async open(
    flags: PageFlags,
    combinations: number,
    train: { length: number },
    validation: { length: number },
  ): Promise<SweepPage> {
    const { writeSweep, machineFacts } = await import("../train/report/index.js");
    const facts: SweepData["facts"] = [
      ["training images", count(train.length)],
      ["validation images", count(validation.length)],
      ["epochs", String(flags.epochs)],
      ["seed", String(flags.seed)],
      ["trained on", describeBackend()],
      ...machineFacts(),
    ];
    return new SweepPage(flags, combinations, facts, writeSweep);
  }

  private constructor(
    private readonly flags: PageFlags,
    private readonly combinations: number,
    private readonly facts: SweepData["facts"],
    private readonly writePage: Write,
  ) {}

  /**
   * `runs`: best first. The first page throws the error of writing it; later ones warn once, since the runs
   * count more than their page.
   */
  write(runs: readonly SweepRun[], running: boolean): void {
    const { flags, combinations, facts } = this;
    const start = performance.now();
    if (running && start < this.#next) return;
    const sweep = { runs: runs.map((run) => ({ ...run })), varied, combinations, running, facts };
    try {
      this.writePage(flags.report!, { ...sweep, command: commandWithSeed(flags) });
    } catch (error) {
      if (this.#next === Number.NEGATIVE_INFINITY) throw error;
      if (!this.#warned)
        printError(
          `simdgrad sweep: the page was not written, the sweep goes on: ${describeFailure(error).text}`,
        );
      this.#warned = true;
    }
    this.#next = performance.now() + Math.max(LEAST, 100 * (performance.now() - start));
  }
}
