// Prints "N passed, N failed" (and ", N skipped") from vitest's JSON report, as the last line of a run. With --real, the
// same of the suites on a real domain in the line before; ends with 1 when one of those did not run.
import { readFileSync } from "node:fs";

const [file = "", flag] = process.argv.slice(2);
const { testResults = [] } = JSON.parse(readFileSync(file, "utf8"));

function count(suites) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { assertionResults, status } of suites) {
    for (const test of assertionResults) counts[test.status in counts ? test.status : "skipped"] += 1;
    // A file that could not be loaded has no tests to count, and failed.
    if (assertionResults.length === 0 && status === "failed") counts.failed += 1;
  }
  return counts;
}

function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

if (flag === "--real") {
  const real = count(testResults.filter(({ name }) => /[\\/]test[\\/]real[\\/]/.test(name)));
  console.log(`on a real domain: ${line(real)}`);
  if (real.passed === 0 || real.skipped > 0) {
    console.log("the suites on a real domain did not all run");
    process.exitCode = 1;
  }
}
console.log(line(count(testResults)));
