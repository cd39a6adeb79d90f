/** Where the bytes of a file come from. */
import { FileError, ValueError } from "../errors.js";
import { quoted } from "../quote.js";
import { type Path, pathOf, readBytes, readBytesSync, readPieces, type Unsized } from "./read.js";

/**
 * A file by its path (in a browser: by its URL, which is fetched), a Blob such as a File that the user chose,
 * or the bytes themselves.
 */
export type Source = Path | Blob | ArrayBuffer | Uint8Array;

export interface Found {
  readonly bytes: Uint8Array;
  /** The name in error messages; undefined for bytes. */
  readonly name?: string;
}

const isBlob = (source: unknown): source is Blob => typeof Blob !== "undefined" && source instanceof Blob;

/** The bytes, if they are in memory already. */
function given(source: Source): Uint8Array | undefined {
  if (source instanceof Uint8Array) return source;
  return source instanceof ArrayBuffer ? new Uint8Array(source) : undefined;
}

/** The name of a source in error messages. @throws ValueError `INVALID_PATH` if it is no source. */
export function nameOf(source: Source): string | undefined {
  if (isBlob(source)) return (source as Partial<File>).name;
  return given(source) === undefined ? pathOf(source as Path) : undefined;
}

/** The whole content. @throws FileError */
export async function bytesOf(op: string, source: Source, unsized: Unsized = {}): Promise<Found> {
  const name = nameOf(source);
  if (!isBlob(source)) return { bytes: given(source) ?? (await readBytes(op, name!, unsized)), name };
  try {
    return { bytes: new Uint8Array(await source.arrayBuffer()), name };
  } catch (cause) {
    const text = `${op}: cannot be read (${(cause as Error).message}): ${quoted(name ?? "a Blob")}`;
    throw new FileError(text, "READ_FAILED", name, { cause });
  }
}

/**
 * The whole content, blocking. @throws ValueError `INVALID_PATH` for a Blob, which is read asynchronously.
 */
export function bytesOfSync(op: string, source: Source, unsized: Unsized = {}): Found {
  const name = nameOf(source);
  if (isBlob(source))
    throw new ValueError(`${op}: a Blob cannot be read synchronously: ${quoted(name ?? "")}`, "INVALID_PATH");
  return { bytes: given(source) ?? readBytesSync(op, name!, unsized), name };
}

/** The content in pieces. */
export async function* piecesOf(op: string, source: Source): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = given(source);
  if (bytes !== undefined) yield bytes;
  else if (isBlob(source)) yield* piecesOfStream(source.stream());
  else yield* readPieces(op, pathOf(source as Path));
}

/** Not every browser iterates over streams. */
export async function* piecesOfStream(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
