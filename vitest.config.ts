import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "embedded", include: ["test/**/*.test.ts"], exclude: ["test/real/**"] },
      },
      {
        extends: true,
        // The first suite waits for the domain to be made.
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          globalSetup: "test/real/global-setup.ts",
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
