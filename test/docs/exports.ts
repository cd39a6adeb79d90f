/** What the entries of the package export, with the doc comments in the source. Syntax only. */
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { root } from "../structure/imports.js";

export type Kind = "function" | "class" | "value" | "interface" | "type" | "namespace";

export interface Exported {
  /** As a program names it: `nn.Linear`. */
  readonly name: string;
  readonly file: string;
  readonly kind: Kind;
  /** The text of the doc comment without its stars; empty without one. */
  readonly doc: string;
  /** Of the declaration. */
  readonly text: string;
  /** Fields of an interface, with their comments. */
  readonly fields: readonly Field[];
  /** The declarations as syntax: several for an overloaded function. */
  readonly nodes: readonly any[];
}

interface Field {
  readonly name: string;
  readonly doc: string;
  readonly optional: boolean;
}

export type Declared = Omit<Exported, "name" | "file">;

/** A file of the source. */
export interface Source {
  readonly text: string;
  readonly declared: Map<string, Declared>;
  /** Names that come from elsewhere: the file and the name there; no name: the file as a namespace. */
  readonly imported: Map<string, { from: string; name?: string }>;
  /** By the exported name: the local one. */
  readonly exported: Map<string, string>;
  readonly all: string[];
}

const kinds: Readonly<Record<string, Kind>> = {
  FunctionDeclaration: "function",
  TSDeclareFunction: "function",
  ClassDeclaration: "class",
  TSInterfaceDeclaration: "interface",
  TSTypeAliasDeclaration: "type",
};

const files = new Map<string, Source>();

/** The doc comment that ends directly before `at`. */
function docBefore(text: string, from: number, at: number): string {
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:\/\/.*\s*)*$/.exec(text.slice(from, at))?.[1] ?? "";
  return comment.replace(/^[ \t]*\* ?/gm, "").trim();
}

/** The declarations, imports and exports of a file. */
export function read(file: string): Source {
  const known = files.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(join(root, file), "utf8");
  const source: Source = { text, declared: new Map(), imported: new Map(), exported: new Map(), all: [] };
  files.set(file, source);
  const path = (specifier: string) => posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
  let last = 0;
  for (const statement of (parseAst(text, { lang: "ts" }, file) as { body: any[] }).body) {
    const doc = docBefore(text, last, statement.start);
    last = statement.end;
    if (statement.type === "ImportDeclaration") {
      for (const { local, imported } of statement.specifiers)
        source.imported.set(local.name, { from: path(statement.source.value), name: imported?.name });
    } else if (statement.type === "ExportAllDeclaration") {
      const from = path(statement.source.value);
      if (statement.exported === null) source.all.push(from);
      else {
        source.imported.set(statement.exported.name, { from });
        source.exported.set(statement.exported.name, statement.exported.name);
      }
    } else if (statement.type === "ExportNamedDeclaration" && statement.declaration === null) {
      for (const { local, exported } of statement.specifiers) {
        source.exported.set(exported.name, statement.source === null ? local.name : exported.name);
        if (statement.source !== null)
          source.imported.set(exported.name, { from: path(statement.source.value), name: local.name });
      }
    } else {
      const exported = statement.type === "ExportNamedDeclaration";
      const declaration = exported ? statement.declaration : statement;
      for (const [name, kind] of namesOf(declaration)) {
        if (exported) source.exported.set(name, name);
        const before = source.declared.get(name);
        const nodes = [...(before?.nodes ?? []), declaration];
        // The comment of an overloaded function stands before its first form.
        const described = before !== undefined && before.doc !== "" ? before : { kind, doc };
        const written = text.slice(statement.start, statement.end);
        const fields = fieldsOf(text, declaration);
        source.declared.set(name, { text: written, fields, ...described, nodes });
      }
    }
  }
  return source;
}

function namesOf(declaration: any): [string, Kind][] {
  const kind = kinds[declaration?.type];
  if (kind !== undefined) return [[declaration.id.name, kind]];
  if (declaration?.type !== "VariableDeclaration") return [];
  return declaration.declarations.map(({ id, init }: any) => [
    id.name,
    /Function/.test(init?.type ?? "") ? "function" : "value",
  ]);
}

function fieldsOf(text: string, declaration: any): Exported["fields"] {
  if (declaration.type !== "TSInterfaceDeclaration") return [];
  let last = declaration.body.start + 1;
  return declaration.body.body.map((member: any) => {
    const doc = docBefore(text, last, member.start);
    last = member.end;
    return { name: member.key?.name ?? "()", doc, optional: member.optional === true };
  });
}

/** Everything that a file exports; namespaces are opened. */
export function exportsOf(file: string, prefix = ""): Exported[] {
  const source = read(file);
  const own = [...source.exported].flatMap(([name, local]) => resolved(file, local, prefix + name));
  return [...own, ...source.all.flatMap((from) => exportsOf(from, prefix))];
}

export function resolved(file: string, local: string, name: string): Exported[] {
  const source = read(file);
  const declared = source.declared.get(local);
  if (declared !== undefined) return [{ name, file, ...declared }];
  const imported = source.imported.get(local);
  if (imported !== undefined && existsSync(join(root, imported.from))) {
    if (imported.name !== undefined) return forwarded(imported.from, imported.name, name);
    return exportsOf(imported.from, `${name}.`);
  }
  for (const from of source.all) {
    const found = forwarded(from, local, name);
    if (found.length > 0) return found;
  }
  return [];
}

/** What a file exports by this name. */
function forwarded(file: string, exported: string, name: string): Exported[] {
  const { exported: names, all } = read(file);
  const local = names.get(exported);
  if (local !== undefined) return resolved(file, local, name);
  for (const from of all) {
    const found = forwarded(from, exported, name);
    if (found.length > 0) return found;
  }
  return [];
}

/** Everything that a program can name, each once: `nn.Linear`, `nn.functional.relu`, `plot.curves`. */
export function publicNames(): Exported[] {
  const all = [
    ...exportsOf("src/index.ts"),
    // `functional` is an object that is made of this file.
    ...exportsOf("src/ops/generated/functional.ts", "nn.functional."),
    ...exportsOf("src/plot/index.ts", "plot."),
    ...exportsOf("src/distributed/index.ts", "distributed."),
  ];
  return [...new Map(all.map((each) => [each.name, each])).values()];
}
