// Pictures get the size of their file as width and height, so that text below does not move when they arrive.
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";

/** Width and height in pixels of an SVG or PNG file. */
export function sizeOf(path) {
  if (path.endsWith(".svg")) {
    const [head] = /<svg[^>]*>/.exec(readFileSync(path, "utf8")) ?? [""];
    const side = (name) => Number(new RegExp(`\\s${name}="([\\d.]+)`).exec(head)?.[1]);
    return [side("width"), side("height")];
  }
  const header = Buffer.alloc(24);
  const file = openSync(path, "r");
  readSync(file, header);
  closeSync(file);
  return [header.readUInt32BE(16), header.readUInt32BE(20)];
}

/** A plugin of markdown-it. */
export function sizedPictures(md) {
  md.core.ruler.push("sized_pictures", ({ tokens, env }) => {
    for (const { children } of tokens)
      for (const token of children ?? []) {
        if (token.type !== "image") continue;
        const [width, height] = sizeOf(join(dirname(env.path), decodeURI(token.attrGet("src"))));
        if (!(width > 0 && height > 0)) throw new Error(`${token.attrGet("src")} states no size`);
        token.attrSet("width", String(width));
        token.attrSet("height", String(height));
        token.attrSet("loading", "lazy");
      }
  });
}
