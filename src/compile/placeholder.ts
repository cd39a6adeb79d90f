/**
 * An object that stands for the typed array of a tensor while a function is traced. It answers which type and
 * length it has, and begins at the start of a buffer of its own. Any other access is an error, because there
 * are no values.
 *
 * It is not a typed array, nor a Proxy of one: each of those has a buffer, which costs the garbage collector
 * more than all the rest of a recorded call.
 */
import { arrayTypes, type Data, type DType } from "../dtype.js";

/** The trace to which a placeholder belongs. */
export interface Owner {
  readonly over: boolean;
  /** The error for an access to elements, or for any access after the trace is over. */
  refuseAccess(): never;
}

type ArrayType = (typeof arrayTypes)[DType];
type Made = new (owner: Owner, length: number) => object;

/** Its objects are instances of `Type`, as far as `instanceof` can tell. */
function placeholderOf(Type: ArrayType): Made {
  class Placeholder {
    readonly #owner: Owner;
    readonly #length: number;
    #buffer: ArrayBuffer | null = null;

    constructor(owner: Owner, length: number) {
      this.#owner = owner;
      this.#length = length;
    }

    get length(): number {
      return this.#checked.#length;
    }
    get byteOffset(): number {
      void this.#checked;
      return 0;
    }
    get buffer(): ArrayBuffer {
      this.#checked.#buffer ??= new ArrayBuffer(0);
      return this.#buffer!;
    }
    get BYTES_PER_ELEMENT(): number {
      void this.#checked;
      return Type.BYTES_PER_ELEMENT;
    }
    get [Symbol.toStringTag](): string {
      void this.#checked;
      return Type.name;
    }

    get #checked(): this {
      if (this.#owner.over) this.#owner.refuseAccess();
      return this;
    }

    /** The trap for every property that this class does not define, such as an element. */
    static refuse(placeholder: unknown): never {
      return (placeholder as Placeholder).#owner.refuseAccess();
    }
  }
  const others: ProxyHandler<object> = {
    get: (_, __, placeholder) => Placeholder.refuse(placeholder),
    set: (_, __, ___, placeholder) => Placeholder.refuse(placeholder),
  };
  Object.defineProperty(Placeholder.prototype, "constructor", { value: Type });
  Object.setPrototypeOf(Placeholder.prototype, new Proxy(Object.create(Type.prototype), others));
  return Placeholder;
}

const made = new Map<ArrayType, Made>();

export function placeholder(owner: Owner, dtype: DType, length: number): Data {
  const Type = arrayTypes[dtype];
  let Placeholder = made.get(Type);
  if (Placeholder === undefined) {
    Placeholder = placeholderOf(Type);
    made.set(Type, Placeholder);
  }
  return new Placeholder(owner, length) as Data;
}
