/**
 * Temporary files of writers; the name of a file identifies its writer. A killed process leaves its file
 * behind. The next process that saves under the same name removes that file, but it never removes the file of
 * a writer that may still run: a writer on another machine that shares the disk, or in another container, is
 * not known to be dead.
 */
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { basename, dirname, join } from "node:path";

/**
 * `.run.ckpt.3f2a90bc71-4711-8800123-a1b2c3d4.tmp`: the machine or container of the process, its id, its
 * start time, and a random part.
 */
const temporaryName = /^\.(.+)\.([0-9a-f]{10})-(\d+)-(\d+)-[0-9a-f]{8}\.tmp$/s;

/**
 * Names are limited to 255 bytes; the first 24 characters of the name (at most 72 bytes) identify the target.
 */
const stem = (path: string) => basename(path).slice(0, 24);

/** A name beside `path` that no other writer uses. */
export function temporaryFor(path: string): string {
  const chance = randomBytes(4).toString("hex");
  const writer = `${world()}-${process.pid}-${startOf("self") ?? 0}`;
  return join(dirname(path), `.${stem(path)}.${writer}-${chance}.tmp`);
}

/** Targets whose leftovers were already searched: once per process is enough, and a directory may be long. */
const seen = new Set<string>();

/**
 * Removes files that dead processes left for the name of `path`. Files that cannot be read or removed stay.
 */
export function removeLeftovers(path: string): void {
  const folder = dirname(path);
  const key = join(folder, stem(path));
  if (seen.has(key)) return;
  seen.add(key);
  try {
    for (const name of fs.readdirSync(folder)) {
      const [, of, place, pid, start] = temporaryName.exec(name) ?? [];
      if (of === stem(path) && place === world() && isDead(Number(pid), Number(start)))
        fs.rmSync(join(folder, name), { force: true });
    }
  } catch {
    // A leftover that cannot be removed must not prevent saving.
  }
}

let worldName: string | undefined;

/** The scope in which a process id is unique: this machine since its last boot, or this container. */
function world(): string {
  if (worldName === undefined) {
    const facts = [hostname()];
    try {
      facts.push(
        fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
        fs.readlinkSync("/proc/self/ns/pid"),
      );
    } catch {
      // Not Linux: an identifier of the machine.
      for (const list of Object.values(networkInterfaces()))
        for (const { mac } of list ?? []) facts.push(mac);
    }
    worldName = createHash("sha256").update(facts.join("\n")).digest("hex").slice(0, 10);
  }
  return worldName;
}

/** Process ids are reused: a different start time means a different process. */
function isDead(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other error, such as EPERM, means that the process exists.
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const now = startOf(pid);
  return now !== undefined && start !== 0 && now !== start;
}

/**
 * The start time in ticks since boot; undefined where the system does not report it. A zombie no longer
 * writes anything, so its start time is 0.
 */
function startOf(pid: number | "self"): number | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program name, in parentheses, may contain spaces and parentheses. After it come the state and, 19
    // fields later, the start time.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? 0 : Number(fields[19]);
  } catch {
    return undefined;
  }
}
