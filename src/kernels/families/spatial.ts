/** Convolutions, pooling, and the patches of images: rows of schema.ts. */
import {
  any,
  bfloat16,
  flags,
  i32,
  kernel,
  optional,
  read,
  size,
  type Values,
  write,
} from "../parameters.js";

const patches = [
  ...([size("h"), size("w"), size("kh"), size("kw"), size("oh"), size("ow")] as const),
  ...([size("sh", { least: 1 }), size("sw", { least: 1 }), size("ph"), size("pw")] as const),
  ...([size("dh"), size("dw")] as const),
] as const;
const convolution = [
  ...([size("samples"), size("groups"), size("channels"), size("outputs")] as const),
  ...patches,
  bfloat16,
] as const;
const image = "samples groups channels h w";
const filters = "groups outputs channels kh kw";
const features = "samples groups outputs oh ow";
const convolutionFlops = (v: Values) =>
  2 * v["samples"] * v["groups"] * v["outputs"] * v["channels"] * v["kh"] * v["kw"] * v["oh"] * v["ow"];

const pooling = [size("planes"), size("h"), size("w"), size("oh"), size("ow")] as const;
/** The start and end of the window of each output row, then of each output column. */
const windows = read("windows", i32, "2 oh + 2 ow");
const averagingFlops = (v: Values) => v["planes"] * (v["h"] * v["w"] + v["oh"] * v["ow"]);

export const spatialRows = {
  unfold2d: kernel([
    size("planes"),
    ...patches,
    read("x", any, "planes h w"),
    write("out", any, "planes kh kw oh ow"),
  ]),
  fold2d: kernel(
    [size("planes"), ...patches, read("columns", any, "planes kh kw oh ow"), write("out", any, "planes h w")],
    (v) => v.planes * v.kh * v.kw * v.oh * v.ow,
  ),
  conv2d: kernel(
    [
      ...convolution,
      read("x", any, image),
      read("weight", any, filters),
      optional(read("bias", any, "groups outputs")),
      write("out", any, features),
    ],
    convolutionFlops,
  ),
  conv2dGradInput: kernel(
    [...convolution, read("g", any, features), read("weight", any, filters), write("out", any, image)],
    convolutionFlops,
  ),
  conv2dGradWeight: kernel(
    [
      ...convolution,
      read("x", any, image),
      read("g", any, features),
      flags("accumulate"),
      write("out", any, filters, "dense", { adds: "accumulate" }),
    ],
    convolutionFlops,
  ),
  maxPool2d: kernel(
    [
      ...pooling,
      ...([size("dh", { least: 1 }), size("dw", { least: 1 })] as const),
      windows,
      read("x", any, "planes h w"),
      write("out", any, "planes oh ow"),
      write("index", i32, "planes oh ow"),
    ],
    (v) => v.planes * v.h * v.w,
  ),
  maxPool2dGrad: kernel(
    [
      ...([size("planes"), size("size"), size("places")] as const),
      read("index", i32, "planes places"),
      read("g", any, "planes places"),
      write("out", any, "planes size"),
    ],
    (v) => v.planes * v.places,
  ),
  avgPool2d: kernel(
    [
      ...pooling,
      windows,
      read("divisors", any, "oh ow"),
      read("x", any, "planes h w"),
      write("out", any, "planes oh ow"),
    ],
    averagingFlops,
  ),
  avgPool2dGrad: kernel(
    [
      ...pooling,
      windows,
      read("divisors", any, "oh ow"),
      read("g", any, "planes oh ow"),
      write("out", any, "planes h w"),
    ],
    averagingFlops,
  ),
};
