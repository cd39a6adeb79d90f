const bundle = "esbuild --bundle --platform=node --log-level=warning";
const copy = "cp -r node_modules/simdgrad/prebuilds node_modules/simdgrad/wasm node_modules/simdgrad/data";

export default {
  packages: ["esbuild@0.28.2"],
  cases: {
    "ES module": `${bundle} main.mjs --format=esm --outfile=out/main.mjs; node out/main.mjs`,
    CommonJS: `${bundle} main.mjs --outfile=out/main.cjs; node out/main.cjs`,
    "CommonJS from require": `${bundle} main.cjs --outfile=out/required.cjs; node out/required.cjs`,
    "ES module, minified": `${bundle} main.mjs --minify --format=esm --outfile=out/small.mjs; node out/small.mjs`,
    external: `${bundle} main.mjs --external:simdgrad --format=esm --outfile=out/ex.mjs; node out/ex.mjs`,
    "moved, with copies": {
      script: `${bundle} main.mjs --outfile=$AWAY/main.cjs; ${copy} $AWAY; cd $AWAY; node main.cjs`,
      from: "/away/prebuilds/",
    },
    "moved, without copies": {
      script: `${bundle} main.mjs --format=esm --outfile=$AWAY/bare.mjs; cd $AWAY; node bare.mjs`,
      fails: true,
      says: /bundled into .*bare\.mjs without prebuilds\/.*copy .*the bundle has no wasm\/simdgrad\.wasm/s,
    },
  },
};
