/** A CSV file that somebody opens: what its columns are, guessed from its beginning. Needs no library. */
import type { data } from "simdgrad";

export interface CsvColumnPlan {
  readonly name: string;
  readonly type: "number" | "category" | "label" | "target" | "skip";
}

export interface CsvPlan {
  readonly file: Blob;
  readonly name: string;
  readonly delimiter: string;
  readonly header: boolean;
  readonly columns: readonly CsvColumnPlan[];
}

/** Bytes of the file that are looked at for a guess. */
const looked = 64 * 1024;
/** A text column with more values than this is no category: names, addresses. */
const mostCategories = 12;
/** A column of whole numbers with at most so many values is a class, if it is the answer. */
const mostClasses = 10;

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));
const isMissing = (text: string) => /^(|na|n\/a|nan|null|none|\?)$/i.test(text.trim());

/** The fields of a line; quotes may contain the delimiter. */
function fieldsOf(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let [field, quoted] = ["", false];
  for (const sign of line) {
    if (sign === '"') quoted = !quoted;
    else if (sign === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else field += sign;
  }
  return [...fields, field];
}

const delimiters = [",", ";", "\t", "|"];

/** A plan for a file: the last column is the answer. `answer`: the name of another. @throws Error in words. */
export async function planOf(file: Blob, name: string, answer?: string): Promise<CsvPlan> {
  const text = await file.slice(0, looked).text();
  if (text.includes("\u0000")) throw new Error(`${name} is no text file`);
  const lines = text.split(/\r?\n/);
  // The last line may be cut off.
  if (file.size > looked) lines.pop();
  const full = lines.filter((line) => line.trim() !== "");
  if (full.length < 2) throw new Error(`${name} has fewer than two lines`);
  const count = (sign: string) => fieldsOf(full[0]!, sign).length;
  const delimiter = delimiters.reduce((best, sign) => (count(sign) > count(best) ? sign : best), ",");
  const rows = full.map((line) => fieldsOf(line, delimiter));
  const header = !rows[0]!.some(isNumber);
  const names = rows[0]!.map((field, i) => (header ? field.trim() : String(i)));
  if (names.length < 2)
    throw new Error(
      `${name} has one column: the network needs at least one to learn from and one to predict`,
    );
  const body = header ? rows.slice(1) : rows;
  const last = answer === undefined ? names.length - 1 : names.indexOf(answer);
  const columns = names.map((column, i): CsvColumnPlan => {
    const values = body.map((row) => row[i] ?? "").filter((field) => !isMissing(field));
    const numbers = values.length > 0 && values.every(isNumber);
    const kinds = new Set(values);
    if (i === last) {
      const whole = values.every((value) => Number.isInteger(Number(value)));
      const target = numbers && !(whole && kinds.size <= mostClasses);
      if (!target && kinds.size > mostClasses)
        throw new Error(
          `${name}: ${column} has more than ${mostClasses} classes: choose another column to predict`,
        );
      return { name: column, type: target ? "target" : "label" };
    }
    if (numbers) return { name: column, type: "number" };
    return { name: column, type: kinds.size <= mostCategories && kinds.size > 1 ? "category" : "skip" };
  });
  if (columns.every(({ type }) => type === "label" || type === "target" || type === "skip"))
    throw new Error(`${name} has no column of numbers or categories to learn from`);
  return { file, name, delimiter, header, columns };
}

/** The options of `data.readCsv` for a plan: only what is not its default. */
export function csvOptions({ delimiter, header, columns }: Omit<CsvPlan, "file" | "name">): data.CsvOptions {
  const named = columns.filter(({ type }) => type !== "number").map(({ name, type }) => [name, type]);
  return {
    columns: Object.fromEntries(named),
    ...(header ? {} : { header }),
    ...(delimiter === "," ? {} : { delimiter }),
    missing: "skip",
  };
}
