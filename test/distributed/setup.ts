import { spawnSync } from "node:child_process";
import { install, mayInstall } from "../../tools/apt.js";
import { launchers, packages } from "../../tools/mpi.js";
import { starts } from "./launchers.js";

/**
 * In CI: installs the MPI libraries, and what makes hosts, once before the tests, since apt-get cannot run
 * twice at a time.
 */
export default function installLaunchers(): void {
  const missing = [
    ...(launchers.every(({ command }) => starts(command)) ? [] : packages),
    ...(spawnSync("ip", ["-V"]).status === 0 ? [] : ["iproute2"]),
  ];
  if (mayInstall() && missing.length > 0) install(...missing);
}
