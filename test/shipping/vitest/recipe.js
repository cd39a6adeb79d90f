const pool = (name) => `vitest run --pool ${name} --reporter=dot`;

export default {
  packages: ["vitest@4.1.12"],
  cases: {
    threads: pool("threads"),
    forks: pool("forks"),
    vmThreads: pool("vmThreads"),
    vmForks: pool("vmForks"),
  },
};
