// Generates the arguments of a call from the row of its kernel: usually right or almost right, sometimes with
// one wrong number or array.
export const types = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u8: Uint8Array };

// Sizes beyond 32 bits, at the limit of exact integers in a double, and shapes whose number of elements
// overflows 64 bits.
const huge = [2 ** 31, 2 ** 32 - 1, 2 ** 32 + 1, 2 ** 40, 2 ** 53];
const overflowing = [
  [2 ** 32 - 1, 2 ** 32 + 1],
  [2 ** 32, 2 ** 32],
  [2 ** 32 + 1, 2 ** 32 + 1],
  [2 ** 53, 2 ** 53, 2 ** 53],
];
const invalid = [-1, -(2 ** 53), 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53 + 2, 1e300];

const margin = 64;
const mark = 0x5a;

/**
 * Places an array in the middle of a buffer, or alone in one, where the address sanitizer detects every
 * access outside.
 */
function place(values, alone, shared) {
  const Type = values.constructor;
  const around = alone ? 0 : margin;
  const bytes = values.byteLength + 2 * around;
  const buffer = shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  new Uint8Array(buffer).fill(mark);
  const array = new Type(buffer, around, values.length);
  array.set(values);
  return array;
}

// C++ supports these products only with these values; otherwise JavaScript does them. Heads must be multiples
// of groups, and rows of an output must not overlap.
const single = { batch: 1, accumulate: 0 };
// Sizes that fit together, and are small: most drawn arrays are long enough. Cell 2 is tanh, which needs no
// optional operand.
const cell = { cell: 2, steps: 2, batch: 1, rows: 2, hidden: 1, width: 1, columns: 1 };
const oneHead = { batch: 1, heads: 1, groups: 1, queries: 1, keys: 2, width: 1, valueWidth: 1, dropout: 0 };
const mostly = {
  ...{ gemmSgdStep: single, gemmAdamStep: single, recurrent: cell, recurrentGrad: cell },
  ...{ attention: oneHead, attentionGrad: oneHead },
};

/**
 * { numbers, arrays, outputs } from the row of a kernel (src/kernels/schema.ts). `nat(most)` draws 0 … most.
 * `ops` is the number of ops of the kernel. `outputs` are the indices in `arrays` of those that the call may
 * change.
 */
