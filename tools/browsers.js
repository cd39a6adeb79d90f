// The browsers that tests start: those on the path. In CI, as root on Debian, a missing one is installed;
// nothing else is downloaded. Without a browser the tests are skipped, with a line that says so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { install, mayInstall } from "./apt.js";

/**
 * The names of their programs, the preferred one first, and its package in Debian. Chromium's headless shell
 * is the same engine without windows; `chromium --headless` takes 40% more time, for pages of its own.
 */
const browsers = {
  chromium: {
    programs: ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"],
    package: "chromium-headless-shell",
  },
  firefox: { programs: ["firefox-esr", "firefox"], package: "firefox-esr" },
};

function onPath(names) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const program = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (program === undefined) return undefined;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return { program, version: String(stdout).trim() };
}

/** `{ program, version }` of a browser, or `{ why }`: why there is none. */
export const findBrowser = (name) => onPath(browsers[name].programs) ?? { why: `no ${name} on the path` };

/** In CI, as root: installs the preferred program of each browser. A line says what could not be had. */
export function installBrowsers() {
  if (!mayInstall()) return;
  for (const { programs, package: name } of Object.values(browsers))
    if (!onPath([programs[0]]) && !install(name) && !onPath(programs))
      console.log(`apt-get could not install ${name}: its tests are skipped`);
}
