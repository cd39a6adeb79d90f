const compiled = (compiler, module, resolution = module) =>
  `node node_modules/${compiler}/bin/tsc -p . --outDir out-${module} ` +
  `--module ${module} --moduleResolution ${resolution}; ` +
  `echo '{"type":"commonjs"}' > out-${module}/package.json; cp train.cjs out-${module}; node out-${module}/main.js`;

/** A project of CommonJS modules: the compiler makes `require` of its imports. */
export default {
  packages: ["typescript@5.9.3", "typescript-7@npm:typescript@7.0.2", "@types/node@20.19.43"],
  cases: {
    "module node16": compiled("typescript", "node16"),
    "module nodenext": compiled("typescript", "nodenext"),
    "module commonjs": compiled("typescript", "commonjs", "node10"),
    "module node16, TypeScript 7": compiled("typescript-7", "node16"),
    "module nodenext, TypeScript 7": compiled("typescript-7", "nodenext"),
  },
};
