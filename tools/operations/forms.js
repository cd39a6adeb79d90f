// The forms of an operation, as its doc comment states them: `@forms cumsum(), x.cumsum(), x.cumsum_()`.

/**
 * function: `cumsum(x, 0)`; method: `x.cumsum(0)`; inPlace: `x.cumsum_(0)`; property: `x.T`; the others:
 * functions of a namespace.
 * @typedef {"function" | "method" | "inPlace" | "property" | "linalg" | "special" | "functional"} Kind
 * @typedef {{ kind: Kind, name: string, spread?: string, text: string }} Form
 * @typedef {{ prose: string, sentence: string, torch: string[], throws: string[], forms?: string }} Doc
 */

/** @type {[RegExp, Kind][]} */
const kinds = [
  [/^(\w+)\(\)$/, "function"],
  [/^x\.(\w+_)\(\)$/, "inPlace"],
  [/^x\.(\w+)\((?:\.\.\.(\w+))?\)$/, "method"],
  [/^x\.(\w+)$/, "property"],
  [/^linalg\.(\w+)\(\)$/, "linalg"],
  [/^special\.(\w+)\(\)$/, "special"],
  [/^nn\.functional\.(\w+)\(\)$/, "functional"],
];

/**
 * `x.reshape(...shape)`: the method takes the sizes of the parameter `shape` one by one, too.
 * @returns {Form[]}
 */
export function parseForms(text, where) {
  return text
    .split(",")
    .map((part) => part.trim())
    .map((form) => {
      for (const [pattern, kind] of kinds) {
        const [, name, spread] = pattern.exec(form) ?? [];
        if (name !== undefined) return { kind, name, spread, text: form.replace(/\(.*\)/, "()") };
      }
      throw new Error(`${where}: @forms does not know the form ${form}`);
    });
}

const torchNames = /\s*\bPyTorch:((?:\s*`[^`]+`,?)+| none)\.?/;

/** @returns {Doc} what a doc comment says */
export function readDoc(comment, where) {
  const lines = comment
    .trim()
    .slice(3, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trim());
  const paragraphs = [];
  for (const line of lines)
    if (line === "") paragraphs.push("");
    else if ((paragraphs.at(-1) ?? "") === "" || /^(@|- |Shapes?: )/.test(line)) paragraphs.push(line);
    else paragraphs.push(`${paragraphs.pop()} ${line}`);
  const tag = (name) =>
    paragraphs.filter((p) => p.startsWith(`@${name} `)).map((p) => p.slice(name.length + 2));
  const text = paragraphs
    .filter((p) => !p.startsWith("@"))
    .join("\n")
    .trim();
  const named = torchNames.exec(text);
  const torch = [...(named?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  const prose = text.replace(torchNames, "").trim();
  const sentence = /^[\s\S]*?(?:[.…](?=\s+[^a-z]|\s*$)|$)/.exec(prose)?.[0].replace(/\s+/g, " ") ?? "";
  const [forms] = tag("forms");
  if (forms !== undefined && sentence === "")
    throw new Error(`${where}: a sentence is needed that says what the operation returns`);
  if (forms !== undefined && named === null)
    throw new Error(
      `${where}: the doc comment ends with PyTorch's name: "PyTorch: \`torch.exp\`.", or "PyTorch: none."`,
    );
  return { prose, sentence, torch, throws: tag("throws"), forms };
}

const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/**
 * The forms of a row: a method and an in-place method; of unary rows a function of `nn.functional`; and what
 * PyTorch's names say.
 * @returns {string}
 */
export function rowForms(name, family, doc, others) {
  const of = (from) =>
    doc.torch.flatMap((full) => {
      const [, space, last] = /^(torch|torch\.special|F)\.(\w+)$/.exec(full) ?? [];
      return space === from ? [camel(last)] : [];
    });
  const functions = of("torch");
  const methods = [...new Set([name, ...functions])];
  const functionals = family === "unary" ? [...new Set([name, ...of("F")])] : [];
  return [
    ...functions.map((f) => `${f}()`),
    ...(others === undefined ? [] : [others]),
    ...methods.flatMap((method) => [`x.${method}()`, `x.${method}_()`]),
    ...of("torch.special").map((f) => `special.${f}()`),
    ...functionals.map((f) => `nn.functional.${f}()`),
  ].join(", ");
}
