const pack = (unpacked) => `
  rm -rf out; mkdir -p out/app/node_modules
  cp main.cjs train.cjs out/app; cp -r node_modules/simdgrad out/app/node_modules
  asar pack out/app $AWAY/app.asar ${unpacked}; cp electron-rules.cjs $AWAY
  node -e 'require("@electron/asar").extractAll("'$AWAY'/app.asar", "'$AWAY'/archive")'
  cd $AWAY`;

/** Electron itself is not in the npm registry: electron-rules.cjs does with paths what it does. */
export default {
  packages: ["@electron/asar@3.4.1"],
  cases: {
    "asarUnpack (by Electron's rules)": {
      script: `${pack("--unpack '**/simdgrad/prebuilds/**'")}; node -r ./electron-rules.cjs app.asar/main.cjs`,
      from: "/away/app.asar/node_modules/simdgrad/prebuilds/",
    },
    "nothing unpacked (by Electron's rules)": {
      script: `${pack("")}; node -r ./electron-rules.cjs app.asar/main.cjs`,
      from: "/away/app.asar/node_modules/simdgrad/prebuilds/",
    },
  },
};
