const copy = "cp -r node_modules/simdgrad/prebuilds node_modules/simdgrad/wasm node_modules/simdgrad/data";

/** Bun writes the paths of this machine into the program; another machine does not have them. */
const withoutPackage = `
  mv node_modules/simdgrad hidden; result=0
  (cd /; $AWAY/program) || result=$?
  mv hidden node_modules/simdgrad; exit $result`;

export default {
  packages: ["@oven/bun-linux-x64@1.4.5"],
  path: "node_modules/@oven/bun-linux-x64/bin",
  cases: {
    import: "bun main.mjs",
    require: "bun main.cjs",
    "bun build": "bun build main.mjs --target=node --outfile=out/main.mjs; node out/main.mjs",
    "bun build, for Bun": "bun build main.mjs --target=bun --outfile=out/bun.mjs; bun out/bun.mjs",
    "bun build --compile": {
      script: `bun build main.mjs --compile --outfile=$AWAY/program; ${copy} $AWAY; ${withoutPackage}`,
      from: "/away/prebuilds/",
    },
    "bun build --compile, without copies": {
      script: `bun build main.mjs --compile --outfile=$AWAY/program; ${withoutPackage}`,
      fails: true,
      says: /without prebuilds\/.*copy/,
    },
  },
};
