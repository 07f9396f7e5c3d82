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

/** Two cores that do something else as well must not fail a test that is right. */
const busyTimeoutMs = 20_000;

const withoutStores = ["test/edge/**/*.test.ts", "test/http/**/*.test.ts"];

const workerd = async () =>
  cloudflareTest({
    wrangler: { configPath: "./wrangler.toml" },
    miniflare: {
      // For tests over several databases; the Worker itself knows VISITORS alone here.
      d1Databases: ["SPREAD_1", "SPREAD_2"],
      bindings: {
        TEST_MIGRATIONS: {
          db: await readD1Migrations("migrations/db"),
          visitors: await readD1Migrations("migrations/visitors"),
        },
      },
    },
  });

export default defineConfig(async () => ({
  test: {
    // As many as CI has cores: by itself vitest leaves one to itself, and waits.
    maxWorkers: 2,
    projects: [
      { test: { name: "core", include: inNode, environment: "node", testTimeout: busyTimeoutMs } },
      {
        test: {
          name: "whole",
          include: wholeProcesses,
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Mostly they wait: for processes to start, for deadlines to pass. Two at a time leave both cores something to do.
          maxWorkers: 2,
          // A page waits 50 ms for a profile and 60 ms for a release, on a busy machine too: what came too late then is asked for again.
          retry: 1,
          // After the others: these start processes that would disturb every deadline that is tested beside them.
          sequence: { groupOrder: 1 },
        },
      },
      {
        plugins: [await workerd()],
        // These keep nothing in stores, so that one isolate may run them all: half the time.
        test: { name: "edge", testTimeout: busyTimeoutMs, include: withoutStores, isolate: false },
      },
      {
        plugins: [await workerd()],
        test: {
          name: "worker",
          testTimeout: busyTimeoutMs,
          include: ["test/**/*.test.ts"],
          exclude: [...inNode, ...wholeProcesses, ...withoutStores, "test/output/**"],
        },
      },
    ],
  },
}));
