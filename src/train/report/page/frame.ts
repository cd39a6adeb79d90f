/** The frame of all pages: one file that loads nothing. */
import { createHash } from "node:crypto";
import { version } from "../../../version.js";
import { embedded, html, Markup } from "./html.js";
import { pageScript } from "./script.js";
import { styleSheet } from "./style.js";

const raw = (text: string) => new Markup(text);

/** A script, apart from other markup: in a tagged template, compilers rewrite what ends one. */
const script = (attributes: string, text: string) =>
  raw(`<script${attributes && ` ${attributes}`}>${text}</${"script"}>`);

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The browser refuses whatever is not in the file, and every script but the page's own. */
const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${hash(pageScript)}; base-uri 'none'; form-action 'none'`;

/** The id of the element that holds the data of a page. */
export const DATA_ID = "simdgrad-data";

/** Seconds after which a page of a run that goes on is read again. */
const REFRESH = 5;

/** `data`: what the page is made from, for `simdgrad report`. `running`: whether the file will change. */
export function pageOf(title: string, data: unknown, running: boolean, content: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${running && html`<meta http-equiv="refresh" content="${REFRESH}">`}
<title>${title}</title>
<style>${raw(styleSheet)}</style>
</head>
<body>
<main>
${content}
<footer>Made by simdgrad ${version}. This file loads nothing and holds its own data.</footer>
</main>
${script(`type="application/json" id="${DATA_ID}"`, embedded(data).text)}
${script("", pageScript)}
</body>
</html>
`.text;
}
