/** Sequences of different lengths: packed, padded, and through recurrent layers, also against PyTorch. */
import { describe, expect, it } from "vitest";
import { autograd, compile, manualSeed, nn, randn, type Tensor, tensor, zeros } from "../../src/index.js";
import { expectClose, tolerances } from "../close.js";
import { decode, elements, load, type StoredTensor, toTensor } from "../fixtures/pytorch/read.js";
import { units } from "../hash.js";
import fc from "../property.js";

const { packPaddedSequence, padPackedSequence, packSequence, unpackSequence } = nn.utils.rnn;
const { padSequence, unpadSequence, PackedSequence } = nn.utils.rnn;

interface StoredLayer {
  op: "LSTM" | "GRU" | "RNN";
  options: Record<string, unknown>;
  lengths: number[];
  x: StoredTensor;
  state: StoredTensor[];
  parameters: Record<string, StoredTensor>;
  outputs: StoredTensor[];
  cotangents: StoredTensor[];
  grads: StoredTensor[];
  parameterGrads: Record<string, StoredTensor>;
}

const numbers = (shape: readonly number[], seed = 1) =>
  tensor(
    units(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape, dtype: "float64" },
  );

const stored = load<{ forms: any; layers: StoredLayer[] }>("packing");

const same = (x: Tensor, wanted: StoredTensor) => {
  expect(x.shape).toEqual(wanted[1]);
  expect(elements(x.detach())).toEqual(decode(wanted[2]));
};

describe("as in PyTorch", () => {
  it("packing and padding", () => {
    const { forms } = stored;
    const padded = toTensor(forms.padded);
    const packed = packPaddedSequence(padded, forms.lengths, { batchFirst: true, enforceSorted: false });
    same(packed.data, forms.data);
    for (const name of ["batchSizes", "sortedIndices", "unsortedIndices"] as const)
      expect(packed[name]!.toArray(), name).toEqual(forms[name]);
    const [again, lengths] = padPackedSequence(packed, { paddingValue: -1.5, totalLength: 6 });
    same(again, forms.again);
    expect(lengths.toArray()).toEqual(forms.back);
    const sequences = unpadSequence(padded, forms.lengths, { batchFirst: true });
    const falling = [...sequences].sort((a, b) => b.shape[0] - a.shape[0]);
    same(packSequence(falling).data, forms.sortedData);
    same(padSequence(sequences, { batchFirst: true, paddingValue: 0.5, paddingSide: "left" }), forms.left);
  });

  describe.each(["float64", "float32"] as const)("layers in %s", (dtype) => {
    it.each(stored.layers.map((c, i) => [`${c.op} #${i} ${JSON.stringify(c.options)}`, c] as const))(
      "%s",
      (_, c) => {
        const Layer = nn[c.op] as new (input: number, hidden: number, options: object) => nn.LSTM;
        const module = new Layer(3, 2, c.options).to(dtype);
        const state = Object.entries(c.parameters).map(([name, p]) => [name, toTensor(p, dtype)]);
        module.loadStateDict(Object.fromEntries(state));
        const leaves = [c.x, ...c.state].map((x) => toTensor(x, dtype));
        for (const leaf of leaves) leaf.requiresGrad = true;
        const [x, ...given] = leaves;
        const packed = packPaddedSequence(x, c.lengths, { enforceSorted: false });
        const start = c.op === "LSTM" ? (given as [Tensor, Tensor]) : (given[0] as never);
        const [output, last] = module.forward(packed, given.length > 0 ? start : null);
        const outputs = [padPackedSequence(output)[0], ...(c.op === "LSTM" ? last : [last as never])];
        for (const [i, y] of outputs.entries())
          expectClose(elements(y.detach()), decode(c.outputs[i][2]), tolerances[dtype], `output ${i}`);
        const parameters = [...module.namedParameters()];
        const wanted = [...c.grads, ...parameters.map(([name]) => c.parameterGrads[name])];
        const gradOutputs = c.cotangents.map((g) => toTensor(g, dtype));
        const grads = autograd.grad(outputs, [...leaves, ...parameters.map(([, p]) => p)], { gradOutputs });
        for (const [i, g] of grads.entries())
          expectClose(elements(g!), decode(wanted[i][2]), tolerances[dtype], `gradient ${i}`);
      },
    );
  });
});

