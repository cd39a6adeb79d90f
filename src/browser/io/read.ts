/** Files of a browser are fetched: a path is a URL, relative to the page or to the script of the Worker. */
import { FileError, ValueError } from "../../errors.js";
import type { Path, Unsized } from "../../io/read.js";
import { piecesOfStream } from "../../io/source.js";
import { excerpt, quoted, quotedPath } from "../../quote.js";
import { notInBrowser } from "../not-here.js";

export const MOST_BYTES = 2 ** 30;

export function pathOf(path: Path): string {
  if (typeof path === "string") return path;
  if (path instanceof URL) return path.href;
  throw new ValueError(`path: a text, a URL, a Blob or bytes: ${quoted(String(path))}`, "INVALID_PATH");
}

/** The path of a file in a folder. */
export const within = (folder: string, name: string): string => `${folder.replace(/\/$/, "")}/${name}`;

const rules: Record<number, [code: string, rule: string]> = {
  401: ["NO_PERMISSION", "no permission to read"],
  403: ["NO_PERMISSION", "no permission to read"],
  404: ["FILE_NOT_FOUND", "no such file"],
  410: ["FILE_NOT_FOUND", "no such file"],
};

async function request(op: string, path: string): Promise<Response> {
  const fail = (code: string, rule: string, cause?: unknown) =>
    new FileError(`${op}: ${rule}: ${quotedPath(path)}`, code, path, { cause });
  const response = await fetch(path).catch((cause) => {
    throw fail("READ_FAILED", `cannot be fetched (${excerpt(cause.message, 200)})`, cause);
  });
  if (!response.ok) {
    const [code, rule] = rules[response.status] ?? ["READ_FAILED", `status ${response.status} of the server`];
    throw fail(code, rule);
  }
  // Servers of single-page applications answer with their page where there is no file.
  if (response.headers.get("content-type")?.startsWith("text/html"))
    throw fail("FILE_NOT_FOUND", "no such file (the server answered with a page)");
  return response;
}

export async function readBytes(op: string, path: string, _unsized: Unsized = {}): Promise<Uint8Array> {
  const response = await request(op, path);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const text = `${op}: cannot be fetched (${excerpt((cause as Error).message, 200)}): ${quotedPath(path)}`;
    throw new FileError(text, "READ_FAILED", path, { cause });
  }
}

export function readBytesSync(op: string, path: string, _unsized: Unsized = {}): Uint8Array {
  throw notInBrowser(
    `${op}: reading a file synchronously`,
    `await the other form, or pass the bytes of ${path}`,
  );
}

export async function* readPieces(op: string, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { body } = await request(op, path);
  if (body !== null) yield* piecesOfStream(body as ReadableStream<Uint8Array>);
}
