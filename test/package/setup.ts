import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder in which pack.ts keeps the tarball of this run. */
    packed: string;
  }
}

export default function makeFolder(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-packed-"));
  project.provide("packed", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
