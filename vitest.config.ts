import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/global-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores: one fork a core, so that the embedded servers are not starved.
    maxWorkers: 2,
    reporters: ["default"],
  },
});
