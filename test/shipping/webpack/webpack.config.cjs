module.exports = ({ kind }) => ({
  target: "node",
  mode: kind === "development" ? "development" : "production",
  entry: "./main.mjs",
  stats: "errors-warnings",
  output: {
    path: `${__dirname}/out`,
    filename: kind === "module" ? "module.mjs" : `${kind}.cjs`,
    ...(kind === "module" ? { module: true, chunkFormat: "module" } : {}),
  },
  ...(kind === "module" ? { experiments: { outputModule: true } } : {}),
  ...(kind === "external" ? { externals: { simdgrad: "commonjs simdgrad" } } : {}),
});
