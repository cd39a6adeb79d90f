const project = (linker) => `
  cp train.mjs main.mjs $AWAY; cd $AWAY
  echo '{"name":"away","dependencies":{"simdgrad":"file:'$TARBALL'"}}' > package.json
  printf 'packages: ["."]\\nnodeLinker: ${linker}\\nstoreDir: ./store\\n' > pnpm-workspace.yaml
  pnpm() { node $PROJECT/node_modules/pnpm/bin/pnpm.mjs "$@"; }
  pnpm install --ignore-scripts --reporter=append-only >&2`;

export default {
  packages: ["pnpm@11.28.10"],
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
