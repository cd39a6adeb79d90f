module.exports = { testMatch: ["**/*.check.cjs"], transform: {} };
