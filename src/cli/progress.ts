import { type Options, SingleBar } from "cli-progress";
import { worldSize } from "../distributed/index.js";
import type { FitProgress } from "../index.js";
import { clock, colors, count, type Field, fitFields, isTerminal, percent, widthOf } from "./terminal.js";

/** Shows a run: a moving bar on a terminal, and one line per epoch on any output. */
export interface ProgressView {
  update(event: FitProgress): void;
  /** Restores the terminal; later output starts on a new line. */
  stop(): void;
}

/**
 * Writes to `stream`: a bar with the epochs above it, or plain lines. With `quiet`, it writes nothing unless
 * the stream is a terminal.
 */
export function progressView(stream: NodeJS.WriteStream, quiet: boolean): ProgressView {
  // Open MPI gives its processes a terminal without a width, wherever their output goes.
  const launched = worldSize > 1 && !stream.columns;
  if (isTerminal(stream) && !launched) return new Bar(stream);
  return {
    update: (event) => {
      if (event.type === "epoch" && !quiet) stream.write(`${epochLine(event, Number.POSITIVE_INFINITY)}\n`);
    },
    stop: () => {},
  };
}

/** The view of a process that shows nothing. */
export const noView: ProgressView = { update: () => {}, stop: () => {} };

/** With `aligned`, numbers have one width, so that a line that is drawn again does not move. */
function epochFields(event: FitProgress, aligned = false): Field[] {
  const { epoch, epochs, loss, accuracy, imagesPerSecond } = event;
  const wide = (text: string, width: number) => (aligned ? text.padStart(width) : text);
  const fields: Field[] = [
    { text: `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`, rank: 9, color: colors.bold },
    { text: `loss ${loss.toFixed(4)}`, rank: 8 },
    { text: `${wide(count(imagesPerSecond), WIDEST_RATE)} images/s`, rank: 4, color: colors.dim },
  ];
  if (accuracy !== null) fields.splice(2, 0, { text: `accuracy ${wide(percent(accuracy), 8)}`, rank: 7 });
  return fields;
}

/** `epoch  3/10  loss 0.0412  accuracy 98.71 %  41,203 images/s`. */
function epochLine(event: FitProgress, width: number): string {
  return fitFields(epochFields(event), width);
}

/** A narrower bar would show less than the percentage beside it. */
const NARROWEST_BAR = 8;
const WIDEST_BAR = 30;
/** Characters of `999,999`. */
const WIDEST_RATE = 7;
/** Before that, the rate is that of the first steps, which are slow. */
const SECONDS_BEFORE_ETA = 1;

class Bar implements ProgressView {
  readonly #bar: SingleBar;
  readonly #started = performance.now();
  #event?: FitProgress;
  #running = false;

  constructor(readonly stream: NodeJS.WriteStream) {
    const options: Options = {
      stream,
      fps: 10,
      hideCursor: true,
      clearOnComplete: true,
      // The program handles signals, because it has a model to save.
      gracefulExit: false,
      format: () => this.#line(),
    };
    this.#bar = new SingleBar(options);
  }

  update(event: FitProgress): void {
    this.#event = event;
    if (!this.#running) this.#bar.start(event.steps, event.step);
    this.#running = true;
    this.#bar.update(event.step);
    if (event.type === "epoch") {
      this.stop();
      this.stream.write(`${epochLine(event, widthOf(this.stream))}\n`);
    }
  }

  stop(): void {
    if (this.#running) this.#bar.stop();
    this.#running = false;
  }

  #line(): string {
    const event = this.#event as FitProgress;
    const { step, steps, epoch, epochs } = event;
    const perEpoch = steps / epochs;
    const share = Math.min(1, Math.max(0, (step - (epoch - 1) * perEpoch) / perEpoch));
    const seconds = (performance.now() - this.#started) / 1000;
    const fields = epochFields(event, true);
    fields.splice(1, 0, { text: `${String(Math.floor(share * 100)).padStart(3)} %`, rank: 6 });
    const left = seconds < SECONDS_BEFORE_ETA ? Number.NaN : (seconds / step) * (steps - step);
    fields.push({ text: `ETA ${clock(left)}`, rank: 5 });
    // The last column stays empty, because some terminals wrap as soon as it is written.
    const width = widthOf(this.stream) - 1;
    const used = fields.reduce((n, { text }) => n + text.length + 2, 0);
    const length = Math.min(WIDEST_BAR, width - used);
    if (length >= NARROWEST_BAR) {
      const full = Math.round(share * length);
      const drawn = colors.cyan("━".repeat(full)) + colors.dim("─".repeat(length - full));
      fields.splice(1, 0, { text: "━".repeat(length), rank: 0, color: () => drawn });
    }
    return fitFields(fields, width);
  }
}
