import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { accessOf, freePort, type LocalRun, startAndEnd, startLocal, temporaryDirectory } from "./local-run.ts";

/** `npm start` as a person runs it: real processes, real ports, the built Worker on workerd. */
const directory = await temporaryDirectory();
const inDirectory = (name: string) => join(directory.path, name);

afterAll(() => directory.remove());

/** One request with the Host header of a browser that knows the site by this name. */
function get(url: string, host: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>(
    (resolve, reject) => {
      const outgoing = request(url, { headers: { host, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      outgoing.on("error", reject).end();
    },
  );
}

describe("the demo", () => {
  it("is personalised for its guests, stops cleanly, and is the same after a restart", async ({ expect }) => {
    const data = inDirectory("demo");
    const args = ["--port", String(await freePort()), "--data", data];
    const first = await startLocal([...args, "--fresh"]);
    const links = [...first.printed().matchAll(/^ +(http:\S+)$/gm)].map(([, url]) => url ?? "");
    expect(links.length).toBeGreaterThanOrEqual(4);
    const pages = await Promise.all(links.map(pageOf));
    expect(new Set(pages).size).toBe(links.length);
    expect(await first.stop()).toBe(0);
    await expect(stat(join(data, "local.json"))).rejects.toThrow("ENOENT");

    const secrets = await readFile(join(data, "secrets.json"), "utf8");
    const second = await startLocal(args);
    expect(await readFile(join(data, "secrets.json"), "utf8")).toBe(secrets);
    expect(await Promise.all(links.map(pageOf))).toEqual(pages);
    expect(await second.stop("SIGINT")).toBe(0);
  });

  it("starts again on its data after it was killed outright", async ({ expect }) => {
    const args = ["--port", String(await freePort()), "--data", inDirectory("killed")];
    const killed = await startLocal(args);
    await killed.stop("SIGKILL");
    const again = await startLocal(args);
    expect((await fetch(again.url)).status).toBe(200);
    await again.stop();
  });
});

describe("while it runs", () => {
  const data = inDirectory("running");
  let run: LocalRun;

  beforeAll(async () => {
    run = await startLocal(["--port", String(await freePort()), "--data", data]);
  });
  afterAll(() => run.stop());

  it("has printed a tour that fits 80 columns, but for addresses", ({ expect }) => {
    const wide = run
      .printed()
      .split("\n")
      .filter((line) => line.length > 80 && !/^\s*http\S+$/.test(line));
    expect(wide).toEqual([]);
    expect(run.printed()).toContain(`${run.url}/_caramel/health`);
  });

  it("leaves the way in for the command line, to its owner alone", async ({ expect }) => {
    const { url, token } = await accessOf(data);
    const sites = await fetch(`${url}/_caramel/api/v1/sites`, { headers: { authorization: `Bearer ${token}` } });
    expect(sites.status).toBe(200);
    for (const name of ["secrets.json", "local.json"]) expect((await stat(join(data, name))).mode & 0o077).toBe(0);
  });

  it("lets no other one use its data, not even with --fresh", async ({ expect }) => {
    const { code, printed } = await startAndEnd(["--port", String(await freePort()), "--data", data, "--fresh"]);
    expect(code).toBe(1);
    expect(printed).toContain("in use");
    expect((await fetch(run.url)).status).toBe(200);
  });

  it("says so when the runtime crashes, and goes on", async ({ expect }) => {
    process.kill(Number(await readFile(join(data, "workerd.pid"), "utf8")), "SIGKILL");
    await expect.poll(run.printed, { timeout: 10_000 }).toMatch(/crash/i);
    const status = () =>
      fetch(run.url).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(status, { timeout: 15_000 }).toBe(200);
  });
});

/** Follows a visit link as a browser does: cookies kept over the redirect. Per-session noise of the shop is left out. */
async function pageOf(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: "manual" });
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const to = answer.headers.get("location");
  const page = to === null ? answer : await fetch(new URL(to, link), { headers: { cookie } });
  if (!page.ok) throw new Error(`${link} answered ${page.status}`);
  return page.text();
}

describe("a site of one's own", () => {
  const body = Buffer.from("<!doctype html><title>Mine</title><h1>As it is</h1>");
  let origin: Server;
  const hosts: (string | undefined)[] = [];

  beforeAll(async () => {
    origin = createServer((incoming, response) => {
      hosts.push(incoming.headers["x-forwarded-host"]?.toString());
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "set-cookie": ["a=1", "b=2"],
        etag: '"x"',
      });
      response.end(body);
    });
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => origin.close());

  it('takes every Host header when the file says "*", and starts no demo', async ({ expect }) => {
    const { port: originPort } = origin.address() as AddressInfo;
    const config = inDirectory("mine.yaml");
    await writeFile(config, `site: mine\nhosts: ["*"]\norigin: http://127.0.0.1:${originPort}\n`);
    const port = await freePort();
    const run = await startLocal(["--config", config, "--port", String(port), "--data", inDirectory("mine")]);
    for (const host of ["shop.example", "www.other.example:8080"]) {
      const answer = await get(run.url, host, { "accept-encoding": "br, gzip" });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(body);
      expect(answer.headers["set-cookie"]).toEqual(expect.arrayContaining(["a=1", "b=2"]));
      expect(answer.headers["content-encoding"]).toBeUndefined();
    }
    await expect(fetch(`http://127.0.0.1:${port + 1}/`)).rejects.toThrow();
    expect(run.printed()).not.toContain("demo");
    await run.stop();
  });

  it("is refused with file, line and what to write instead", async ({ expect }) => {
    const config = inDirectory("mistaken.yaml");
    await writeFile(config, 'site: mine\nhosts: ["*"]\norigin: http://127.0.0.1:1\nslotz: {}\n');
    const { code, printed } = await startAndEnd(["--config", config, "--data", inDirectory("mistaken")]);
    expect(code).toBe(1);
    expect(printed).toContain(`${config}:4:1`);
    expect(printed).toContain('"slots"');
  });
});

describe("what it refuses", () => {
  it("a port that is taken, naming the option", async ({ expect }) => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const { code, printed } = await startAndEnd(["--port", String(port), "--data", inDirectory("taken")]);
    other.close();
    expect(code).toBe(1);
    expect(printed).toContain(`Port ${port}`);
    expect(printed).toContain("--port");
  });

  it("a directory that it did not make, with --fresh as without", async ({ expect }) => {
    const data = inDirectory("theirs");
    await mkdir(data);
    await writeFile(join(data, "thesis.txt"), "years of work");
    for (const fresh of [[], ["--fresh"]]) {
      const { code, printed } = await startAndEnd(["--port", String(await freePort()), "--data", data, ...fresh]);
      expect(code).toBe(1);
      expect(printed).toContain("--data");
    }
    expect(await readFile(join(data, "thesis.txt"), "utf8")).toBe("years of work");
  });
});
