import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, it } from "vitest";
import { adminOf } from "../../src/cli/local/admin.ts";
import { type ScratchSite, startScratch } from "./scratch-site.ts";

/** What the issue promises of every isolate, measured on this machine: from the answer of the API to the first page that shows it. */
const withinMs = 60_000;
const secrets = { VISIT_KEY: "v".repeat(40), ADMIN_TOKEN: "operator-token-of-the-latency-test" };

let origin: Server;
let site: ScratchSite;
let admin: ReturnType<typeof adminOf>;

const configuration = (value: string, originUrl: string) => ({
  site: "shop",
  hosts: ["*"],
  origin: originUrl,
  experiences: {
    hero: {
      kind: "personalization",
      routes: ["/"],
      variants: { on: { operations: [{ selector: "h1", action: "setText", value }] } },
    },
  },
});

const originUrl = () => {
  const address = origin.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
};
const title = async () => /<h1>(.*?)<\/h1>/.exec(await (await fetch(`http://127.0.0.1:${site.port}/`)).text())?.[1];

/** How long until pages show it, looked at ten times a second, as a busy site is. */
async function untilSeen(wanted: string): Promise<number> {
  const startMs = Date.now();
  while ((await title()) !== wanted) {
    if (Date.now() - startMs > withinMs) throw new Error(`not seen: ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Date.now() - startMs;
}

async function ask(method: "PUT" | "POST", path: string, body: object): Promise<void> {
  const done = await admin(method, path, body);
  if (!done.ok) throw new Error(JSON.stringify(done.error));
}

beforeAll(async () => {
  origin = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>Books</h1>");
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  site = await startScratch(configuration("One", originUrl()), secrets);
  admin = adminOf({ url: `http://127.0.0.1:${site.port}`, token: secrets.ADMIN_TOKEN });
});
afterAll(async () => {
  await site?.stop();
  origin.close();
});

describe("within a minute", () => {
  it("a publish, the kill switch and a rollback are seen on pages that were warm", { timeout: 200_000 }, async ({
    expect,
  }) => {
    await untilSeen("One");
    await ask("PUT", "/sites/shop/draft", configuration("Two", originUrl()));
    await ask("POST", "/sites/shop/releases", {});
    const published = await untilSeen("Two");
    await ask("POST", "/sites/shop/kill", { killed: true });
    const killed = await untilSeen("Books");
    await ask("POST", "/sites/shop/kill", { killed: false });
    const restored = await untilSeen("Two");
    console.log(`publish ${published} ms, kill ${killed} ms, kill off ${restored} ms`);
    expect(Math.max(published, killed, restored)).toBeLessThan(withinMs);
  });
});
