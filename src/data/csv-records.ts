import { FileError } from "../errors.js";

/** What messages say of a text: who reads it, what it is called (a path in quotes, or `the text`), and its path where it has one. */
export interface CsvOrigin {
  op: string;
  name: string;
  path?: string;
}

/** One record of a CSV file. */
export interface CsvRecord {
  fields: string[];
  /** Where it begins, from 1: a quoted field may go over several lines. */
  line: number;
}

const QUOTE = 34;
const NEWLINE = 10;
const RETURN = 13;

/**
 * Where the next character stands: at the start of a field, in a bare one, in a quoted one, after the quote that may have closed it, or
 * after the carriage return behind that quote.
 */
type Place = "start" | "bare" | "quoted" | "closed" | "return";

/**
 * Splits CSV text (RFC 4180) into records, chunk by chunk: fields in quotes may hold delimiters, line ends and doubled quotes. Lines end
 * with LF or CRLF; blank lines are no records; a byte order mark is dropped.
 */
export class CsvSplitter {
  readonly #delimiter: number;
  #place: Place = "start";
  #fields: string[] = [];
  #field = "";
  #line = 1;
  #begun = 1;
  #first = true;

  constructor(
    delimiter: string,
    readonly origin: CsvOrigin,
  ) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** The records that end in this chunk. @throws FileError `MALFORMED_CSV` that names line and column. */
  *push(chunk: string): Generator<CsvRecord, void, undefined> {
    let i = this.#first && chunk.charCodeAt(0) === 0xfeff ? 1 : 0;
    if (chunk.length > 0) this.#first = false;
    while (i < chunk.length) {
      const code = chunk.charCodeAt(i);
      if (this.#place === "quoted") {
        const end = chunk.indexOf('"', i);
        const text = chunk.slice(i, end < 0 ? chunk.length : end);
        this.#line += lineEnds(text);
        this.#field += text;
        if (end >= 0) this.#place = "closed";
        i = end < 0 ? chunk.length : end + 1;
      } else if (code === QUOTE) {
        this.#quote();
        i++;
      } else if (this.#place === "return" && code !== NEWLINE) {
        throw this.#fail("a carriage return is not followed by a line feed");
      } else if (code === this.#delimiter) {
        this.#endField();
        i++;
      } else if (code === NEWLINE) {
        const record = this.#endRecord();
        this.#line++;
        this.#begun = this.#line;
        if (record !== null) yield record;
        i++;
      } else if (this.#place === "closed") {
        if (code !== RETURN) throw this.#fail("text after the closing quote of a field");
        this.#place = "return";
        i++;
      } else {
        const from = i;
        while (i < chunk.length && !this.#ends(chunk.charCodeAt(i))) i++;
        this.#field += chunk.slice(from, i);
        this.#place = "bare";
      }
    }
  }

  /** The last record, where no line end follows it. @throws FileError `MALFORMED_CSV`. */
  *end(): Generator<CsvRecord, void, undefined> {
    if (this.#place === "quoted") throw this.#fail("a quote is opened and never closed");
    const record = this.#endRecord();
    if (record !== null) yield record;
  }

  #ends(code: number): boolean {
    return code === this.#delimiter || code === NEWLINE || code === QUOTE;
  }

  #quote(): void {
    if (this.#place === "bare" || this.#place === "return") throw this.#fail("a quote inside a bare field");
    if (this.#place === "closed") this.#field += '"';
    this.#place = "quoted";
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = "";
    this.#place = "start";
  }

  /** Null for a blank line. */
  #endRecord(): CsvRecord | null {
    if (this.#place === "bare" && this.#field.endsWith("\r")) this.#field = this.#field.slice(0, -1);
    const blank = this.#fields.length === 0 && this.#field === "" && !this.#wasQuoted;
    this.#endField();
    const fields = this.#fields;
    this.#fields = [];
    return blank ? null : { fields, line: this.#begun };
  }

  get #wasQuoted(): boolean {
    return this.#place === "closed" || this.#place === "return";
  }

  #fail(rule: string): FileError {
    const { op, name, path } = this.origin;
    const at = `line ${this.#line}, column ${this.#fields.length + 1} of ${name}`;
    return new FileError(`${op}: ${rule}: ${at}`, "MALFORMED_CSV", path);
  }
}

function lineEnds(text: string): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) count++;
  return count;
}
