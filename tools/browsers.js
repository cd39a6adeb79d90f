// The browsers that tests start: those on the path. In CI, as root on Debian, a missing one is installed;
// nothing else is downloaded. Without a browser the tests are skipped, with a line that says so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { install, mayInstall } from "./apt.js";

/** The names of their programs, and Debian's package. */
const browsers = {
  chromium: { programs: ["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
  firefox: { programs: ["firefox-esr", "firefox"], package: "firefox-esr" },
};

function onPath({ programs }) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const program = programs
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return { program, version: String(stdout).trim() };
}

/** `{ program, version }` of a browser, or `{ why }`: why there is none. */
export const findBrowser = (name) => onPath(browsers[name]) ?? { why: `no ${name} on the path` };

/** In CI, as root: installs the browsers that are missing. A line says which could not be had. */
export function installBrowsers() {
  if (!mayInstall()) return;
  for (const browser of Object.values(browsers))
    if (!onPath(browser) && !install(browser.package))
      console.log(`apt-get could not install ${browser.package}: its tests are skipped`);
}
