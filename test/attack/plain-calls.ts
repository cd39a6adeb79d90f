/** Valid calls that follow from the signatures: of operations all of whose parameters are tensors. */
import { type Operation, readOperations } from "../../tools/operations/read.js";
import { m } from "./values.js";

const rooms = { function: "", method: "Tensor.", inPlace: "Tensor.", property: "", linalg: "linalg." };
const names = { ...rooms, special: "special.", functional: "nn.functional." };

/**
 * Rows for what the tables of cases do not name. A method is called where there is no function of its name.
 */
export async function plainCalls(
  known: ReadonlySet<string>,
): Promise<(readonly [string, () => unknown[]])[]> {
  const plain = ({ signatures: [{ parameters }, ...others] }: Operation) =>
    others.length === 0 && parameters.every(({ text }) => /: (Tensor|Operand)$/.test(text));
  return (await readOperations()).filter(plain).flatMap(({ forms, signatures: [{ parameters }] }) => {
    const functions = new Set(forms.filter(({ kind }) => kind === "function").map(({ name }) => name));
    return forms
      .filter(({ kind, name }) => kind !== "property" && !(kind === "method" && functions.has(name)))
      .map(({ kind, name }) => names[kind] + name)
      .filter((name) => !known.has(name))
      .map((name) => [name, () => parameters.map(() => m())] as const);
  });
}
