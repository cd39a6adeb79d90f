const copied = "cp -r .next/standalone/. $AWAY; cd $AWAY";

/** The route is asked by serve.mjs, which starts the server and stops it. */
export default {
  packages: ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"],
  environment: { NEXT_TELEMETRY_DISABLED: "1" },
  cases: {
    "next start": "next build >&2; node serve.mjs node_modules/next/dist/bin/next start",
    "next start, webpack": "next build --webpack >&2; node serve.mjs node_modules/next/dist/bin/next start",
    standalone: {
      script: `OUTPUT=standalone next build >&2; ${copied}; node $PROJECT/serve.mjs server.js`,
      from: "/away/node_modules/simdgrad/prebuilds/",
    },
    "standalone, webpack": {
      script: `OUTPUT=standalone next build --webpack >&2; ${copied}
        node $PROJECT/serve.mjs server.js`,
      from: "/away/node_modules/simdgrad/prebuilds/",
    },
    "not external": "EXTERNAL=no next build >&2; node serve.mjs node_modules/next/dist/bin/next start",
  },
};
