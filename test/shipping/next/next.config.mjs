export default {
  ...(process.env.EXTERNAL === "no" ? {} : { serverExternalPackages: ["simdgrad"] }),
  ...(process.env.OUTPUT === "standalone" ? { output: "standalone" } : {}),
  outputFileTracingExcludes: { "*": ["**/simdgrad/prebuilds/{darwin,win32,linux-arm64}*/**"] },
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};
