import { createServer } from "node:net";
import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange, get, until, valuesOf } from "./raw-client.ts";

/** A loopback port that nobody listens on. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return address === null || typeof address === "string" ? 0 : address.port;
}

inFront("a failing origin", (parts) => {
  it("gets one request and is answered for with 502 when it resets", async () => {
    const { origin, port } = parts();
    origin.on("/reset", (socket) => socket.resetAndDestroy());
    const answer = await exchange(port, get("/reset"));
    expect([answer.status, answer.complete]).toEqual([502, true]);
    expect(valuesOf(answer, "x-caramel")).toEqual(["bypass;origin_unreachable"]);
    expect(valuesOf(answer, "cache-control")).toEqual(["no-store"]);
    expect(origin.received("/reset").length).toBe(1);
  });

  it("is answered for with 502 when it refuses", async () => {
    const { port } = parts();
    const answer = await exchange(port, get("/x", `x-test-origin: http://127.0.0.1:${await deadPort()}`));
    expect(answer.status).toBe(502);
  });

  it("is answered for with 502 when its name leads nowhere", async () => {
    const { port } = parts();
    const answer = await exchange(port, get("/x", "x-test-origin: http://nowhere.invalid"));
    expect(answer.status).toBe(502);
  });

  it.each([
    ["says nothing", ""],
    ["stops in its head", "HTTP/1.1 200 OK\r\nX-"],
  ])("is answered for with 504 in time when it %s", async (name, bytes) => {
    const { origin, port } = parts();
    const path = `/hang-${name.replaceAll(/\W/g, "")}`;
    origin.on(path, (socket) => socket.write(bytes));
    const startMs = Date.now();
    const answer = await exchange(port, get(path));
    expect(answer.status).toBe(504);
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(390);
    expect(Date.now() - startMs).toBeLessThan(1500);
    expect(origin.received(path).length).toBe(1);
    expect(await until(() => origin.received(path)[0]?.closed === true), "the late request is ended").toBe(true);
  });

  it("has its time counted from the upload's last byte", async () => {
    const { origin, port } = parts();
    origin.on("/hang-upload", () => {});
    const head = "POST /hang-upload HTTP/1.1\r\nHost: books.example\r\nContent-Length: 3\r\n\r\nabc";
    expect((await exchange(port, head)).status).toBe(504);
    expect(origin.received("/hang-upload").length).toBe(1);
  });

  it("is answered for with a page for people and a problem for programs", async () => {
    const { origin, port } = parts();
    origin.on("/ask", (socket) => socket.resetAndDestroy());
    const page = await exchange(port, get("/ask", "Accept: text/html,*/*;q=0.8"));
    expect(valuesOf(page, "content-type")).toEqual(["text/html; charset=utf-8"]);
    expect(page.body.toString()).toContain("<h1>The site cannot be reached</h1>");
    const problem = await exchange(port, get("/ask", "Accept: application/json"));
    expect(valuesOf(problem, "content-type")).toEqual(["application/problem+json"]);
    expect(JSON.parse(problem.body.toString())).toMatchObject({ status: 502, title: "The site cannot be reached" });
  });

  it.each([
    "http://127.0.0.1:1",
    "http://localhost:1",
    "http://0x7f.1",
    "http://169.254.169.254",
    "http://[::1]:1",
    "http://metadata.google.internal",
    "ftp://books.example",
    "nonsense",
  ])("is not asked at the private address %s", async (address) => {
    const { port } = parts();
    const answer = await exchange(port, get("/x", "x-test: public-only", `x-test-origin: ${address}`));
    expect(answer.status).toBe(502);
    expect(valuesOf(answer, "x-caramel")).toEqual(["bypass;origin_refused"]);
  });

  it("that leads back to ourselves is noticed on the second pass", async () => {
    const { port } = parts();
    const answer = await exchange(port, get("/x", `x-test-origin: http://127.0.0.1:${port}`));
    expect(answer.status).toBe(508);
  });

  it("for hosts of nobody's is noticed likewise", async () => {
    const { port } = parts();
    const here = `GET /x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nx-test: pass\r\n\r\n`;
    expect((await exchange(port, here)).status).toBe(508);
  });
});
