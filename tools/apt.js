// Debian packages that tests use. Only CI installs them, and only as root.
import { spawnSync } from "node:child_process";

export const mayInstall = () => Boolean(process.env.CI) && process.getuid?.() === 0;

/** Whether apt-get installed the packages. */
export function install(...packages) {
  const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const get = (...args) => spawnSync("apt-get", args, quiet).status === 0;
  return get("update") && get("install", "--yes", "--no-install-recommends", ...packages);
}
