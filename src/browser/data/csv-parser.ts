/** csv-parse without Node's streams: text that arrives in pieces is parsed as a whole at its end. */
import type { Options } from "csv-parse";
import { parse } from "csv-parse/browser/esm/sync";
import type { PieceParser } from "../../data/csv-parser.js";

export function parseText(text: string, options: Options): void {
  parse(text, options);
}

export function parserOf(options: Options): PieceParser {
  const decoder = new TextDecoder();
  let text = "";
  return {
    async write(piece) {
      text += decoder.decode(piece, { stream: true });
    },
    async end() {
      parseText(text + decoder.decode(), options);
    },
    destroy() {},
  };
}
