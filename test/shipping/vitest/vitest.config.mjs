export default { test: { include: ["*.check.mjs"], testTimeout: 60_000 } };
