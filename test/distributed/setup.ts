import { install, mayInstall } from "../../tools/apt.js";
import { launchers, packages } from "../../tools/mpi.js";
import { starts } from "./launchers.js";

/** In CI: installs the MPI libraries once, before the tests, since apt-get cannot run twice at a time. */
export default function installLaunchers(): void {
  if (mayInstall() && !launchers.every(({ command }) => starts(command))) install(...packages);
}
