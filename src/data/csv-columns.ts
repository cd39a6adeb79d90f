/** The meaning of the columns of a CSV file: how fields become numbers, and where the numbers are stored. */
import { decimalOf } from "../decimal.js";
import { FileError, ValueError } from "../errors.js";
import { nearest } from "../nearest.js";
import { excerpt, listed, quoted } from "../quote.js";
import type { CsvOrigin, CsvRecord } from "./csv-records.js";

/**
 * - `number`: one feature
 * - `category`: one feature per value; 1 for the value of the row, 0 for the others
 * - `label`: the class of the sample, as its position among the values, int32
 * - `target`: the number to predict
 * - `skip`: ignored
 *
 * `values` gives the values of a category or the classes of a label in their order. Without it they are
 * collected and sorted.
 */
export type CsvColumn =
  | CsvColumnType
  | { type: "category" | "label"; values?: readonly string[] }
  | { type: "number" | "target" | "skip" };
/** The types of a column: see `CsvColumn`. */
export type CsvColumnType = (typeof columnTypes)[number];

const columnTypes = ["number", "category", "label", "target", "skip"] as const;

/** How to treat a missing value: as an error, as NaN (numbers only), or by skipping its row. */
export type MissingRule = "error" | "nan" | "skip";

/** Texts that mean a missing value. */
const absent = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

/**
 * Largest number of values of all categories and labels of a file together. They are kept in memory; a column
 * with more values is not categorical.
 */
const MOST_VALUES = 1 << 20;

/** A column specification in normalised form. */
export function columnOf(spec: CsvColumn): { type: CsvColumnType; values?: readonly string[] } {
  return typeof spec === "object" ? spec : { type: spec };
}

/** A column, with the values found so far. */
class Column {
  readonly type: CsvColumnType;
  /**
   * Maps a value to its position. Columns of numbers have no map, because a file may have 100,000 of them.
   */
  readonly positions: Map<string, number> | undefined;
  readonly given: boolean;

  constructor(
    readonly name: string,
    spec: CsvColumn,
    op: string,
  ) {
    const { type, values } = columnOf(spec);
    if (!(columnTypes as readonly string[]).includes(type))
      throw new ValueError(
        `${op}: the type of a column is one of ${columnTypes.join(", ")}: ${excerpt(String(type))} for ${quoted(name)}`,
        "INVALID_COLUMN",
      );
    this.type = type;
    this.given = values !== undefined;
    if (type !== "category" && type !== "label") return;
    this.positions = new Map();
    for (const value of values ?? []) this.positions.set(value, this.positions.size);
  }

  get values(): string[] {
    return [...(this.positions?.keys() ?? [])];
  }
}

/** A row as numbers: categories and labels are positions, in the order in which values first occurred. */
export type CodedRow = Float64Array;

export class CsvColumns {
  readonly columns: readonly Column[];
  readonly label: Column | undefined;
  #valuesMet = 0;

  /** `specs` by name; unnamed columns are numbers. @throws ValueError `INVALID_COLUMN`. */
  constructor(
    names: readonly string[],
    specs: Readonly<Record<string, CsvColumn>>,
    readonly missing: MissingRule,
    readonly origin: CsvOrigin,
  ) {
    const { op, name: where } = origin;
    const known = new Set<string>();
    for (const name of names) {
      if (known.has(name))
        throw this.#fail("DUPLICATE_COLUMN", "two columns have one name", `${quoted(name)} in ${where}`);
      known.add(name);
    }
    // A Map, because a column may be called `constructor`.
    const given = new Map(Object.entries(specs));
    for (const name of given.keys())
      if (!known.has(name)) {
        const near = nearest(name, names);
        const hint = near === undefined ? `it has ${listed(names)}` : `did you mean ${excerpt(near)}?`;
        throw new ValueError(`${op}: no such column: ${quoted(name)} in ${where}; ${hint}`, "INVALID_COLUMN");
      }
    this.columns = names.map((name) => new Column(name, given.get(name) ?? "number", op));
    const answers = this.columns.filter(({ type }) => type === "label" || type === "target");
    if (answers.length > 1)
      throw new ValueError(
        `${op}: one column is the label or the target: ${answers
          .slice(0, 3)
          .map(({ name }) => excerpt(name))
          .join(" and ")}`,
        "INVALID_COLUMN",
      );
    this.label = answers[0];
  }

