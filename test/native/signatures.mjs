// The arguments of every kernel of the addon in their order, for calls that are almost right (fuzz.mjs).
//
//   size, number, stride, flag, op   one number; `size<4` is below 4
//   shape, strides                   a list of numbers behind its length; strides are as many as the shape has dims
//   in:f32, out:f32                  an array and its offset; `any` of the types, or one of several: in:i32|u8; `?` may be null
//   one, zero                        1 or 0, nearly always
//   in:index, in:windows, in:hyper   an array whose values must make sense: indices, windows of pooling, hyperparameters
const elementwise = "in:f32 strides in:f32 strides";
const slices = "op size size size in:f32";
const loss = "size<3 size size number stride in:f32 in:index in:f32?";
const product = "size size size in:f32 stride stride stride in:f32 stride stride stride in:f32?";
const patches = "size size size size size size size<4 size<4 size<4 size<4 size<4 size<4";
const conv = `size size size size ${patches}`;
const pool = "size size size size size";
const indexing = "size size size size";

export const signatures = {
  fill: "number size out:any",
  gemm: `size ${product} flag out:f32 stride`,
  gemmSgdStep: `one ${product} zero out:f32 stride size<4 out:f32 out:f32? in:hyper in:hyper`,
  gemmAdamStep: `one ${product} zero out:f32 stride size<8 out:f32 out:f32 out:f32 out:f32? in:hyper in:hyper`,
  copy: "shape in:any strides out:any strides",
  unary: "op number number shape in:f32 strides out:f32",
  unaryGrad: "op number number size in:f32? in:f32? in:f32 out:f32",
  binary: `op shape ${elementwise} out:f32`,
  compare: `op shape ${elementwise} out:u8`,
  where: `shape in:u8 strides ${elementwise} out:f32`,
  reduce: `${slices} out:f32`,
  argReduce: `${slices} out:i32`,
  softmax: `${slices} out:f32`,
  softmaxGrad: `${slices} in:f32 out:f32`,
  crossEntropy: `${loss} out:f32 out:f32`,
  crossEntropyGrad: `${loss} in:f32 in:f32 out:f32`,
  indexSelect: `${indexing} in:any in:index out:any`,
  indexAdd: `${indexing} in:index in:f32 out:f32`,
  gather: `${indexing} in:any in:index out:any`,
  scatterAdd: `${indexing} in:index in:f32 out:f32`,
  takeRows: "size size size number number in:f32|u8 in:index out:f32",
  tally: "size size in:f32? in:index? in:f32 out:f64",
  increment: "size out:f64",
  sgdStep: "size size<4 out:f32 in:f32 out:f32? in:hyper in:hyper",
  adamStep: "size size<8 out:f32 in:f32 out:f32 out:f32 out:f32? in:hyper in:hyper",
  ruleStep: "op size out:f32 in:f32 out:f32 out:f32? out:f32? in:hyper in:hyper",
  random: "op number number size out:i32 out:f32",
  permutation: "size out:i32 out:i32",
  unfold2d: `size ${patches} in:f32 out:f32`,
  fold2d: `size ${patches} in:f32 out:f32`,
  conv2d: `${conv} in:f32 in:f32 in:f32? out:f32`,
  conv2dGradInput: `${conv} in:f32 in:f32 out:f32`,
  conv2dGradWeight: `${conv} in:f32 in:f32 flag out:f32`,
  maxPool2d: `${pool} size<4 size<4 in:windows in:f32 out:f32 out:i32`,
  maxPool2dGrad: "size size size in:index in:f32 out:f32",
  avgPool2d: `${pool} in:windows in:f32 in:f32 out:f32`,
  avgPool2dGrad: `${pool} in:windows in:f32 in:f32 out:f32`,
};
