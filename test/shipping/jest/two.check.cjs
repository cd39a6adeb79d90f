/* global expect, test */
const { tensor } = require("simdgrad");
const { train } = require("./train.cjs");

// Jest gives each test file globals of its own: its Float32Array and Array are not those of Node.
test("values of this realm", () => {
  expect(tensor(new Float32Array([1, 2])).data).toEqual(new Float32Array([1, 2]));
  expect(tensor([[1], [2]]).shape).toEqual([2, 1]);
  require("node:fs").writeSync(1, `${JSON.stringify(train())}\n`);
});
