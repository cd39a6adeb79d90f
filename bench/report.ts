/** The tables as Markdown, the plot as a picture beside them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { plotGemm } from "./plot.js";
import type { GemmData } from "./sections/gemm.js";
import { type Section, toMarkdown } from "./table.js";

export async function saveReport(path: string, sections: Section[]): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const words = process.argv.slice(2).join(" ");
  const parts = [`# Benchmark\n\nMade by \`npm run bench -- ${words}\` on ${day}.\n`];
  mkdirSync(dirname(path), { recursive: true });
  for (const { name, tables, data } of sections) {
    parts.push(`## ${name === "gemm" ? "Matrix products" : name[0].toUpperCase() + name.slice(1)}\n`);
    if (name === "gemm") {
      const picture = path.replace(/\.md$/, "") + ".svg";
      const svg = await plotGemm(data as GemmData);
      if (svg !== null) {
        writeFileSync(picture, svg);
        parts.push(`![GFLOP/s of square matrix products over their size](${basename(picture)})\n`);
      }
    }
    parts.push(...tables.map(toMarkdown));
  }
  writeFileSync(path, parts.join("\n"));
  console.error(`bench: saved ${path}`);
}
