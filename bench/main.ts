/**
 * The benchmark: the machine, then the selected sections, in one run. run.js starts it; options.ts has the
 * options.
 */
import { prepareContext } from "./context.js";
import { readOptions, type SectionName } from "./options.js";
import { saveReport } from "./report.js";
import { convolution } from "./sections/convolution.js";
import { distributed } from "./sections/distributed.js";
import { elementwise } from "./sections/elementwise.js";
import { gemm } from "./sections/gemm.js";
import { largest } from "./sections/largest.js";
import { latency } from "./sections/latency.js";
import { machine } from "./sections/machine.js";
import { steps } from "./sections/steps.js";
import { training } from "./sections/training.js";
import { zoo } from "./sections/zoo.js";
import { type Section, toText } from "./table.js";

const options = readOptions();
const context = await prepareContext(options);
const run = {
  gemm,
  elementwise,
  steps,
  latency,
  training,
  convolution,
  zoo,
  largest,
  distributed,
} satisfies Record<SectionName, unknown>;

const sections: Section[] = [];
const add = (section: Section) => {
  context.progress("");
  sections.push(section);
  if (!options.json) for (const table of section.tables) console.log(`${toText(table)}\n`);
};
try {
  context.progress("machine");
  add(await machine(context));
  for (const name of options.only) add(await run[name](context));
} finally {
  context.native?.stop();
}
if (options.json) {
  const report = Object.fromEntries(sections.map(({ name, data }) => [name, data]));
  console.log(JSON.stringify({ command: process.argv.slice(2), ...report }, null, 2));
}
if (options.report) await saveReport(options.report, sections);
