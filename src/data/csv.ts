/**
 * CSV files. `readCsv` reads a file into tensors in one pass; `csvSamples` yields its rows one by one, for
 * files that are larger than memory.
 */
import { FileError, formatShape, SimdgradError, ValueError } from "../errors.js";
import { nameOf, piecesOf, type Source } from "../io/source.js";
import { checkOptions } from "../options.js";
import { excerpt, quoted, quotedPath } from "../quote.js";
import { isOptions } from "../recognize.js";
import { sharedArray } from "../tensor/storage.js";
import { fromData, type Tensor } from "../tensor/tensor.js";
import { type CodedRow, type CsvColumn, CsvColumns, columnOf, type MissingRule } from "./csv-columns.js";
import { type CsvOrigin, type CsvRecord, eachRecord, recordsOf } from "./csv-records.js";

/** Options of `csvSamples`, `parseCsv` and `readCsv`. */
export interface CsvOptions {
  /** The meaning of columns, by name. Default: every column is numbers. */
  columns?: Readonly<Record<string, CsvColumn>>;
  /**
   * Whether the first line contains the column names. Without it, columns are called "0", "1" …. Default
   * true.
   */
  header?: boolean;
  /** One character. Default: a comma. */
  delimiter?: string;
  /**
   * How to treat empty fields, NA, NaN, null and ?: as an error, as NaN (numbers only), or by skipping the
   * row. Default "error".
   */
  missing?: MissingRule;
}

/** What `readCsv` and `parseCsv` read: features, answers and their names. */
export interface CsvData {
  /** float32 [rows, features]. */
  x: Tensor;
  /** int32 [rows] for a label, float32 [rows] for a target, or null if there is neither. */
  y: Tensor | null;
  /** Names of the columns of `x`: `age`, `colour=red`. */
  features: string[];
  /** Values of the label, in the order of its classes; empty without a label. */
  classes: string[];
}

/** A sample of `csvSamples`: features, and the class or the target. */
export type CsvSample = [x: Float32Array, y: number | Float32Array];

/**
 * Reads a CSV file (RFC 4180) into tensors: a path, a Blob (a File of a browser), or its bytes.
 *
 *     const { x, y, classes } = await data.readCsv("iris.csv", { columns: { species: "label" } })
 *
 * @throws FileError that names line and column: `MISSING_VALUE`, `NOT_A_NUMBER`, `RAGGED_ROW`,
 * `UNKNOWN_VALUE`, `MALFORMED_CSV`, `TOO_MANY_COLUMNS`, `TOO_MANY_VALUES`, `RECORD_TOO_LONG`; `EMPTY_DATASET`
 * without rows. ValueError `INVALID_COLUMN` for unknown columns.
 */
export async function readCsv(source: Source, options: CsvOptions = {}): Promise<CsvData> {
  const reader = new CsvReader("readCsv", options, nameOf(source));
  const table = new Table();
  for await (const rows of reader.rowsOf(source)) for (const row of rows) table.add(row);
  return table.finish(reader);
}

/**
 * `readCsv` of text that is in memory.
 * @example data.parseCsv("a,b\n1,2\n3,4\n").x // [[1, 2], [3, 4]]
 * @throws ValueError if the text is not a string, and the errors of `readCsv`.
 */
export function parseCsv(text: string, options: CsvOptions = {}): CsvData {
  if (typeof text !== "string")
    throw new ValueError(`parseCsv: the text of a file is a string: ${quoted(text)}; readCsv takes a path`);
  const reader = new CsvReader("parseCsv", options);
  const table = new Table();
  reader.eachRow(text, (row) => table.add(row));
  return table.finish(reader);
}

/**
 * The rows of a CSV file, read on demand, as the input of a `StreamLoader`. Categories and labels need their
 * `values`, because the rest of the file is not known yet.
 *
 *     const columns = { kind: { type: "label", values: ["a", "b"] } } as const
 *     const samples = () => data.csvSamples("large.csv", { columns })
 *     const loader = new data.StreamLoader(samples, { batchSize: 256 })
 *
 * @throws FileError as `readCsv`; ValueError `MISSING_OPTION` without a label or a target.
 */
export async function* csvSamples(
  source: Source,
  options: CsvOptions = {},
): AsyncGenerator<CsvSample, void, undefined> {
  const reader = new CsvReader("csvSamples", options, nameOf(source));
  const specs = Object.entries(options.columns ?? {});
  if (!specs.some(([, spec]) => ["label", "target"].includes(columnOf(spec).type)))
    throw new ValueError(
      "csvSamples: one column is the label or the target: there is none",
      "MISSING_OPTION",
    );
  for (const [name, spec] of specs) {
    const { type, values } = columnOf(spec);
    if ((type === "category" || type === "label") && values === undefined)
      throw new ValueError(
        `csvSamples: a ${type} that is streamed needs its values: { type: "${type}", values: […] } for ${quoted(name)}`,
        "MISSING_OPTION",
      );
  }
  let places: Places | undefined;
  const sample = (row: CodedRow) => {
    places ??= featurePlaces(reader.columns);
    return sampleOf(row, places, reader.columns);
  };
  for await (const rows of reader.rowsOf(source)) for (const row of rows) yield sample(row);
}

/** Turns text into coded rows. */
class CsvReader {
  readonly #delimiter: string;
  readonly origin: CsvOrigin;
  #columns: CsvColumns | undefined;

