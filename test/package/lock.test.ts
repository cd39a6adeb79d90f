import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./pack.js";

interface Locked {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
  hasInstallScript?: boolean;
  /** A package of this repository: `resolved` is its folder. */
  link?: boolean;
}

const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};

// npm install leaves the binaries of other platforms out of the lock when the registry does not have them,
// and npm ci then refuses the lock on every platform.
test("the lock file knows the optional packages of every platform", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !lock.packages[`${path}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(
    Object.values(lock.packages).filter(({ resolved, link }) => resolved !== undefined && !link),
  ).toEqual([]);
});

test("development depends on no install script either", () => {
  const scripts = Object.keys(lock.packages).filter((path) => lock.packages[path]!.hasInstallScript);
  expect(scripts).toEqual([]);
});
