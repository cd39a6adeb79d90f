/** `simdgrad playground`: serves the pages of dist/playground on this machine, or exports them. */
import { spawn } from "node:child_process";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { FileError, SimdgradError } from "../index.js";
import { exportPages, pagesOf } from "./playground-export.js";
import { type Content, givenFiles } from "./playground-given.js";
import { pageServer } from "./playground-server.js";
import { counted, print, printJson } from "./terminal.js";

export interface PlaygroundFlags {
  port: number;
  open?: boolean;
  export?: string;
  /** Directory with the IDX files of MNIST. */
  data?: string;
  /** A network that `simdgrad train` saved. */
  model?: string;
  json?: boolean;
}

/** How each system opens an address in its browser. */
const openers: Partial<Record<NodeJS.Platform, [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

function openBrowser(address: string): void {
  const [command, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...args, address], { stdio: "ignore", detached: true });
  // Without such a program the printed address is what there is.
  child.on("error", () => {});
  child.unref();
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const why = taken ? "another program uses this port" : error.message;
      reject(new SimdgradError(taken ? "PORT_IN_USE" : "NOT_SERVED", `--port: ${why}: ${port}`));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

/** Resolves when a signal asks the program to end. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => resolve());
  });
}

export async function playgroundCommand(flags: PlaygroundFlags): Promise<void> {
  const built = pagesOf();
  if (built.size === 0)
    throw new FileError("playground: the pages are not built: npm run build:js", "FILE_NOT_FOUND");
  // An export holds the images only if they were asked for: they have 53 MB.
  const given = givenFiles(flags, flags.export === undefined);
  const pages = new Map<string, Content>([...built, ...given]);
  if (flags.export !== undefined) {
    exportPages(pages, flags.export);
    if (flags.json) printJson({ command: "playground", export: flags.export, files: pages.size });
    else print(`${counted(pages.size, "file")} in ${flags.export}: serve this folder with any web server`);
    return;
  }
  const server = pageServer(pages);
  const ended = interrupted();
  await listen(server, flags.port);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  if (flags.json) printJson({ command: "playground", address });
  else print(`playground: ${address} (Ctrl-C ends it)`);
  if (flags.open) openBrowser(address);
  await ended;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
