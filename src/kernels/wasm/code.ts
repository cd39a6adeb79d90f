/**
 * The bytes of the module, compiled for one thread or for many. They differ in one bit: the memory that the
 * module imports is shared with its threads or not. A shared memory needs SharedArrayBuffer, and the garbage
 * collector does not count it.
 */
import { engine, type Module } from "./engine.js";

/** Where the type of the imported memory is in the bytes, and its first number of pages. */
interface MemoryImport {
  readonly at: number;
  readonly pages: number;
}

/** Reads numbers (LEB128) and names. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  number(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * shift;
      // Behind the end there is no byte.
      if (!(byte & 128)) return value;
    }
  }

  skip(count: number): void {
    this.at += count;
  }
}

/** Undefined if these are not the bytes of a module: compiling them then says what is wrong. */
function memoryImport(bytes: Uint8Array): MemoryImport | undefined {
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const section = reader.number();
    const size = reader.number();
    if (section !== 2) {
      reader.skip(size);
      continue;
    }
    for (let left = reader.number(); left > 0 && reader.at < bytes.length; left--) {
      reader.skip(reader.number());
      reader.skip(reader.number());
      const kind = reader.number();
      const { at } = reader;
      reader.number(); // the type of a function, or the flags of the memory
      if (kind === 2) return { at, pages: reader.number() };
    }
    return undefined;
  }
  return undefined;
}

export class Code {
  /** Pages of 64 KB that the memory begins with. */
  readonly pages: number;
  readonly #memory: MemoryImport | undefined;
  readonly #modules: [own?: Module, shared?: Module] = [];

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {
    this.#memory = memoryImport(bytes);
    this.pages = this.#memory?.pages ?? 0;
  }

  /** The bytes for a memory that is shared or not. */
  bytesFor(shared: boolean): Uint8Array<ArrayBuffer> {
    // Flags: 1: there is a maximum, 2: shared.
    if (this.#memory !== undefined) this.bytes[this.#memory.at] = shared ? 3 : 1;
    return this.bytes;
  }

  /** Compiled when first needed. @throws CompileError */
  module(shared: boolean): Module {
    this.#modules[Number(shared)] ??= new engine!.Module(this.bytesFor(shared));
    return this.#modules[Number(shared)]!;
  }

  /** Takes a module that was compiled from `bytesFor(shared)`. */
  keep(shared: boolean, module: Module): void {
    this.#modules[Number(shared)] = module;
  }
}
