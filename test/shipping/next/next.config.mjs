export default {
  ...(process.env.EXTERNAL === "no" ? {} : { serverExternalPackages: ["simdgrad"] }),
  ...(process.env.OUTPUT === "standalone" ? { output: "standalone" } : {}),
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};