  constructor(
    op: string,
    readonly options: CsvOptions,
    path?: string,
  ) {
    checkOptions(op, options, ["columns", "header", "delimiter", "missing"]);
    const { delimiter = ",", header = true, missing = "error" } = options;
    if (options.columns !== undefined && !isOptions(options.columns))
      throw new ValueError(
        `${op}: columns are an object, a type or options for each name: ${quoted(options.columns)}`,
        "INVALID_OPTION",
      );
    if (typeof delimiter !== "string" || delimiter.length !== 1 || /["\r\n\0\ud800-\udfff]/.test(delimiter))
      throw new ValueError(`${op}: delimiter is one character: ${quoted(delimiter)}`, "INVALID_OPTION");
    if (typeof header !== "boolean")
      throw new ValueError(`${op}: header is true or false: ${excerpt(String(header))}`, "INVALID_OPTION");
    if (!["error", "nan", "skip"].includes(missing))
      throw new ValueError(
        `${op}: missing is error, nan or skip: ${excerpt(String(missing))}`,
        "INVALID_OPTION",
      );
    this.origin = { op, name: path === undefined ? "the text" : quotedPath(path), path };
    this.#delimiter = delimiter;
  }

  get columns(): CsvColumns {
    if (this.#columns !== undefined) return this.#columns;
    throw noRows(this.origin);
  }

  eachRow(text: string, use: (row: CodedRow) => void): void {
    eachRecord(text, this.#delimiter, this.origin, (record) => {
      const row = this.#coded(record);
      if (row !== null) use(row);
    });
  }

  /** The rows of a file as they are read; each piece yields all its rows at once. */
  async *rowsOf(source: Source): AsyncGenerator<CodedRow[], void, undefined> {
    const pieces = piecesOf(this.origin.op, source);
    for await (const records of recordsOf(pieces, this.#delimiter, this.origin))
      yield records.map((record) => this.#coded(record)).filter((row) => row !== null);
  }

  /** Null for the header and for a skipped row. */
  #coded(record: CsvRecord): CodedRow | null {
    if (this.#columns !== undefined) return this.#columns.code(record);
    const { columns = {}, header = true, missing = "error" } = this.options;
    const names = record.fields.map((field, i) => (header ? field.trim() : String(i)));
    this.#columns = new CsvColumns(names, columns, missing, this.origin);
    return header ? null : this.#columns.code(record);
  }
}

function noRows({ op, name, path }: CsvOrigin): FileError {
  return new FileError(`${op}: no rows: ${name}`, "EMPTY_DATASET", path);
}

/** Coded rows, one after another in a growing array. */
class Table {
  #values: Float64Array = new Float64Array(1024);
  #filled = 0;
  #rows = 0;

  add(row: CodedRow): void {
    if (this.#filled + row.length > this.#values.length) this.#grow(row.length);
    this.#values.set(row, this.#filled);
    this.#filled += row.length;
    this.#rows++;
  }

  #grow(by: number): void {
    const length = 2 * Math.max(this.#values.length, by);
    const larger = inMemory(() => new Float64Array(length), `${8 * length} bytes after ${this.#rows} rows`);
    larger.set(this.#values);
    this.#values = larger;
  }

  finish({ columns: all, origin }: CsvReader): CsvData {
    const count = this.#rows;
    if (count === 0) throw noRows(origin);
    const places = featurePlaces(all);
    const width = places.features.length;
    const x = inMemory(
      () => sharedArray("float32", count * width) as Float32Array,
      `${formatShape([count, width])} of float32`,
    );
    const labelled = all.label;
    const y = labelled && sharedArray(labelled.type === "label" ? "int32" : "float32", count);
    for (let r = 0; r < count; r++) {
      const row = this.#values.subarray(r * all.columns.length, (r + 1) * all.columns.length);
      const answer = writeFeatures(row, places, x.subarray(r * width, (r + 1) * width));
      if (y !== undefined) y[r] = answer;
    }
    return {
      x: fromData(x, [count, width], "float32"),
      y: y === undefined ? null : fromData(y, [count], labelled!.type === "label" ? "int32" : "float32"),
      features: places.features,
      classes: labelled?.type === "label" ? all.ranks(labelled).values : [],
    };
  }
}

/** Calls `make`, which allocates. @throws SimdgradError `OUT_OF_MEMORY`. */
function inMemory<T>(make: () => T, given: string): T {
  try {
    return make();
  } catch (cause) {
    const rule = "readCsv: the rows do not fit into memory; csvSamples streams them";
    throw new SimdgradError("OUT_OF_MEMORY", `${rule}: ${given}`, { cause });
  }
}

/** The position of each column of a row among the features. */
interface Places {
  features: string[];
  columns: { type: string; at: number; rank: Int32Array | null }[];
}

function featurePlaces(all: CsvColumns): Places {
  const features: string[] = [];
  const columns = all.columns.map((column) => {
    const at = features.length;
    const { type, name } = column;
    if (type === "number") features.push(name);
    if (type !== "category" && type !== "label") return { type, at, rank: null };
    const { values, rank } = all.ranks(column);
    // Pushed one by one: spreading them into arguments would overflow the stack.
    if (type === "category") for (const value of values) features.push(`${name}=${value}`);
    return { type, at, rank };
  });
  return { features, columns };
}

/**
 * Writes the features of a row into `out`, which holds zeros. Returns the class or the target; NaN if there
 * is neither.
 */
function writeFeatures(row: CodedRow, { columns }: Places, out: Float32Array): number {
  let answer = Number.NaN;
  for (const [c, { type, at, rank }] of columns.entries()) {
    if (type === "number") out[at] = row[c];
    else if (type === "category") out[at + rank![row[c]]] = 1;
    else if (type === "label") answer = rank![row[c]];
    else if (type === "target") answer = row[c];
  }
  return answer;
}

function sampleOf(row: CodedRow, places: Places, { label }: CsvColumns): CsvSample {
  const x = new Float32Array(places.features.length);
  const answer = writeFeatures(row, places, x);
  return [x, label?.type === "label" ? answer : Float32Array.of(answer)];
}