export function makeCall(kernel, row, ops, nat) {
  const pick = (values) => values[nat(values.length - 1)];
  const chance = (percent) => nat(99) < percent;
  const names = Object.keys(types);
  const axes = row.sizes.map(({ name }) => name);
  const numbers = [];
  const sizes = [];
  const arrays = [];
  const outputs = [];
  let shape = [];

  // If a kernel is defined for every type, C++ mostly supports float32, with the same type for all operands.
  const common = chance(85) ? "f32" : pick(names);
  const uniform = chance(90);
  const typeOf = ({ elements }) =>
    elements.length < names.length ? pick(elements) : uniform ? common : pick(names);
  const contentOf = ({ name, elements, checked, access }) => {
    if (checked === "index" || checked === "label") return "index";
    if (name === "windows") return "windows";
    return elements.join() === "f64" && access === "read" ? "hyper" : "any";
  };
  const valuesOf = (type, content) => {
    const start = nat(1000);
    const hyper = [0.9, 0.5, 0.999, 1e-8, 0.01];
    const valueAt = {
      hyper: (i) => hyper[i % hyper.length],
      index: (i) => (i * 7 + start) % 3,
      // Windows of one element: where each begins, and the element after it.
      windows: (i) => (start % 5 === 0 ? 1 : 0) + (i % 2),
    }[content];
    const length = chance(70) ? 150 + nat(150) : nat(40);
    const values = types[type].from({ length }, (_, i) => valueAt?.(i) ?? ((i * 31 + start) % 101) - 50);
    if ((content === "index" || content === "windows") && chance(10) && values.length > 0)
      values[nat(values.length - 1)] = pick([-1, 9, 2 ** 31 - 1, -(2 ** 31)]);
    return values;
  };
  const addArray = (operand) => {
    const values = valuesOf(typeOf(operand), contentOf(operand));
    const array = operand.optional && chance(25) ? null : place(values, chance(50), chance(10));
    if (operand.access !== "read") outputs.push(arrays.length);
    arrays.push(array);
    numbers.push(pick([0, 0, 0, 1, 2, 7]));
    if (operand.layout === "listed") addStrides();
    else if (operand.layout !== "dense") for (let i = 0; i < operand.layout; i++) addStride();
  };
  const list = (values) => numbers.push(values.length, ...values);
  const dense = () => shape.map((_, d) => shape.slice(d + 1).reduce((product, size) => product * size, 1));
  const still = () => shape.map(() => 0);

  const addStride = () => numbers.push(pick([0, 1, 1, 2, 3, 5, 9, 30, -1]));
  const addStrides = () => {
    const large = shape.some((size) => size > 1000);
    if (large) list(still());
    else if (chance(50)) list(dense());
    else list(shape.map(() => pick([0, 1, 2, 5, -1, -3])).slice(0, chance(95) ? shape.length : 1));
  };

  const parts = {
    size: ({ name, least }) => {
      sizes.push(numbers.length);
      // A size that is not the size of an axis is a parameter such as a stride or padding.
      if (axes.includes(name)) numbers.push(chance(3) ? 200 : nat(5));
      else numbers.push(chance(95) ? least + nat(2) : 0);
    },
    number: () => numbers.push(pick([0, 0.1, 1, 2, -1, 255, 1e10, Number.NaN])),
    stride: addStride,
    flags: ({ most }) => numbers.push(nat(most)),
    op: () => numbers.push(chance(95) ? nat(ops - 1) : pick([-1, 999, Number.NaN])),
    shape: () => {
      shape = chance(5)
        ? pick(overflowing)
        : Array.from({ length: pick([0, 1, 1, 2, 2, 3, 4, 17]) }, () => nat(4));
      list(shape);
    },
    operand: addArray,
  };
  for (const parameter of row.parameters) {
    parts[parameter.kind](parameter);
    const usual = mostly[kernel]?.[parameter.name];
    if (usual !== undefined && chance(97)) numbers[numbers.length - 1] = usual;
  }

  if (chance(20) && numbers.length > 0) numbers[nat(numbers.length - 1)] = pick(invalid);
  // The product of two huge sizes does not fit in 64 bits. With strides of 0 a single huge size may be valid
  // and take very long. In that case only the first size is huge: C would need that many rows.
  const stepping = row.operands.some(({ layout }) => layout === 3);
  const hugeAt = () => (stepping ? sizes[0] : pick(sizes));
  if (chance(15) && sizes.length > 0) for (let i = nat(3); i < 3; i++) numbers[hugeAt()] = pick(huge);
  // Offsets and strides at the limit of exact integers in a double.
  if (chance(10) && numbers.length > 0)
    numbers[nat(numbers.length - 1)] = pick([...huge, ...huge.map((n) => -n)]);
  if (chance(15)) {
    const at = nat(arrays.length - 1);
    const other = pick(arrays) ?? arrays[at];
    const array = arrays[at];
    const wrong = {
      missing: () => null,
      empty: () => new types.f32(0),
      type: () => place(new types[pick(Object.keys(types))](100), false, false),
      unknown: () => new Int16Array(100),
      detached: () => {
        if (!array || array.buffer instanceof SharedArrayBuffer) return array;
        structuredClone(array.buffer, { transfer: [array.buffer] });
        return array;
      },
      twice: () => other,
      inside: () => other?.subarray(Math.min(3, other.length)) ?? null,
    };
    arrays[at] = wrong[pick(Object.keys(wrong))]();
  }
  return { numbers, arrays, outputs };
}
