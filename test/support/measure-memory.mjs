// Preloaded into a child process: at its end it tells the most memory that it held (bytes) and its processor time (seconds).
import { writeFileSync } from "node:fs";

const { MUSTER_TEST_METER } = process.env;
process.on("exit", () => {
  if (MUSTER_TEST_METER === undefined) return;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const used = { peakBytes: maxRSS * 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(MUSTER_TEST_METER, JSON.stringify(used));
});
