// The C++ that is generated from the rows of src/kernels/schema.ts. A kernel has C++ when a file of
// native/entries defines its entry, `double softmax(SoftmaxArgs& a) {`. That definition registers it.

const banner =
  "// Written by `npm run generate` from src/kernels/schema.ts. A test fails when it is out of date.";

/**
 * Families whose C++ op names come from native/kernels/elementwise_rows.h, which has fewer ops than the rows.
 */
const elementwise = ["unary", "binary", "compare"];

const structOf = (kernel) => `${kernel[0].toUpperCase()}${kernel.slice(1)}Args`;

/**
 * @param {Record<string, object>} schema the rows
 * @param {(extent: string) => object} formOf of extents.ts
 * @param {readonly string[]} entries texts of native/entries/*.cc
 * @returns {Record<string, string>} the text of each file by its path
 */
export function nativeHeaders(schema, formOf, entries) {
  const defined = new Set(
    entries.flatMap((text) =>
      [...text.matchAll(/^double (\w+)\(\w+Args& a\) \{/gm)].map((match) => match[1]),
    ),
  );
  const kernels = Object.keys(schema).filter((name) => defined.has(name));
  const ops = kernels.flatMap((kernel) =>
    schema[kernel].parameters
      .filter(({ kind }) => kind === "op")
      .map((parameter) => ({ kernel, ops: parameter.ops, names: namesOf(schema, parameter.ops) })),
  );
  return {
    "native/entries/arguments.h": argumentsHeader(schema, formOf, kernels, ops),
    "native/kernels/op_names.h": opNamesHeader(ops),
  };
}

/** The name of the C++ list of the ops of a parameter: that of the first kernel that takes them. */
function namesOf(schema, ops) {
  const [kernel] = Object.entries(schema).find(([, { parameters }]) =>
    parameters.some((parameter) => parameter.ops?.join() === ops.join()),
  );
  return `${kernel}Names`;
}

function opNamesHeader(ops) {
  const lists = new Map(ops.map(({ names, ops }) => [names, ops]));
  for (const family of elementwise) lists.delete(`${family}Names`);
  const lines = [...lists].map(
    ([names, ops]) => `constexpr const char* ${names}[] = {${ops.map((op) => `"${op}"`).join(", ")}};`,
  );
  return `#pragma once
${banner}
// The op names of the families that are not elementwise: the code of an op is its place in its list.

#include "length_of.h"

namespace simdgrad {

${lines.join("\n")}

}  // namespace simdgrad
`;
}

function argumentsHeader(schema, formOf, kernels, ops) {
  const structs = kernels.map((kernel) => struct(kernel, schema, formOf));
  const macro = (name, lines) => `#define ${name} \\\n${lines.map((line) => `  ${line}`).join(" \\\n")}`;
  return `#pragma once
${banner}
// The arguments of every kernel that has C++: each member reads itself, in the order of the row.

#include "../kernels/elementwise_rows.h"
#include "../kernels/op_names.h"
#include "reader.h"

namespace simdgrad::entries {

${structs.join("\n")}
// What the entries answer: OK, or the position of the first label or index that is out of range, or what
// prepared_call.h lists.
${kernels.map((kernel) => `double ${kernel}(${structOf(kernel)}& a);`).join("\n")}

}  // namespace simdgrad::entries

${macro(
  "SIMDGRAD_KERNELS(ROW)",
  kernels.map((kernel) => `ROW(${kernel}, entries::${structOf(kernel)})`),
)}

// The kernels whose calls may be links of a chain.
${macro(
  "SIMDGRAD_LINKS(ROW)",
  kernels
    .filter((kernel) => schema[kernel].links.length > 0)
    .map((kernel) => `ROW(${kernel}, entries::${structOf(kernel)})`),
)}

${macro(
  "SIMDGRAD_OP_LISTS(ROW)",
  ops.map(({ kernel, names }) => `ROW(${kernel}, ${names})`),
)}
`;
}

function struct(kernel, schema, formOf) {
  const { parameters } = schema[kernel];
  const kinds = new Map(parameters.map(({ name, kind }) => [name, kind]));
  const members = parameters.map((parameter) => `  const ${member(parameter, schema, formOf, kinds)};`);
  return `struct ${structOf(kernel)} : Arguments {
  using Arguments::Arguments;
${members.join("\n")}
};
`;
}

function member(parameter, schema, formOf, kinds) {
  const { name, kind, least, most } = parameter;
  if (kind === "op") return `int ${name} = readOp(${namesOf(schema, parameter.ops)})`;
  if (kind === "shape") return `Dims ${name} = readShape()`;
  if (kind === "number") return `double ${name} = readNumber()`;
  if (kind === "stride") return `int64_t ${name} = readStride()`;
  if (kind === "flags") return `int64_t ${name} = readFlags(${most})`;
  if (kind === "size") return `int64_t ${name} = readSize(${least === 0 ? "" : least})`;
  if (kind === "operand") return operand(parameter, formOf, kinds);
  throw new Error(`native-headers: a parameter of a kind that C++ does not read: ${kind} (${name})`);
}

function operand({ name, access, layout, optional, extent }, formOf, kinds) {
  const steps = layout === "dense" ? "Dense" : layout === "listed" ? "Listed" : `Strided<${layout}>`;
  const type = `${access === "read" ? "Read" : "Write"}<${steps}>`;
  const sizes = extent === "shape" ? ["shape"] : sizesOf(formOf(extent), kinds);
  return `${optional ? `Optional<${type}>` : type} ${name}{*this, ${sizes.join(", ")}}`;
}

/** The size of each axis as a C++ expression. */
function sizesOf(form, kinds) {
  if (form.kind === "axes") return form.axes;
  if (form.kind === "sum") return [form.terms.map((factors) => factors.join(" * ")).join(" + ")];
  const { by } = form;
  if (form.kind === "table") return [`countOf(${by}, {${form.counts.join(", ")}})`];
  const condition = kinds.get(by) === "operand" ? `${by}.given()` : `${by} != 0`;
  return [`${condition} ? ${form.given} : ${form.otherwise}`];
}