const lengthsOf = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 });

it("what was packed comes back, in any order of lengths", () => {
  fc.assert(
    fc.property(lengthsOf, fc.boolean(), (lengths, batchFirst) => {
      const sequences = lengths.map((length, b) => numbers([length, 2], b + 1));
      const packed = packSequence(sequences, { enforceSorted: false });
      const unpacked = unpackSequence(packed);
      const [padded, found] = padPackedSequence(packed, { batchFirst });
      expect(found.toArray()).toEqual(lengths);
      expect(elements(padded)).toEqual(elements(padSequence(sequences, { batchFirst })));
      const again = packPaddedSequence(padded, found, { batchFirst, enforceSorted: false });
      expect(elements(again.data)).toEqual(elements(packed.data));
      for (const [b, x] of unpadSequence(padded, lengths, { batchFirst }).entries()) {
        expect(elements(x)).toEqual(elements(sequences[b]));
        expect(elements(unpacked[b])).toEqual(elements(sequences[b]));
      }
    }),
  );
});

it("a packed sequence has the outputs and states of each sequence alone", () => {
  manualSeed(3);
  const options = { numLayers: 2, bidirectional: true };
  const layers = [
    new nn.LSTM(2, 3, { ...options, projSize: 2 }),
    new nn.GRU(2, 3, options),
    new nn.RNN(2, 3, options),
  ].map((layer) => layer.double());
  fc.assert(
    fc.property(lengthsOf, fc.constantFrom(...layers), (lengths, layer) => {
      const sequences = lengths.map((length, b) => numbers([length, 2], b + 1));
      const [output, last] = layer.forward(packSequence(sequences, { enforceSorted: false }));
      const states = [last].flat() as Tensor[];
      for (const [b, x] of unpackSequence(output).entries()) {
        const [alone, own] = layer.forward(sequences[b].unsqueeze(1));
        const close = (a: Tensor, c: Tensor) =>
          expectClose(elements(a.detach()), elements(c.detach()), { rtol: 1e-12, atol: 1e-13 }, "");
        close(x, alone.squeeze(1));
        for (const [i, s] of ([own].flat() as Tensor[]).entries())
          close(states[i].select(1, b), s.squeeze(1));
      }
    }),
    { numRuns: 25 },
  );
});

it("gradients of gradients go through a packed sequence", () => {
  manualSeed(4);
  const layer = new nn.LSTM(2, 2, { bidirectional: true }).double();
  const x = numbers([3, 2, 2]);
  x.requiresGrad = true;
  const lossOf = (input: Tensor) => {
    const [output] = layer.forward(packPaddedSequence(input, [3, 1]));
    return output.data.square().sum();
  };
  const [g] = autograd.grad(lossOf(x), [x], { createGraph: true });
  const [gg] = autograd.grad(g!.square().sum(), [x]);
  // The fused gradient, without a graph, at both ends of a short line along each coordinate.
  const step = 1e-5;
  const squares = (input: Tensor) => {
    input.requiresGrad = true;
    return autograd.grad(lossOf(input), [input])[0]!.square().sum().item();
  };
  const numeric = elements(x.detach()).map((_, i) => {
    const at = (by: number) => {
      const values = elements(x.detach());
      values[i] += by;
      return squares(tensor(values, { shape: [3, 2, 2], dtype: "float64" }));
    };
    return (at(step) - at(-step)) / (2 * step);
  });
  expectClose(elements(gg!), numeric, { rtol: 1e-6, atol: 1e-8 }, "");
});

