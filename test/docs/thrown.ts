/** The codes of the errors that functions and constructors throw, read from the source. Syntax only. */
import { type Declared, publicNames, resolved } from "./exports.js";

/** The classes of errors: the argument that is the code, and the code without that argument. */
const classes: Readonly<Record<string, { argument: number; code?: string }>> = {
  SimdgradError: { argument: 0 },
  ShapeError: { argument: 1, code: "SHAPE_MISMATCH" },
  DTypeError: { argument: 1, code: "DTYPE_MISMATCH" },
  ValueError: { argument: 1, code: "INVALID_VALUE" },
  AutogradError: { argument: 1, code: "AUTOGRAD" },
  FileError: { argument: 1, code: "INVALID_FILE" },
};

export interface Thrown {
  readonly code: string;
  /** Of its class: `ShapeError`. */
  readonly kind: string;
}

interface Body {
  readonly thrown: readonly Thrown[];
  /** Names of what is called. */
  readonly calls: readonly string[];
}

/** What a declaration does when it is called: of a class, its constructor and its `forward`. */
function bodyOf({ nodes }: Declared): Body {
  const thrown: Thrown[] = [];
  const calls: string[] = [];
  const visit = (node: any): void => {
    if (node === null || typeof node !== "object") return;
    if (node.type === "NewExpression" || node.type === "CallExpression") {
      const { name } = node.callee;
      const known = Object.hasOwn(classes, name ?? "") ? classes[name] : undefined;
      if (known !== undefined && node.type === "NewExpression") {
        const given = node.arguments[known.argument];
        const code = given === undefined ? known.code : given.value;
        if (typeof code === "string") thrown.push({ code, kind: name });
      } else if (name !== undefined) calls.push(name);
    }
    Object.values(node).forEach(visit);
  };
  const called = ({ kind, key }: any) => kind === "constructor" || key?.name === "forward";
  for (const node of nodes) visit(node.type === "ClassDeclaration" ? node.body.body.filter(called) : node);
  return { thrown, calls };
}

const isPublic = new Set(publicNames().map(({ file, text }) => `${file}: ${text}`));

/**
 * What a declaration of `file` throws itself, and what the functions throw that it calls and that no program
 * can call: a public one has a doc comment of its own. `general`: files of checks that every function makes.
 */
export function thrownBy(file: string, declared: Declared, general: readonly string[]) {
  const { thrown: own, calls } = bodyOf(declared);
  const helpers = [...new Set(calls)]
    .flatMap((name) => resolved(file, name, name))
    .filter(({ file, text }) => !general.includes(file) && !isPublic.has(`${file}: ${text}`));
  return { own, byHelpers: helpers.flatMap((helper) => bodyOf(helper).thrown) };
}
