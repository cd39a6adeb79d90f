export default {
  packages: ["webpack@5.113.0", "webpack-cli@7.3.1"],
  cases: {
    CommonJS: "webpack --env kind=commonjs; node out/commonjs.cjs",
    "CommonJS, for development": "webpack --env kind=development; node out/development.cjs",
    "ES module": "webpack --env kind=module; node out/module.mjs",
    external: "webpack --env kind=external; node out/external.cjs",
  },
};
