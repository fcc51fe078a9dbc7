// Prints "N passed, N failed" (and ", N skipped") from vitest's JSON report, as the last line of a run.
import { readFileSync } from "node:fs";

const {
  numPassedTests = 0,
  numFailedTests = 0,
  numPendingTests = 0,
} = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped}`);
