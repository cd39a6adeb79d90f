import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { sizedPictures } from "../pictures.js";
import { referenceMenu } from "../reference-menu.js";
import { repositoryUrl } from "../repository.js";
import { slug } from "../slug.js";
import { themeChanges } from "../theme-changes.js";

const page = (text, link) => ({ text, link });

const course = new URL("../../docs/course/", import.meta.url);

/** The lessons with their titles, in order. */
function lessons() {
  const names = readdirSync(course).filter((name) => /^\d\d-.*\.md$/.test(name));
  return names.sort().map((name) => {
    const [, title] = /^# (.+)$/m.exec(readFileSync(new URL(name, course), "utf8"));
    return page(title, `/course/${name.slice(0, -3)}`);
  });
}

const sidebar = [
  {
    text: "Start",
    items: [
      page("Getting started", "/getting-started"),
      page("Coming from PyTorch", "/pytorch"),
      page("Playground", "/playground"),
    ],
  },
  {
    text: "Course",
    link: "/course/",
    collapsed: false,
    items: lessons(),
  },
  {
    text: "Guides",
    items: [
      page("Data", "/data"),
      page("Layers and operations", "/layers"),
      page("Training", "/training"),
      page("Saving and resuming", "/checkpoints"),
      page("Reports", "/report"),
      page("compile", "/compile"),
      page("Pictures", "/plotting"),
      page("Serving a model", "/serving"),
      page("Deployment", "/deployment"),
      page("In a browser", "/browser"),
      page("Several processes", "/distributed"),
      page("Command line", "/command-line"),
      page("Performance", "/performance"),
    ],
  },
  {
    text: "Reference",
    items: [
      page("API", "/api/"),
      page("All operations", "/operations"),
      page("Errors by code", "/errors"),
      page("Python's brackets", "/indexing"),
      page("Gradients", "/autograd"),
      page("Attention", "/attention"),
      page("Numerics", "/numerics"),
      page("Memory", "/memory"),
      page("Platforms", "/platforms"),
    ],
  },
  {
    text: "Performance notes",
    items: [
      page("Benchmark", "/bench"),
      page("Small steps", "/bench-steps"),
      page("Networks", "/bench-zoo"),
      page("What limits the kernels", "/limits"),
    ],
  },
];

const isReference = (path) => path.startsWith("api/");

/**
 * What search finds of a page: each of its sections; a page of the reference as a whole, because its sections
 * have the same names everywhere. Only those of Tensor are methods that people look for.
 */
function searched(source, env, md) {
  const text = md.render(source, env);
  if (!isReference(env.relativePath) || env.relativePath.endsWith("/Tensor.md")) return text;
  return text.replace(/<(\/?)h[2-6]\b[^>]*>/g, "<$1p>");
}

const { version, description } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

const noScripts = readFileSync(new URL("no-scripts.css", import.meta.url), "utf8");

export default defineConfig({
  lang: "en",
  title: "simdgrad",
  description,
  base: process.env.SITE_BASE ?? "/",
  head: [["noscript", {}, `<style>${noScripts}</style>`]],
  srcDir: "pages",
  outDir: "dist",
  // The names of all pages are in one file, not in each page.
  metaChunk: true,
  markdown: { anchor: { slugify: slug }, config: sizedPictures },
  // A name of the reference has no next one to read.
  transformPageData: ({ relativePath, frontmatter }) =>
    isReference(relativePath) ? { frontmatter: { ...frontmatter, prev: false, next: false } } : undefined,
  // Built beside the pages; check.js looks for its files.
  ignoreDeadLinks: [/^\/playground\//],
  vite: { plugins: [themeChanges], build: { chunkSizeWarningLimit: 4000 } },
  themeConfig: {
    nav: [
      page("Guide", "/getting-started"),
      page("API", "/api/"),
      { text: "Playground", link: "/playground/index.html", target: "_self" },
      { text: version, link: `${repositoryUrl}/blob/main/CHANGELOG.md` },
    ],
    sidebar: { "/api/": referenceMenu, "/": sidebar },
    outline: [2, 3],
    search: { provider: "local", options: { _render: searched } },
  },
});
