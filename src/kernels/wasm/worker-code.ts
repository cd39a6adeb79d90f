/**
 * The program of a Worker that runs threads of the module, one after another. It is a text: a file of its own
 * would have to be found behind every bundler. `serve` runs a thread; the rest depends on the host.
 */
export const serveThreads = `
const now = () => performance.now();
const serve = ({ module, memory, run, argument, stack, local }) => {
  const imports = { env: { memory }, simdgrad: { now, cores: () => 1, startThread: () => 0 } };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] ??= () => 0;
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  exports.__stack_pointer.value = stack;
  exports.__wasm_init_tls(local);
  exports.runThread(run, argument);
};
`;

/** A thread: where its function, argument, stack and thread_local variables are in the memory. */
export interface Thread {
  readonly module: unknown;
  readonly memory: unknown;
  readonly run: number;
  readonly argument: number;
  readonly stack: number;
  readonly local: number;
}

/** A Worker takes a while to start and some megabytes, so by default there are not more than this. */
export const mostCores = 16;
