/** The hash of the sources from which an addon or the module of WebAssembly is built. */
export function sourceHash(): string;
