/**
 * What an editor shows for a place in a program: the language server of the TypeScript that is installed,
 * asked for hovers.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./imports.js";

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Hover {
  readonly contents: { readonly value: string };
}

/** The hovers over the last character of each line of a program that stands at `path`, and is on no disk. */
export async function hovers(path: string, lines: readonly string[]): Promise<string[]> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
  const server = spawn(process.execPath, [tsc, "--lsp", "--stdio"], {
    cwd: root,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  const send = (message: object) => {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const request = (method: string, params: object) =>
    new Promise<unknown>((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      send({ id: last, method, params });
    });
  onMessages(server.stdout, (message) => {
    const { id, method } = message;
    // What the server asks for, such as settings, it gets as "nothing".
    if (id !== undefined && method !== undefined) send({ id, result: null });
    else if (id !== undefined) waiting.get(id)?.(message);
  });
  try {
    const uri = pathToFileURL(join(root, path)).href;
    const markdown = { textDocument: { hover: { contentFormat: ["markdown"] } } };
    await request("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: markdown,
    });
    send({ method: "initialized", params: {} });
    const textDocument = { uri, languageId: "typescript", version: 1, text: lines.join("\n") };
    send({ method: "textDocument/didOpen", params: { textDocument } });
    return await Promise.all(
      lines.map(async (text, line) => {
        const position = { line, character: text.length - 1 };
        const hover = await request("textDocument/hover", { textDocument: { uri }, position });
        return (hover as Hover | null)?.contents.value ?? "";
      }),
    );
  } finally {
    server.kill();
  }
}

/** Every message of a stream, each of which has its length in a header. */
function onMessages(stream: NodeJS.ReadableStream, take: (message: Message) => void): void {
  let rest = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const header = /^[\s\S]*?Content-Length: (\d+)[\s\S]*?\r\n\r\n/.exec(rest.toString("latin1"));
      if (header === null || rest.length < header[0].length + Number(header[1])) return;
      const end = header[0].length + Number(header[1]);
      take(JSON.parse(rest.subarray(header[0].length, end).toString("utf8")));
      rest = rest.subarray(end);
    }
  });
}
