// Prints "passed failed" for a report of vitest's JSON reporter and the exit status of the run that wrote it. What is no failed
// test still counts as one failure: a file that could not be loaded, a hook or a worker that crashed, a report that was not written.
import { readFileSync } from "node:fs";

const [path, status] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  for (const { status: file, assertionResults } of JSON.parse(readFileSync(path, "utf8")).testResults) {
    const bad = assertionResults.filter((test) => test.status === "failed").length;
    passed += assertionResults.filter((test) => test.status === "passed").length;
    failed += file === "failed" && bad === 0 ? 1 : bad;
  }
} catch (error) {
  console.error(`count: no report of the tests: ${error.message}`);
}
if (failed === 0 && (status !== "0" || passed === 0)) failed = 1;
console.log(passed, failed);
