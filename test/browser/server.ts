/** A web server for the tests in browsers: files by the beginning of their path, and reports of pages. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** A header, and the pages that get it, by the beginning of their path. */
export interface Headers {
  [path: string]: Record<string, string>;
}

export interface Server {
  readonly origin: string;
  /** Serves a text or bytes at a path. */
  give(path: string, content: string | Uint8Array, headers?: Record<string, string>): void;
  /** The next report of a page to this path, as JSON. */
  report(path: string): Promise<any>;
  close(): Promise<void>;
}

/** `folders`: what is served below each path, the longest first. */
export async function serve(folders: readonly [path: string, folder: string][]): Promise<Server> {
  const given = new Map<string, { content: string | Uint8Array; headers?: Record<string, string> }>();
  const waiting = new Map<string, (value: unknown) => void>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://localhost").pathname);
    if (request.method === "POST") {
      const parts: Buffer[] = [];
      request.on("data", (part) => parts.push(part));
      request.on("end", () => {
        waiting.get(path)?.(JSON.parse(Buffer.concat(parts).toString()));
        response.end();
      });
      return;
    }
    const type = { "content-type": types[extname(path)] ?? "application/octet-stream" };
    const own = given.get(path);
    if (own !== undefined) {
      response.writeHead(200, { ...type, ...own.headers }).end(own.content);
      return;
    }
    const [begin, folder] = folders.find(([begin]) => path.startsWith(begin)) ?? [];
    const file = folder && join(folder, normalize(path.slice(begin!.length)));
    if (!file || !existsSync(file) || !statSync(file).isFile()) response.writeHead(404).end();
    else response.writeHead(200, type).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    give: (path, content, headers) => void given.set(path, { content, headers }),
    report: (path) => new Promise((resolve) => waiting.set(path, resolve)),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
