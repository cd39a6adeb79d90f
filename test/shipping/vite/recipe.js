const build = "vite build --ssr main.mjs --logLevel warn";

export default {
  packages: ["vite@8.4.0"],
  cases: {
    "server build": `${build} --outDir out; node out/main.mjs`,
    "server build, nothing external": `${build} --config bundled.config.mjs --outDir all; node all/main.mjs`,
    "development server": "node development.mjs",
  },
};
