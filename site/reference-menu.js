// The menu beside the reference: its modules and their namespaces. Their pages list all names.
import { readFileSync } from "node:fs";

const isPage = ({ path, kind }) => path !== undefined && (kind === 2 || kind === 4);

function entry({ title, path, children = [] }) {
  const below = children
    .flatMap((child) => (isPage(child) ? [child] : (child.children ?? [])))
    .filter(isPage);
  const link = `/api/${path.replace(/(index)?\.md$/, "")}`;
  return { text: title, link, ...(below.length > 0 ? { items: below.map(entry) } : {}) };
}

const navigation = new URL("pages/api/navigation.json", import.meta.url);
const modules = JSON.parse(readFileSync(navigation, "utf8")).map(entry);

export const referenceMenu = [
  { text: "Guides", items: [{ text: "All guides", link: "/" }] },
  { text: "API", items: modules.sort((a, b) => a.text.localeCompare(b.text)) },
];
