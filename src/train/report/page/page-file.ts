/** The page of a run, replaced while the run goes on. */
import { writeFileAtomicSync } from "../../../io/atomic.js";
import type { ReportOptions } from "../../report-options.js";
import type { Output } from "../output.js";
import { Pace } from "../pace.js";
import type { RunData } from "../run-data.js";
import { runPage } from "./run-page.js";

/** Milliseconds for the first page, before one was measured. */
const GUESS = 10;

export class PageFile implements Output {
  readonly path: string;
  readonly #pace = new Pace(0.003, 1);

  constructor(page: ReportOptions & { readonly path: string }) {
    this.path = page.path;
  }

  open(data: () => RunData): void {
    this.#replace(data);
  }

  point(): void {}
  epoch(): void {}
  norms(): void {}
  weights(): void {}

  write(data: () => RunData, seconds: number, last: boolean): void {
    if (last) this.#replace(data);
    else if (this.#pace.due(seconds, GUESS)) this.#pace.spend(seconds, () => this.#replace(data));
  }

  #replace(data: () => RunData): void {
    writeFileAtomicSync("fit: report", this.path, [Buffer.from(runPage(data()))]);
  }
}
