const bundle = "rolldown main.mjs --platform node --log-level warn";

export default {
  packages: ["rolldown@1.3.2"],
  cases: {
    "ES module": `${bundle} --format esm --file out/main.mjs; node out/main.mjs`,
    CommonJS: `${bundle} --format cjs --file out/main.cjs; node out/main.cjs`,
    external: `${bundle} --external simdgrad --format esm --file out/ex.mjs; node out/ex.mjs`,
  },
};
