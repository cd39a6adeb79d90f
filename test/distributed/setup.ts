import { install, mayInstall } from "../../tools/apt.js";
import { known, starts } from "./launchers.js";

/** In CI: installs the MPI libraries once, before the tests, since apt-get cannot run twice at a time. */
export default function installLaunchers(): void {
  if (mayInstall() && !known.every(({ command }) => starts(command)))
    install("openmpi-bin", "libopenmpi3", "mpich", "libmpich12");
}
