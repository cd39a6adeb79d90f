export default {
  packages: ["@deno/linux-x64-glibc@2.9.6"],
  path: "node_modules/@deno/linux-x64-glibc",
  cases: {
    "all permissions": "deno run -A --no-prompt main.mjs",
    "the permissions that docs/deployment.md names":
      "deno run --no-prompt --allow-read --allow-env --allow-sys --allow-ffi main.mjs",
    "without --allow-ffi": {
      script: "deno run --no-prompt --allow-read --allow-env --allow-sys main.mjs",
      says: /running on .*--allow-ffi/,
    },
  },
};
