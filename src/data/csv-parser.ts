/** csv-parse, of whole texts and of pieces. The records go to `on_record` of the options. */
import { type Options, Parser } from "csv-parse";
import { parse } from "csv-parse/sync";

/** A parser of text that arrives in pieces. */
export interface PieceParser {
  write(piece: Uint8Array): Promise<void>;
  end(): Promise<void>;
  destroy(): void;
}

export function parseText(text: string, options: Options): void {
  parse(Buffer.from(text), options);
}

export function parserOf(options: Options): PieceParser {
  const parser = new Parser(options);
  // The callbacks below receive errors as well.
  parser.on("error", () => {});
  parser.resume(); // the callback took the records: nothing is left to read, and the stream can end
  const done = (act: (callback: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      act((error) => (error ? reject(error) : resolve()));
    });
  return {
    write: (piece) => done((callback) => parser.write(piece, callback)),
    end: () => done((callback) => parser.end(callback)),
    destroy: () => void parser.destroy(),
  };
}
