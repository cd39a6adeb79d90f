export default {
  packages: ["jest@30.5.2"],
  cases: {
    "one process": "jest --silent=false --runInBand",
    "two workers": "jest --silent=false --maxWorkers=2",
  },
};
