import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange, get } from "./raw-client.ts";
import { type Answer, answering } from "./raw-origin.ts";

const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const measured = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";

inFront("framing", (parts) => {
  const answered = async (path: string, answer: Answer, ...fields: string[]) => {
    const { origin, port } = parts();
    origin.on(path, answer);
    const before = origin.received(path).length;
    const response = await exchange(port, get(path, ...fields));
    expect(origin.received(path).length - before, "requests the origin got").toBe(1);
    return response;
  };

  it.each([
    ["measured", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"],
    ["chunked", `${chunked}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`],
    ["chunked with extensions and trailers", `${chunked}2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n`],
    ["ended by the connection's end", "HTTP/1.1 200 OK\r\n\r\nhello"],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhello"],
    ["without a reason", "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello"],
  ])("passes a body that is %s", async (name, bytes) => {
    const response = await answered(`/body-${name.replaceAll(/\W/g, "")}`, answering(bytes));
    expect([response.status, response.body.toString(), response.complete]).toEqual([200, "hello", true]);
  });

  it("passes a slow body whole", async () => {
    const response = await answered("/slow", (socket) => {
      socket.write(chunked);
      const words = ["one ", "two ", "three ", "four"];
      // Together longer than the limit for headers.
      words.forEach((word, at) => {
        setTimeout(() => socket.write(`${word.length.toString(16)}\r\n${word}\r\n`), 150 * (at + 1));
      });
      setTimeout(() => socket.end("0\r\n\r\n"), 150 * 5);
    });
    expect([response.body.toString(), response.complete]).toEqual(["one two three four", true]);
  });

  it("passes a head that comes byte by byte", async () => {
    const response = await answered("/drip", (socket) => {
      socket.setNoDelay();
      const bytes = [..."HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"];
      bytes.forEach((byte, at) => {
        setTimeout(() => socket.write(byte), at * 3);
      });
      setTimeout(() => socket.end(), bytes.length * 3 + 20);
    });
    expect([response.status, response.body.toString()]).toEqual([200, "ok"]);
  });

  it("passes 5 MB unchanged", async () => {
    const body = Buffer.alloc(5_000_000, "0123456789abcdef");
    const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    const response = await answered("/large", answering(Buffer.concat([head, body])));
    expect(response.body.equals(body)).toBe(true);
  });

  const breakOff =
    (bytes: string, how: "end" | "resetAndDestroy"): Answer =>
    (socket) => {
      socket.write(bytes);
      setTimeout(() => socket[how](), 50);
    };

  it.each([
    ["measured, ended", `${measured}half`, "end"],
    ["measured, reset", `${measured}half`, "resetAndDestroy"],
    ["chunked, ended", `${chunked}4\r\nhalf\r\n`, "end"],
    ["chunked, reset", `${chunked}4\r\nhalf\r\n`, "resetAndDestroy"],
    ["inside a chunk", `${chunked}ff\r\nhalf`, "end"],
  ] as const)("never closes a broken-off body as if complete: %s", async (name, bytes, how) => {
    for (const test of ["", "personalised"]) {
      const path = `/broken-${name.replaceAll(/\W/g, "")}`;
      const response = await answered(path, breakOff(bytes, how), `x-test: ${test}`);
      expect(response.complete, test).toBe(false);
      if (how === "end") expect(response.body.toString()).toBe("half");
    }
  });

  it.each([
    ["no answer at all", ""],
    ["half a head", "HTTP/1.1 200 OK\r\nContent-"],
    ["no HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n"],
    ["a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab"],
    ["a switch of protocols nobody asked for", "HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"],
  ])("answers 502 to %s", async (name, bytes) => {
    const response = await answered(`/invalid-${name.replaceAll(/\W/g, "")}`, answering(bytes));
    expect(response.status).toBe(502);
    expect(response.complete).toBe(true);
  });
});
