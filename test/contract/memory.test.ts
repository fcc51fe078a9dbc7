import { memoryHarness } from "./harness-memory.js";
import { describeTargetPort } from "./target-port.js";

describeTargetPort("memory", memoryHarness);
