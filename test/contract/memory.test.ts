import { describeAlongWithCreate } from "./along-with-create.js";
import { DIRECTORY_TERMS } from "./harness.js";
import { memoryHarness } from "./harness-memory.js";
import { describeTargetPort } from "./target-port.js";

describeTargetPort("memory", memoryHarness);
describeAlongWithCreate("memory", memoryHarness, DIRECTORY_TERMS);
