/** Markup in which every text is escaped, unless it is markup itself. */

export class Markup {
  constructor(readonly text: string) {}
}

type Content = Markup | string | number | null | undefined | false | readonly Content[];

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters but tab and line feed, lone surrogates, and marks that turn the direction of text. */
const invisible = /[^\P{Cc}\t\n]|[\p{Cs}\p{Bidi_Control}\ufeff]/gu;

export const escaped = (text: string): string =>
  text.replace(invisible, "\ufffd").replace(/[&<>"']/g, (c) => entities[c]);

function textOf(content: Content): string {
  if (content === null || content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(textOf).join("");
  return escaped(String(content));
}

/** Markup from a template: texts in it are escaped. */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = strings[0];
  for (const [i, content] of contents.entries()) text += textOf(content) + strings[i + 1];
  return new Markup(text);
}

/** Characters that JSON may hold unescaped, but a page should not. */
const unsafe = /[<\u2028\u2029\ufeff\p{Bidi_Control}]/gu;

/** JSON inside of a script: nothing in it ends the script. */
export const embedded = (value: unknown): Markup =>
  new Markup(
    JSON.stringify(value).replace(unsafe, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => Content;
  /** Numbers are at the right. */
  readonly number?: boolean;
}

/** A table that scrolls sideways where it does not fit. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const kind = ({ number }: Column<Row>) => (number ? html` class="n"` : null);
  return html`<div class="scroll"><table>
<thead><tr>${columns.map((column) => html`<th scope="col"${kind(column)}>${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${columns.map((column) => html`<td${kind(column)}>${column.cell(row)}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** A table of names and values. */
export const facts = (rows: readonly (readonly [name: string, value: Content])[]): Markup =>
  html`<table class="facts"><tbody>${rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  )}</tbody></table>`;
