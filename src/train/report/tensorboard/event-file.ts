/** A file of events for TensorBoard, which grows while a run goes on. */
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { FileError } from "../../../errors.js";
import { excerpt, quotedPath } from "../../../quote.js";
import type { FitProgress } from "../../fit-progress.js";
import type { StepNorms } from "../gradients.js";
import type { Output } from "../output.js";
import { Pace } from "../pace.js";
import type { Point } from "../points.js";
import type { Values } from "../weights.js";
import { type Value, valuesEvent, versionEvent } from "./events.js";
import { framed } from "./records.js";

/** Two files of one process in the same millisecond need different names. */
let files = 0;

/** Events that wait to be written. */
const MOST_PENDING = 4096;

export class EventFile implements Output {
  readonly path: string;
  readonly #pace = new Pace(0.001, 1);
  #pending: Uint8Array[] = [];
  #file: number | null = null;

  constructor(private readonly folder: string) {
    const seconds = Math.floor(Date.now() / 1000);
    this.path = join(folder, `events.out.tfevents.${seconds}.simdgrad.${process.pid}.${files++}`);
  }

  open(): void {
    try {
      mkdirSync(this.folder, { recursive: true });
      this.#file = openSync(this.path, "wx");
      this.#append(versionEvent(Date.now() / 1000));
      this.#flush();
    } catch (cause) {
      this.#close();
      throw this.#error(cause);
    }
  }

  point({ step, loss, accuracy, lr, samples, span }: Point): void {
    const values: Value[] = [
      { tag: "loss/train", value: loss },
      { tag: "lr", value: lr },
      { tag: "throughput", value: samples / span },
    ];
    if (accuracy !== null) values.push({ tag: "accuracy/train", value: accuracy });
    this.#add(step, values);
  }

  epoch({ step, validation }: FitProgress): void {
    if (validation === undefined) return;
    const values: Value[] = [{ tag: "loss/validation", value: validation.loss }];
    if (validation.accuracy !== null) values.push({ tag: "accuracy/validation", value: validation.accuracy });
    this.#add(step, values);
  }

  norms({ step, total, each }: StepNorms, names: readonly string[]): void {
    const values: Value[] = [{ tag: "gradient_norm/total", value: total }];
    for (const [i, norm] of each.entries())
      if (norm !== null) values.push({ tag: `gradient_norm/${names[i]}`, value: norm });
    this.#add(step, values);
  }

  weights(all: readonly Values[], step: number): void {
    this.#add(
      step,
      all.map(({ name, values }) => ({ tag: `weights/${name}`, value: values })),
    );
  }

  write(_data: unknown, seconds: number, last: boolean): void {
    if (!last && !this.#pace.due(seconds, 1)) return;
    try {
      this.#pace.spend(seconds, () => this.#flush());
    } catch (cause) {
      throw this.#error(cause);
    } finally {
      if (last) this.#close();
    }
  }

  #add(step: number, values: readonly Value[]): void {
    if (values.length > 0) this.#append(valuesEvent(Date.now() / 1000, step, values));
  }

  #append(event: Uint8Array): void {
    // While a disk is full, events wait; those that come after many others are lost.
    if (this.#pending.length < MOST_PENDING) this.#pending.push(framed(event));
  }

  #flush(): void {
    if (this.#file === null) return;
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.#file, bytes, done);
      } catch (error) {
        // What was not written comes first the next time: the file never holds half a record for long.
        this.#pending.unshift(bytes.subarray(done));
        throw error;
      }
    }
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #error(cause: unknown): FileError {
    const { code, message } = cause as NodeJS.ErrnoException;
    const [stable, rule] =
      code === "ENOSPC" || code === "EDQUOT"
        ? ["DISK_FULL", "the disk is full"]
        : code === "EACCES" || code === "EPERM" || code === "EROFS"
          ? ["NO_PERMISSION", "no permission to write"]
          : ["WRITE_FAILED", `cannot be written (${excerpt(message, 200)})`];
    return new FileError(`tensorboard: ${rule}: ${quotedPath(this.path)}`, stable, this.path, { cause });
  }
}
