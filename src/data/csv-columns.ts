/** What the columns of a CSV file mean: how a field becomes numbers, and where they go. */
import { FileError, ValueError } from "../errors.js";
import { nearest } from "../nearest.js";
import type { CsvOrigin, CsvRecord } from "./csv-records.js";

/**
 * - `number`: one feature
 * - `category`: one feature a value, 1 for the value that is there and 0 for the others
 * - `label`: the class of the sample: its position among the values, int32
 * - `target`: the number to be predicted
 * - `skip`: not looked at
 *
 * `values` gives the values of a category or the classes of a label in their order. Without it they are collected and sorted.
 */
export type CsvColumn =
  | CsvColumnType
  | { type: "category" | "label"; values?: readonly string[] }
  | { type: "number" | "target" | "skip" };
export type CsvColumnType = (typeof columnTypes)[number];

const columnTypes = ["number", "category", "label", "target", "skip"] as const;

/** A missing value is an error, NaN (of numbers alone), or a reason to leave its row out. */
export type MissingRule = "error" | "nan" | "skip";

/** Texts that stand for a value that is not there. */
const absent = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** A column as it was given, in one form. */
export function columnOf(spec: CsvColumn): { type: CsvColumnType; values?: readonly string[] } {
  return typeof spec === "object" ? spec : { type: spec };
}

/** A column, with the values it has met. */
class Column {
  readonly type: CsvColumnType;
  /** Value to position. */
  readonly positions = new Map<string, number>();
  readonly given: boolean;

  constructor(
    readonly name: string,
    spec: CsvColumn,
    op: string,
  ) {
    const { type, values } = columnOf(spec);
    if (!(columnTypes as readonly string[]).includes(type))
      throw new ValueError(
        `${op}: the type of a column is one of ${columnTypes.join(", ")}: ${String(type)} for ${JSON.stringify(name)}`,
        "INVALID_COLUMN",
      );
    this.type = type;
    this.given = values !== undefined;
    for (const value of values ?? []) this.positions.set(value, this.positions.size);
  }

  get values(): string[] {
    return [...this.positions.keys()];
  }
}

/** A row as numbers: categories and labels as positions, in the order in which values were met. */
export type CodedRow = Float64Array;

export class CsvColumns {
  readonly columns: readonly Column[];
  readonly label: Column | undefined;

  /** `specs` by name; columns that it does not name are numbers. @throws ValueError `INVALID_COLUMN`. */
  constructor(
    names: readonly string[],
    specs: Readonly<Record<string, CsvColumn>>,
    readonly missing: MissingRule,
    readonly origin: CsvOrigin,
  ) {
    const { op, name: where } = origin;
    const repeated = names.find((name, i) => names.indexOf(name) !== i);
    if (repeated !== undefined)
      throw this.#fail(
        "DUPLICATE_COLUMN",
        "two columns have one name",
        `${JSON.stringify(repeated)} in ${where}`,
      );
    for (const name of Object.keys(specs))
      if (!names.includes(name)) {
        const near = nearest(name, names);
        const hint = near === undefined ? `it has ${names.join(", ")}` : `did you mean ${near}?`;
        throw new ValueError(
          `${op}: no such column: ${JSON.stringify(name)} in ${where}; ${hint}`,
          "INVALID_COLUMN",
        );
      }
    this.columns = names.map((name) => new Column(name, specs[name] ?? "number", op));
    const answers = this.columns.filter(({ type }) => type === "label" || type === "target");
    if (answers.length > 1)
      throw new ValueError(
        `${op}: one column is the label or the target: ${answers.map(({ name }) => name).join(" and ")}`,
        "INVALID_COLUMN",
      );
    this.label = answers[0];
  }

  /** Null for a row that is left out. @throws FileError `RAGGED_ROW`, `MISSING_VALUE`, `NOT_A_NUMBER`, `UNKNOWN_VALUE`. */
  code({ fields, line }: CsvRecord): CodedRow | null {
    const { columns } = this;
    if (fields.length !== columns.length) {
      const place = Math.min(fields.length, columns.length);
      const named = columns[place] === undefined ? "" : ` (${columns[place].name})`;
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
      // A value that was listed is a value, whatever it looks like.
      if (absent.has(text.toLowerCase()) && !column.positions.has(text)) {
        if (this.missing === "skip") return null;
        if (this.missing === "error" || !numeric)
          throw this.#failAt("MISSING_VALUE", "a value is missing", text, line, c);
        row[c] = Number.NaN;
      } else if (numeric) {
        if (!decimal.test(text) || !Number.isFinite(Number(text)))
          throw this.#failAt("NOT_A_NUMBER", "a number is needed", text, line, c);
        row[c] = Number(text);
      } else row[c] = this.#position(column, text, line, c);
    }
    return row;
  }

  /** From the order in which values were met to the order that results have: as given, or sorted. */
  ranks(column: Column): { values: string[]; rank: Int32Array } {
    const met = column.values;
    const values = column.given ? met : [...met].sort(byNumberThenText);
    const places = new Map(values.map((value, i) => [value, i]));
    return { values, rank: Int32Array.from(met, (value) => places.get(value)!) };
  }

  #position(column: Column, text: string, line: number, c: number): number {
    const known = column.positions.get(text);
    if (known !== undefined) return known;
    if (column.given)
      throw this.#failAt("UNKNOWN_VALUE", `one of ${column.values.join(", ")} is needed`, text, line, c);
    column.positions.set(text, column.positions.size);
    return column.positions.size - 1;
  }

  #failAt(code: string, rule: string, text: string, line: number, c: number): FileError {
    const given = `${JSON.stringify(text)} in line ${line}, column ${c + 1} (${this.columns[c].name}) of ${this.origin.name}`;
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
