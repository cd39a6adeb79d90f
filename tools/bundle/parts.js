// Which modules of src make up which file of dist/parts.
//
//   addon   finds and opens the addon, with all that it imports; loaded before everything else
//   core    what runs during import, and what nearly every program that trains a network runs
//   others  one folder of src each, loaded when something of it is first used
//
// Moving a module to another part changes nothing but the time at which it is loaded. The build fails if the
// core would need another part while it is loaded; the module that it needs belongs in the core.

const addon = /^(package-root|version|kernels\/(open-addon|addon-file|elf|load-failure|prebuilt))\.ts$/;

const core = [
  /^(?!saved-state|decimal)[^/]+\.ts$/,
  /^host\//,
  // They only name what the other modules of their folder export.
  /(^|\/)index\.ts$/,
  /^autograd\/(?!function)/,
  /^tensor\/(?!format|digits|numbers)/,
  // The rows of all kernels, and how they are called.
  /^kernels\/(families\/.*|(?!bessel|calls|derivatives|gaussian|incomplete-gamma|special\.)[^/]+)$/,
  /^kernels\/(wasm\/.*|js\/(rules|specialize)\.ts$)/,
  /^nn\/call\.ts$/,
  /^ops\/(arguments|generated|methods|write)\//,
  /^ops\/create\/create\.ts$/,
  /^ops\/elementwise\/(elementwise|pointwise|promotion|where|casts)\.ts$/,
  /^ops\/index\/scalar-as-line\.ts$/,
  /^ops\/linalg\/(matmul|last-dims|transposes)\.ts$/,
  /^ops\/reduce\/(reduce|sum-to-size)\.ts$/,
  /^ops\/shape\/(views|join|size-and-stride)\.ts$/,
];

/** Packages that are bundled are in the part that uses them. */
const packages = [
  [/node_modules\/(d3-\w+|internmap)\//, "train-report-page"],
  [/node_modules\/pbf\//, "train-report-tensorboard"],
  [/node_modules\/csv-parse\//, "data"],
];

/** The name of the file that holds a module; `path` is its path below the root, with slashes. */
export function partOf(path) {
  const source = /^src\/(.+)$/.exec(path)?.[1];
  if (source === undefined) return packages.find(([name]) => name.test(path))?.[1] ?? "data";
  if (addon.test(source)) return "addon";
  if (core.some((pattern) => pattern.test(source))) return "core";
  return source.replace(/\/?[^/]*$/, "").replaceAll("/", "-") || "ground";
}
