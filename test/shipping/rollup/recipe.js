const plugins = "-p node-resolve -p commonjs --silent";

export default {
  packages: ["rollup@4.68.8", "@rollup/plugin-commonjs@29.0.3", "@rollup/plugin-node-resolve@16.0.3"],
  cases: {
    "ES module": `rollup main.mjs ${plugins} --format es --file out/main.mjs; node out/main.mjs`,
    CommonJS: `rollup main.mjs ${plugins} --format cjs --file out/main.cjs; node out/main.cjs`,
    external: "rollup main.mjs --external simdgrad,node:crypto --silent --file out/ex.mjs; node out/ex.mjs",
  },
};
