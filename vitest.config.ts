import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Pure code in Node, whole processes in Node, everything else in workerd against real local D1, KV and Queues. */
const inNode = [
  "test/core/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/client/**/*.test.ts",
  "test/demo/**/*.test.ts",
];
const wholeProcesses = ["test/whole/**/*.test.ts", "test/browser/**/*.test.ts"];

export default defineConfig(async () => ({
  test: {
    projects: [
      { test: { name: "core", include: inNode, environment: "node" } },
      {
        test: {
          name: "whole",
          include: wholeProcesses,
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: {
                  db: await readD1Migrations("migrations/db"),
                  visitors: await readD1Migrations("migrations/visitors"),
                },
              },
            },
          }),
        ],
        test: {
          name: "worker",
          include: ["test/**/*.test.ts"],
          exclude: [...inNode, ...wholeProcesses, "test/output/**"],
        },
      },
    ],
  },
}));
