/** TensorBoard's events as protocol buffers (tensorflow/core/util/event.proto, framework/summary.proto). */
import { PbfWriter } from "pbf";

/** Numbers of the fields. */
const event = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const summary = { value: 1 };
const summaryValue = { tag: 1, simpleValue: 2, histogram: 5 };
const histogramProto = { min: 1, max: 2, num: 3, sum: 4, sumSquares: 5, bucketLimit: 6, bucket: 7 };

/** A named number, or the distribution of many. */
export interface Value {
  readonly tag: string;
  readonly value: number | Float32Array;
}

/** `seconds`: since 1970. */
function begun(seconds: number): PbfWriter {
  const writer = new PbfWriter();
  writer.writeDoubleField(event.wallTime, seconds);
  return writer;
}

/** The first event of a file. */
export function versionEvent(seconds: number): Uint8Array {
  const writer = begun(seconds);
  writer.writeStringField(event.fileVersion, "brain.Event:2");
  return writer.finish();
}

export function valuesEvent(seconds: number, step: number, values: readonly Value[]): Uint8Array {
  const writer = begun(seconds);
  writer.writeVarintField(event.step, step);
  writer.writeMessage(event.summary, writeSummary, values);
  return writer.finish();
}

function writeSummary(values: readonly Value[], writer: PbfWriter): void {
  for (const value of values) writer.writeMessage(summary.value, writeValue, value);
}

function writeValue({ tag, value }: Value, writer: PbfWriter): void {
  writer.writeStringField(summaryValue.tag, tag);
  if (typeof value === "number") writer.writeFloatField(summaryValue.simpleValue, value);
  else writer.writeMessage(summaryValue.histogram, writeHistogram, value);
}

const BUCKETS = 30;

/** Buckets of equal width; values that are not finite are left out. */
function writeHistogram(all: Float32Array, writer: PbfWriter): void {
  const values = all.filter(Number.isFinite);
  const min = values.reduce((a, b) => Math.min(a, b), values.length === 0 ? 0 : Number.POSITIVE_INFINITY);
  const max = values.reduce((a, b) => Math.max(a, b), values.length === 0 ? 0 : Number.NEGATIVE_INFINITY);
  const width = max > min ? (max - min) / BUCKETS : Math.max(Math.abs(min), 1e-6) / BUCKETS;
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const x of values) counts[Math.min(BUCKETS - 1, Math.floor((x - min) / width))]++;
  writer.writeDoubleField(histogramProto.min, min);
  writer.writeDoubleField(histogramProto.max, max);
  writer.writeDoubleField(histogramProto.num, values.length);
  writer.writeDoubleField(histogramProto.sum, sumOf(values));
  writer.writeDoubleField(histogramProto.sumSquares, sumOf(values.map((x) => x * x)));
  writer.writePackedDouble(
    histogramProto.bucketLimit,
    counts.map((_, i) => min + (i + 1) * width),
  );
  writer.writePackedDouble(histogramProto.bucket, counts);
}

const sumOf = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
