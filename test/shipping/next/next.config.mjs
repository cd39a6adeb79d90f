export default {
  ...(process.env.EXTERNAL === "no" ? {} : { serverExternalPackages: ["simdgrad"] }),
  ...(process.env.OUTPUT === "standalone" ? { output: "standalone" } : {}),
  outputFileTracingExcludes: { "*": ["**/simdgrad/prebuilds/!(linux-x64)/**"] },
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};
