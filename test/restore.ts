/**
 * Test files share a process (vitest.config.ts). After each file this restores the state that outlives it:
 * backend, instruction set, threads, environment variables and spies. It also makes the comparison of typed
 * arrays fast: vitest compares the keys of both one by one, as strings.
 */
import { afterAll, expect, vi } from "vitest";
import { backend } from "../src/index.js";

const environment = { ...process.env };
const { name, isa, threads } = backend;

afterAll(() => {
  vi.restoreAllMocks();
  for (const key of Object.keys(process.env)) if (!(key in environment)) delete process.env[key];
  Object.assign(process.env, environment);
  // First, as the threads are those of the backend in use.
  if (backend.name !== name) backend.use(name);
  if (backend.isas.includes(isa)) {
    backend.useIsa(isa);
    backend.setThreads(threads);
  }
});

const bytesOf = (value: unknown) =>
  ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;

expect.addEqualityTesters([
  (a: any, b: any) => {
    const [first, second] = [bytesOf(a), bytesOf(b)];
    // Other bytes may be equal all the same (NaN), and vitest tells the difference.
    return first && second && a.constructor === b.constructor && first.equals(second) ? true : undefined;
  },
]);