it("a compiled step packs, and has the bits of the eager one", () => {
  manualSeed(5);
  const layer = new nn.GRU(3, 8);
  const step = (x: Tensor) => {
    layer.zeroGrad();
    const [output, h] = layer.forward(packPaddedSequence(x, [2, 4, 3], { enforceSorted: false }));
    const [padded] = padPackedSequence(output, { batchFirst: true });
    padded.sum().add(h.square().sum()).backward();
    return padded;
  };
  const x = randn([4, 3, 3]);
  const eager = elements(step(x).detach());
  const gradients = [...layer.parameters()].map((p) => elements(p.grad!));
  expect(elements(compile(step)(x))).toEqual(eager);
  expect([...layer.parameters()].map((p) => elements(p.grad!))).toEqual(gradients);
});

describe("errors", () => {
  const x = zeros([3, 2, 4]);
  const packed = packPaddedSequence(x, [3, 1]);
  it.each<[string, () => unknown, string, string]>([
    [
      "a length of zero",
      () => packPaddedSequence(x, [3, 0]),
      "INVALID_LENGTH",
      "from 1 to 3: 0 at position 1",
    ],
    [
      "a length too long",
      () => packPaddedSequence(x, [4, 1]),
      "INVALID_LENGTH",
      "from 1 to 3: 4 at position 0",
    ],
    ["a negative length", () => unpadSequence(x, [1, -1]), "INVALID_LENGTH", "-1 at position 1"],
    ["unsorted lengths", () => packPaddedSequence(x, [1, 3]), "UNSORTED_LENGTHS", "enforceSorted"],
    ["unsorted sequences", () => packSequence([zeros([1]), zeros([2])]), "UNSORTED_LENGTHS", "[1, 2]"],
    ["a wrong count", () => packPaddedSequence(x, [3]), "SHAPE_MISMATCH", "1 for 2 sequences"],
    ["lengths of floats", () => packPaddedSequence(x, tensor([3, 1])), "DTYPE_MISMATCH", "float32"],
    ["a fraction", () => packPaddedSequence(x, [2.5, 1]), "INVALID_VALUE", "integers: 2.5"],
    [
      "a table of lengths",
      () => packPaddedSequence(x, tensor([[3, 1]], { dtype: "int32" })),
      "SHAPE_MISMATCH",
      "[1, 2]",
    ],
    ["no steps", () => packPaddedSequence(zeros([0, 2, 4]), [1, 1]), "SHAPE_MISMATCH", "[0, 2, 4]"],
    ["one dim", () => packPaddedSequence(zeros([3]), [3]), "SHAPE_MISMATCH", "[3]"],
    ["an empty sequence", () => packSequence([zeros([2]), zeros([0])]), "INVALID_LENGTH", "0 at position 1"],
    ["no sequences", () => padSequence([]), "SHAPE_MISMATCH", "one sequence or more"],
    [
      "other features",
      () => padSequence([zeros([1, 2]), zeros([1, 3])]),
      "SHAPE_MISMATCH",
      "[1, 2] and [1, 3]",
    ],
    ["a short total", () => padPackedSequence(packed, { totalLength: 2 }), "INVALID_VALUE", ">= 3: 2"],
    ["no packed sequence", () => padPackedSequence(x as never), "NOT_A_PACKED_SEQUENCE", "a PackedSequence"],
    ["rising sizes", () => new PackedSequence(zeros([3]), [1, 2]), "INVALID_VALUE", "[1, 2]"],
    ["missing rows", () => new PackedSequence(zeros([3]), [2]), "SHAPE_MISMATCH", "[2] for [3]"],
    ["no permutation", () => new PackedSequence(zeros([3]), [3], [0, 0, 2]), "INVALID_VALUE", "[0, 0, 2]"],
    ["features", () => new nn.GRU(3, 2).forward(packed), "SHAPE_MISMATCH", "inputSize, 3: [4, 4]"],
    ["a state", () => new nn.GRU(4, 2).forward(packed, zeros([1, 3, 2])), "SHAPE_MISMATCH", "[1, 2, 2]"],
    ["dtypes", () => new nn.GRU(4, 2).forward(packed.to("float64")), "DTYPE_MISMATCH", "float64"],
  ])("%s", (_, call, code, message) => {
    expect(call).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
});
