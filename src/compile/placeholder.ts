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

/** What a placeholder stands for. */
export interface Form {
  readonly dtype: DType;
  /** In elements. */
  readonly length: number;
  /** The number of placeholders that the trace had made before. */
  readonly index: number;
}

class Placeholder {
  #owner: Owner;
  readonly #form: Form;
  #buffer: ArrayBuffer | null = null;

  constructor(owner: Owner, form: Form) {
    this.#owner = owner;
    this.#form = form;
  }

  /** The owner, if `object` is a placeholder. An operand that is omitted is null. */
  static ownerOf(object: object | null): Owner | null {
    return object !== null && #owner in object ? object.#owner : null;
  }

  static formOf(object: object): Form {
    return (object as Placeholder).#form;
  }

  /** The same after a check that the trace is not over. */
  static checked(object: object): Form {
    const { over } = (object as Placeholder).#owner;
    if (over) Placeholder.refuse(object);
    return (object as Placeholder).#form;
  }

  static bufferOf(object: object): ArrayBuffer {
    Placeholder.checked(object);
    (object as Placeholder).#buffer ??= new ArrayBuffer(0);
    return (object as Placeholder).#buffer!;
  }

  /** The trap for every property that a placeholder does not define, such as an element. */
  static refuse(object: unknown): never {
    return (object as Placeholder).#owner.refuseAccess();
  }

  static give(object: object, owner: Owner): void {
    (object as Placeholder).#owner = owner;
  }
}

type ArrayType = (typeof arrayTypes)[DType];
type Made = new (owner: Owner, form: Form) => object;

/** Its objects are instances of `Type`, as far as `instanceof` can tell. */
function placeholderOf(Type: ArrayType): Made {
  class Typed extends Placeholder {
    get length(): number {
      return Placeholder.checked(this).length;
    }
    get byteOffset(): number {
      Placeholder.checked(this);
      return 0;
    }
    get buffer(): ArrayBuffer {
      return Placeholder.bufferOf(this);
    }
    get BYTES_PER_ELEMENT(): number {
      Placeholder.checked(this);
      return Type.BYTES_PER_ELEMENT;
    }
    get [Symbol.toStringTag](): string {
      Placeholder.checked(this);
      return Type.name;
    }
  }
  const others: ProxyHandler<object> = {
    get: (_, __, placeholder) => Placeholder.refuse(placeholder),
    set: (_, __, ___, placeholder) => Placeholder.refuse(placeholder),
  };
  Object.defineProperty(Typed.prototype, "constructor", { value: Type });
  Object.setPrototypeOf(Typed.prototype, new Proxy(Object.create(Type.prototype), others));
  return Typed;
}

const made = new Map<ArrayType, Made>();

function placeholder(owner: Owner, form: Form): Data {
  const Type = arrayTypes[form.dtype];
  let Typed = made.get(Type);
  if (Typed === undefined) {
    Typed = placeholderOf(Type);
    made.set(Type, Typed);
  }
  return new Typed(owner, form) as Data;
}

/** Whether it is a placeholder of some trace. */
export const isPlaceholder = (object: object): boolean => Placeholder.ownerOf(object) !== null;

/** The placeholders of a trace, in the order in which it made them. */
export class Placeholders {
  readonly #made: Data[] = [];

  /**
   * `earlier`: those of an earlier trace of the same function. This trace takes them over one by one, as long
   * as it makes the same, so that the arguments of its calls are the very same objects.
   */
  constructor(
    private readonly owner: Owner,
    private readonly earlier: Placeholders | null,
  ) {}

  make(dtype: DType, length: number): Data {
    const index = this.#made.length;
    let array = this.earlier === null ? undefined : this.earlier.#made[index];
    const form = array === undefined ? null : Placeholder.formOf(array);
    if (form?.dtype === dtype && form.length === length) Placeholder.give(array!, this.owner);
    else array = placeholder(this.owner, { dtype, length, index });
    this.#made.push(array!);
    return array!;
  }

  get count(): number {
    return this.#made.length;
  }

  has(array: Data | null): boolean {
    return Placeholder.ownerOf(array) === this.owner;
  }

  /** Undefined if the array is not one of them. */
  get(array: Data | null): Form | undefined {
    return this.has(array) ? Placeholder.formOf(array!) : undefined;
  }

  /** The index of one of them; -1 for any other array. */
  indexOf(array: Data): number {
    return this.has(array) ? Placeholder.formOf(array).index : -1;
  }
}
