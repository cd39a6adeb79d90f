/** WebAssembly's API, as far as it is used here. The types of Node lack it. */

export interface Memory {
  /** A SharedArrayBuffer if the memory is shared. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A compiled module. */
export interface Module {
  readonly [Symbol.toStringTag]: string;
}

export type Imports = Record<string, Record<string, ((...values: number[]) => number) | Memory>>;

interface Engine {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: {
    new (bytes: Uint8Array<ArrayBuffer>): Module;
    imports(module: Module): { module: string; name: string }[];
  };
  readonly Instance: new (module: Module, imports: Imports) => { readonly exports: object };
  readonly Memory: new (size: { initial: number; maximum: number; shared: boolean }) => Memory;
}

/** Undefined in an engine without WebAssembly (`node --jitless`). */
export const engine = (globalThis as unknown as { WebAssembly?: Engine }).WebAssembly;
