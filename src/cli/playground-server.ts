/** The web server of the playground: a fixed list of files, for this machine only. */
import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname } from "node:path";
import type { Content } from "./playground-given.js";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * What is served loads nothing from elsewhere, runs no code made from text, and is in no other page. The
 * pages say the same in their heads, where they also allow a script of their own by its hash.
 */
const framing = "frame-ancestors 'none'";
const policy = `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; ${framing}`;

const headers = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * Whether the browser means this server. A page of another site can make its own host name lead to this
 * machine, and would then read what it serves.
 */
function isOwnHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
}

/** Why a request is refused: status and text. */
function refusal({ headers, method }: IncomingMessage): [number, string] | undefined {
  if (!isOwnHost(headers.host)) return [421, "This server answers as 127.0.0.1 and localhost only.\n"];
  return method === "GET" || method === "HEAD" ? undefined : [405, "GET and HEAD only.\n"];
}

function answer(
  pages: ReadonlyMap<string, Content>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = (request.url ?? "/").split("?")[0]!.slice(1);
  const name = path === "" ? "index.html" : path;
  const file = pages.get(name);
  const refused = refusal(request) ?? (file === undefined ? [404, "There is no such file.\n"] : undefined);
  if (file === undefined || refused !== undefined) {
    const [status, text] = refused as [number, string];
    response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(text);
    return;
  }
  response.writeHead(200, {
    ...headers,
    "content-security-policy": extname(name) === ".html" ? framing : policy,
    "content-type": types[extname(name)] ?? "application/octet-stream",
    // The names of assets contain a hash of what is in them.
    "cache-control": name.startsWith("assets/") ? "max-age=31536000, immutable" : "no-cache",
  });
  if (request.method === "HEAD") response.end();
  else if (typeof file !== "string") response.end(file.text);
  else
    createReadStream(file)
      .on("error", () => response.destroy())
      .pipe(response);
}

/** `pages`: the files by the path they are served at. */
export function pageServer(pages: ReadonlyMap<string, Content>): Server {
  return createServer((request, response) => answer(pages, request, response));
}
