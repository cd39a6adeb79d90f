// The browsers that tests start: those on the path. In CI, as root on Debian, a missing one is installed;
// nothing else is downloaded. Without a browser the tests are skipped, with a line that says so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

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

function install(name) {
  const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const get = (...args) => spawnSync("apt-get", args, quiet).status === 0;
  return get("update") && get("install", "--yes", "--no-install-recommends", name);
}

/** `{ program, version }` of a browser, or `{ why }`: why there is none. */
export function findBrowser(name) {
  const browser = browsers[name];
  const found = onPath(browser);
  if (found) return found;
  if (!process.env.CI || process.getuid?.() !== 0) return { why: `no ${name} on the path` };
  if (!install(browser.package)) return { why: `apt-get could not install ${browser.package}` };
  return onPath(browser) ?? { why: `no ${name} on the path, though ${browser.package} is installed` };
}
