export default {
  packages: ["@yarnpkg/cli-dist@4.18.1"],
  cases: {
    "Plug'n'Play": {
      script: `
        cp train.mjs main.mjs train.cjs main.cjs $AWAY; cd $AWAY
        echo '{"name":"away","dependencies":{"simdgrad":"file:'$TARBALL'"}}' > package.json; touch yarn.lock
        export YARN_ENABLE_TELEMETRY=0 YARN_ENABLE_GLOBAL_CACHE=0 YARN_ENABLE_IMMUTABLE_INSTALLS=0
        yarn() { node $PROJECT/node_modules/@yarnpkg/cli-dist/bin/yarn.js "$@"; }
        yarn install >&2
        yarn node main.cjs; yarn node main.mjs`,
      from: "/away/.yarn/unplugged/",
    },
  },
};
