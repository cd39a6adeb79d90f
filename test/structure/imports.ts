import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Text of every file of these folders whose name matches, by its path from the root of the repository. */
export function sources(folders: readonly string[], name: RegExp): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of folders)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !name.test(entry.name) || entry.parentPath.includes("node_modules")) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(relative(root, path).replaceAll("\\", "/"), readFileSync(path, "utf8"));
    }
  return files;
}

const statement = /^\s*(?:import|export)\b[^;"'`]*?from\s*["']([^"']+)["']/gm;
const bare = /^\s*import\s*["']([^"']+)["']/gm;
const call = /\b(?:import|require)\(\s*["'`]([^"'`]+)["'`]\s*\)/g;
const comment = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/**
 * What a TypeScript source imports, in any form: statements, side effects, types, `import()`, `require()`.
 */
export function importsOf(text: string): string[] {
  const code = text.replace(comment, "");
  return [statement, bare, call].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

const ofTypes = /^\s*(?:import|export)\s+type\b[^;"'`]*?from\s*["'][^"']+["']/gm;

/** The same without what only types need: `import type …`, `export type … from …`. */
export function runtimeImportsOf(text: string): string[] {
  return importsOf(text.replace(comment, "").replace(ofTypes, ""));
}

/** The files of src/ that each file leads to. */
export function graphOf(files: Map<string, string>, imports: (text: string) => string[]) {
  const leadsTo = (path: string, text: string) =>
    imports(text)
      .map((specifier) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts"))
      .filter((to) => files.has(to));
  return new Map([...files].map(([path, text]) => [path, leadsTo(path, text)]));
}

/**
 * Files that lead to each other, each circle once (strongly connected components, Tarjan 1972), names in
 * order.
 */
export function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (path: string) => {
    numbers.set(path, numbers.size);
    lowest.set(path, numbers.get(path)!);
    stack.push(path);
    for (const next of graph.get(path)!) {
      if (!numbers.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(path, Math.min(lowest.get(path)!, lowest.get(next)!));
    }
    if (lowest.get(path) !== numbers.get(path)) return;
    const circle = stack.splice(stack.indexOf(path)).sort();
    if (circle.length > 1) found.push(circle);
  };
  for (const path of graph.keys()) if (!numbers.has(path)) visit(path);
  return found.sort();
}

/**
 * The folder of src/ that a file is in, or the name of a file that lies in src/ itself. A file of src/browser
 * belongs to the room of the file that it takes the place of.
 */
export function roomOf(path: string): string {
  const parts = path.replace("src/browser/", "src/").split("/").slice(1);
  return parts[0]!.replace(/\.ts$/, "");
}

/** Every import that leaves its room: who, what, and the room it leads to (`undefined`: a package). */
export function arrows(files: Map<string, string>) {
  return [...files].flatMap(([path, text]) =>
    importsOf(text).map((specifier) => {
      const relative = specifier.startsWith(".");
      const to = relative
        ? roomOf(posix.join(posix.dirname(path), specifier).replace(/\.js$/, ".ts"))
        : undefined;
      return { path, from: roomOf(path), specifier, to };
    }),
  );
}