  /**
   * Null for a skipped row. @throws FileError `RAGGED_ROW`, `MISSING_VALUE`, `NOT_A_NUMBER`, `UNKNOWN_VALUE`,
   * `TOO_MANY_VALUES`.
   */
  code({ fields, line }: CsvRecord): CodedRow | null {
    const { columns } = this;
    if (fields.length !== columns.length) {
      const place = Math.min(fields.length, columns.length);
      const named = columns[place] === undefined ? "" : ` (${excerpt(columns[place].name)})`;
      throw this.#fail(
        "RAGGED_ROW",
        fields.length < columns.length ? "a row ends too early" : "a row is too long",
        `${fields.length} fields for ${columns.length} columns in line ${line}, from column ${place + 1}${named} on, of ${this.origin.name}`,
      );
    }
    const row = new Float64Array(columns.length);
    for (const [c, column] of columns.entries()) {
      if (column.type === "skip") continue;
      const text = fields[c].trim();
      const numeric = column.type === "number" || column.type === "target";
      // A listed value is never missing, even if it is one of the texts for a missing value.
      if (absent.has(text.toLowerCase()) && !column.positions?.has(text)) {
        if (this.missing === "skip") return null;
        if (this.missing === "error" || !numeric)
          throw this.#failAt("MISSING_VALUE", "a value is missing", text, line, c);
        row[c] = Number.NaN;
      } else if (numeric) {
        row[c] = decimalOf(text);
        if (Number.isNaN(row[c])) throw this.#failAt("NOT_A_NUMBER", "a number is needed", text, line, c);
        if (!Number.isFinite(Math.fround(row[c])))
          throw this.#failAt("NOT_A_NUMBER", "a number within float32 is needed", text, line, c);
      } else row[c] = this.#position(column, text, line, c);
    }
    return row;
  }

  /** Maps the order in which values first occurred to the order of results: as given, or sorted. */
  ranks(column: Column): { values: string[]; rank: Int32Array } {
    const met = column.values;
    const values = column.given ? met : [...met].sort(byNumberThenText);
    const places = new Map(values.map((value, i) => [value, i]));
    return { values, rank: Int32Array.from(met, (value) => places.get(value)!) };
  }

  #position(column: Column, text: string, line: number, c: number): number {
    const positions = column.positions!;
    const known = positions.get(text);
    if (known !== undefined) return known;
    if (column.given)
      throw this.#failAt("UNKNOWN_VALUE", `one of ${listed(column.values)} is needed`, text, line, c);
    if (++this.#valuesMet > MOST_VALUES)
      throw this.#failAt(
        "TOO_MANY_VALUES",
        `categories and labels have at most ${MOST_VALUES} values together`,
        text,
        line,
        c,
      );
    positions.set(text, positions.size);
    return positions.size - 1;
  }

  #failAt(code: string, rule: string, text: string, line: number, c: number): FileError {
    const given = `${quoted(text)} in line ${line}, column ${c + 1} (${excerpt(this.columns[c].name)}) of ${this.origin.name}`;
    return this.#fail(code, rule, given);
  }

  #fail(code: string, rule: string, given: string): FileError {
    return new FileError(`${this.origin.op}: ${rule}: ${given}`, code, this.origin.path);
  }
}

/** "2" before "10". */
function byNumberThenText(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return Number.isNaN(difference) || difference === 0 ? Number(a > b) - Number(a < b) : difference;
}
