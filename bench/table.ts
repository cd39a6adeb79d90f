/** Tables of text: for the terminal and for Markdown. */

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
  /** Sentences below the table. */
  notes?: string[];
}

/** The result of a section: tables, and all measurements. */
export interface Section {
  name: string;
  tables: Table[];
  data: unknown;
}

const isNumber = (cell: string) => cell === "" || /^[-+~]?\d/.test(cell);

export function toText({ title, head, rows, notes = [] }: Table): string {
  if (head.length === 0) return title;
  const widths = head.map((_, c) => Math.max(...[head, ...rows].map((row) => row[c].length)));
  // Columns of numbers are aligned right.
  const right = head.map((_, c) => c > 0 && rows.every((row) => isNumber(row[c])));
  const line = (row: string[]) =>
    row
      .map((cell, c) => (right[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])))
      .join("  ")
      .trimEnd();
  return [title, line(head), ...rows.map(line), ...notes].join("\n");
}

export function toMarkdown({ title, head, rows, notes = [] }: Table): string {
  if (head.length === 0) return `### ${title}\n`;
  const right = head.map((_, c) => c > 0 && rows.every((row) => isNumber(row[c])));
  const line = (row: string[]) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = `|${right.map((r) => (r ? "---:" : "---")).join("|")}|`;
  return [
    `### ${title}`,
    "",
    line(head),
    rule,
    ...rows.map(line),
    "",
    ...notes.map((note) => `${note}\n`),
  ].join("\n");
}

/** Three significant digits, no exponent. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Microseconds, with thousands separators. */
export function micro(us: number): string {
  return us >= 1000 ? Math.round(us).toLocaleString("en-US") : short(us);
}

export const percent = (part: number): string =>
  Number.isFinite(part) ? `${(100 * part).toFixed(0)} %` : "";
export const times = (ratio: number): string => `${ratio.toFixed(2)}`;
