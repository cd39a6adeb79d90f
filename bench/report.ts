/** The tables as Markdown, the plot as a picture beside them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { plotGemm } from "./plot.js";
import type { GemmData } from "./sections/gemm.js";
import { plotZoo } from "./sections/zoo/plot.js";
import type { ZooData } from "./sections/zoo.js";
import { type Section, toMarkdown } from "./table.js";

interface Picture {
  alt: string;
  /** What follows the name of the report in the name of the file. */
  suffix: string;
  draw(data: any): Promise<string | null>;
}

/** The pictures of sections, by name. */
const pictures: Record<string, Picture> = {
  gemm: {
    alt: "GFLOP/s of square matrix products over their size",
    suffix: "",
    draw: (data: GemmData) => plotGemm(data),
  },
  zoo: {
    alt: "Speed of training steps relative to the fastest peer, by network",
    suffix: "-zoo",
    draw: (data: ZooData) => plotZoo(data),
  },
};

export async function saveReport(path: string, sections: Section[]): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const words = process.argv.slice(2).join(" ");
  const parts = [`# Benchmark\n\nMade by \`npm run bench -- ${words}\` on ${day}.\n`];
  mkdirSync(dirname(path), { recursive: true });
  for (const { name, tables, data } of sections) {
    parts.push(`## ${name === "gemm" ? "Matrix products" : name[0].toUpperCase() + name.slice(1)}\n`);
    const picture = pictures[name];
    const svg = picture === undefined ? null : await picture.draw(data);
    if (svg !== null) {
      const base = path.replace(/\.md$/, "");
      const file = `${base.endsWith(picture.suffix) ? base : base + picture.suffix}.svg`;
      writeFileSync(file, svg);
      parts.push(`![${picture.alt}](${basename(file)})\n`);
    }
    parts.push(...tables.map(toMarkdown));
  }
  writeFileSync(path, parts.join("\n"));
  console.error(`bench: saved ${path}`);
}
