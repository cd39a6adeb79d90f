/**
 * Test files share a process (vitest.config.ts). After each file this restores the state that outlives it:
 * backend, instruction set, threads, environment variables and spies.
 */
import { afterAll, vi } from "vitest";
import { backend } from "../src/index.js";

const environment = { ...process.env };
const { name, isa, threads } = backend;

afterAll(() => {
  vi.restoreAllMocks();
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
  if (backend.isas.includes(isa)) {
    backend.useIsa(isa);
    backend.setThreads(threads);
  }
  if (backend.name !== name) backend.use(name);
});
