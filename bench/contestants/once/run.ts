/**
 * The frame of a program that bench/once.ts starts: one JSON argument, a line that says who it is, a line
 * with what it measured.
 */
import { backend } from "simdgrad";

export async function run<Given, Result>(measure: (given: Given) => Result | Promise<Result>): Promise<void> {
  if (backend.isas.length === 0) throw new Error("the native core does not run here");
  console.log(JSON.stringify({ name: `simdgrad ${backend.name} ${backend.isa}` }));
  console.log(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? "null") as Given)));
}
