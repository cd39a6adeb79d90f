module.exports = { testMatch: ["**/*.check.cjs"], transform: {}, testTimeout: 60_000 };
