// Where the source is: `repository` of package.json, for links to files that are not pages.
import { readFileSync } from "node:fs";

const { repository } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

export const repositoryUrl = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
export const fileUrl = (path) => `${repositoryUrl}/blob/main/${path}`;
