/**
 * Records of CSV text (RFC 4180), parsed by csv-parse. This file adds limits, our error messages, and the
 * lines where records begin.
 */
import type { CsvError, Info, Options } from "csv-parse";
import { FileError } from "../errors.js";
import { excerpt } from "../quote.js";
import { parserOf, parseText } from "./csv-parser.js";

/**
 * How messages describe a text: the function that reads it, its name (a quoted path, or `the text`), and its
 * path, if any.
 */
export interface CsvOrigin {
  op: string;
  name: string;
  path?: string;
}

/** One record of a CSV file. */
export interface CsvRecord {
  fields: string[];
  /** The line where it begins, from 1: a quoted field may span several lines. */
  line: number;
}

/**
 * Most fields of a record. Each field is an element of an array, and an array that is too large for V8 ends
 * the process.
 */
const MOST_COLUMNS = 1 << 20;
/**
 * Most bytes of a record, without its delimiters: an unclosed quote must not collect the rest of a large
 * file.
 */
const LONGEST_RECORD = 1 << 25;

/**
 * The records of a text in memory. Lines end with LF or CRLF; blank lines are skipped; a byte order mark is
 * dropped.
 * @throws FileError `MALFORMED_CSV`, `TOO_MANY_COLUMNS`, `RECORD_TOO_LONG` with the position.
 */
export function eachRecord(
  text: string,
  delimiter: string,
  origin: CsvOrigin,
  use: (record: CsvRecord) => void,
): void {
  const records = new RecordReader(delimiter, origin, use);
  records.checkText(new TextEncoder().encode(text));
  try {
    parseText(text, records.options);
  } catch (error) {
    throw records.failure(error);
  }
}

/** `eachRecord` for text that arrives in pieces: for each piece, the records that end in it. */
export async function* recordsOf(
  pieces: AsyncIterable<Uint8Array>,
  delimiter: string,
  origin: CsvOrigin,
): AsyncGenerator<CsvRecord[], void, undefined> {
  let ended: CsvRecord[] = [];
  const records = new RecordReader(delimiter, origin, (record) => ended.push(record));
  const parser = parserOf(records.options);
  const fail = (error: unknown) => {
    throw records.failure(error);
  };
  try {
    for await (const piece of pieces) {
      records.checkText(piece);
      await parser.write(piece).catch(fail);
      yield ended;
      ended = [];
    }
    await parser.end().catch(fail);
    yield ended;
  } finally {
    parser.destroy();
  }
}

class RecordReader {
  readonly options: Options;
  /** Number of line ends in and after the records so far. */
  #lineEnds = 0;
  /** How many lines csv-parse is ahead: inside quotes it counts a CRLF twice. */
  #ahead = 0;
  #bytes = 0;

  constructor(
    delimiter: string,
    readonly origin: CsvOrigin,
    use: (record: CsvRecord) => void,
  ) {
    this.options = {
      bom: true,
      delimiter,
      record_delimiter: ["\r\n", "\n"],
      skip_empty_lines: true,
      relax_column_count: true, // the row parser checks the number of columns
      // Further delimiters become text of the last field, which the limit of bytes ends.
      ignore_last_delimiters: MOST_COLUMNS + 1,
      max_record_size: LONGEST_RECORD,
      on_record: (fields: string[], info: Info) => {
        use(this.#placed(fields, info));
        return null; // csv-parse stores no records
      },
    };
  }

  #placed(fields: string[], { empty_lines, lines }: Info): CsvRecord {
    const line = 1 + this.#lineEnds + empty_lines;
    if (fields.length > MOST_COLUMNS)
      throw this.#fail("TOO_MANY_COLUMNS", `a record has at most ${MOST_COLUMNS} fields`, `line ${line}`);
    let within = 0;
    if (lines - this.#ahead > line) for (const field of fields) within += lineEnds(field);
    this.#ahead = lines - line - within;
    this.#lineEnds += within + 1;
    return { fields, line };
  }

  /** @throws FileError for binary data: no CSV file has a zero byte, and nearly every binary file has one. */
  checkText(piece: Uint8Array): void {
    const at = piece.indexOf(0);
    if (at >= 0)
      throw this.#fail("MALFORMED_CSV", "a zero byte: this is no text in UTF-8", `byte ${this.#bytes + at}`);
    this.#bytes += piece.length;
  }

  /**
   * Translates an error of csv-parse; returns other errors, such as errors of a record's consumer, unchanged.
   */
  failure(error: unknown): unknown {
    const { code, lines, column, message } = error as CsvError & { lines?: number };
    if (error instanceof FileError || lines === undefined) return error;
    const place = `line ${lines - this.#ahead}, column ${Number(column) + 1}`;
    if ((code as string) === "CSV_MAX_RECORD_SIZE")
      return this.#fail("RECORD_TOO_LONG", `a record has at most ${LONGEST_RECORD} bytes`, place);
    return this.#fail("MALFORMED_CSV", rules[code] ?? excerpt(message), place);
  }

  #fail(code: string, rule: string, place: string): FileError {
    const { op, name, path } = this.origin;
    return new FileError(`${op}: ${rule}: ${place} of ${name}`, code, path);
  }
}

const rules: Record<string, string> = {
  INVALID_OPENING_QUOTE: "a quote inside a bare field",
  CSV_INVALID_CLOSING_QUOTE: "text after the closing quote of a field",
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed",
};

function lineEnds(text: string): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) count++;
  return count;
}
