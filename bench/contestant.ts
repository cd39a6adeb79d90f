import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Case, Hello, Request, Response } from "./contestants/protocol.js";

/**
 * A process that measures on request. Several contestants may share it: the libraries of the native program
 * do.
 */
export class Stand {
  private complaints = "";

  private constructor(
    readonly hello: Hello,
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
  ) {
    child.stderr!.on("data", (text) => {
      this.complaints = (this.complaints + text).slice(-2000);
    });
  }

  /** Starts a process; null when it cannot run here (it ends without a hello). */
  static async start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Stand | null> {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env } });
    child.on("error", () => {});
    child.stdin.on("error", () => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    return first.done ? null : new Stand(JSON.parse(first.value) as Hello, child, lines);
  }

  async ask(request: Request): Promise<Response> {
    this.child.stdin!.write(`${JSON.stringify(request)}\n`);
    const line = await this.lines.next();
    if (line.done)
      throw new Error(`${this.hello.name} stopped at ${JSON.stringify(request)}\n${this.complaints.trim()}`);
    return JSON.parse(line.value) as Response;
  }

  stop(): void {
    this.child.stdin!.end();
    this.child.kill();
  }
}

/** One contestant of a process. */
export class Contestant {
  constructor(
    readonly name: string,
    private readonly stand: Stand,
    private readonly library?: string,
  ) {}

  /** The contestants of a process; none if it did not start. */
  static all(stand: Stand | null): Contestant[] {
    if (stand === null) return [];
    const { name, libraries } = stand.hello;
    return (
      libraries?.map((library) => new Contestant(library.name, stand, library.name)) ?? [
        new Contestant(name, stand),
      ]
    );
  }

  run(given: Case, milliseconds: number): Promise<Response> {
    return this.stand.ask({ case: given, milliseconds, library: this.library });
  }
}
