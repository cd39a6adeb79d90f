/** What the server needs, in another folder: without the addon of another system. */
const standalone = (build) => `
  other=node_modules/simdgrad/prebuilds/darwin-x64; mkdir -p $other; touch $other/simdgrad.node
  OUTPUT=standalone ${build} >&2; cp -r .next/standalone/. $AWAY; cd $AWAY
  test ! -e $other; node $PROJECT/serve.mjs server.js`;

/** The route is asked by serve.mjs, which starts the server and stops it. */
export default {
  packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
  environment: { NEXT_TELEMETRY_DISABLED: "1" },
  cases: {
    "next start": "next build >&2; node serve.mjs node_modules/next/dist/bin/next start",
    "next start, webpack": "next build --webpack >&2; node serve.mjs node_modules/next/dist/bin/next start",
    standalone: { script: standalone("next build"), from: "/away/node_modules/simdgrad/prebuilds/" },
    "standalone, webpack": {
      script: standalone("next build --webpack"),
      from: "/away/node_modules/simdgrad/prebuilds/",
    },
    "not external": "EXTERNAL=no next build >&2; node serve.mjs node_modules/next/dist/bin/next start",
  },
};
