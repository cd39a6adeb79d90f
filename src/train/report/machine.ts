/** Where a run was made. */
import { availableParallelism, cpus, totalmem } from "node:os";
import { worldSize } from "../../distributed/world.js";
import { backend } from "../../kernels/backend.js";
import { version } from "../../version.js";
import type { Fact } from "./run-data.js";

export function machineFacts(): Fact[] {
  const { name, isa, threads, reason } = backend;
  const all = cpus();
  const facts: Fact[] = [
    ["processor", all[0]?.model.trim() || "not known"],
    ["cores", `${availableParallelism()} available of ${Math.max(all.length, availableParallelism())}`],
    ["memory", `${(totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ["system", `${process.platform}-${process.arch}`],
    ["backend", name === "js" ? `js (${reason})` : name],
    ["instruction set", isa],
    ["threads", String(threads)],
    ["Node.js", process.versions.node],
    ["simdgrad", version],
  ];
  if (worldSize > 1) facts.push(["processes", String(worldSize)]);
  return facts;
}
