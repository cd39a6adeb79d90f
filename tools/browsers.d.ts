/** The program and version of a browser on this machine, or why there is none. */
export function findBrowser(
  name: "chromium" | "firefox",
): { program: string; version: string; why?: undefined } | { why: string };

/** Installs missing browsers by apt-get, if this is CI and the user is root. */
export function installBrowsers(): void;
