import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange, get, open, until, valuesOf } from "./raw-client.ts";
import { answering } from "./raw-origin.ts";

inFront("streaming", (parts) => {
  it("hands on an event before the next one is sent", async () => {
    const { origin, port } = parts();
    let sendNext = () => {};
    origin.on("/events", (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n");
      sendNext = () => socket.end("data: second\n\n");
    });
    const socket = open(port, get("/events", "Accept: text/event-stream"));
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk.toString();
    });
    expect(await until(() => seen.includes("data: first"))).toBe(true);
    expect(seen).not.toContain("second");
    sendNext();
    expect(await until(() => seen.includes("data: second"))).toBe(true);
    socket.destroy();
  });

  it("carries a WebSocket both ways", async () => {
    const { origin, port } = parts();
    origin.on("/socket", (socket, received) => {
      const key = valuesOf(received, "sec-websocket-key")[0] ?? "";
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
      socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, "Sec-WebSocket-Protocol: chat", "", ""].join("\r\n"));
      // An unmasked text frame for each masked one, saying the same.
      socket.on("data", (frame) => {
        if (((frame[0] ?? 0) & 15) !== 1) return;
        const mask = frame.subarray(2, 6);
        const text = frame.subarray(6).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
        socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
      });
    });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket?room=1`, ["chat"]);
    const said: string[] = [];
    socket.addEventListener("message", ({ data }) => said.push(String(data)));
    await new Promise((opened) => socket.addEventListener("open", opened));
    expect(socket.protocol).toBe("chat");
    socket.send("hello");
    await until(() => said.length === 1);
    socket.send("again");
    await until(() => said.length === 2);
    expect(said).toEqual(["hello", "again"]);
    expect(origin.received("/socket").length).toBe(1);
    expect(origin.received("/socket")[0]?.target).toBe("/socket?room=1");
    socket.close();
  });

  it("hands on an answer to an upgrade that the origin declines", async () => {
    const { origin, port } = parts();
    origin.on("/declined", answering("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"));
    const upgrade = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
    const answer = await exchange(port, get("/declined", ...upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
    expect([answer.status, answer.body.toString()]).toEqual([403, "no"]);
  });

  it("streams an upload of 20 MB, measured as it came", async () => {
    const { origin, port } = parts();
    const body = Buffer.alloc(20_000_000, "0123456789abcdef");
    origin.on("/upload", (socket, received) => {
      void until(() => received.bodyBytes >= body.length).then(() =>
        socket.end("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
      );
    });
    const head = `POST /upload HTTP/1.1\r\nHost: books.example\r\nContent-Length: ${body.length}\r\n\r\n`;
    const answer = await exchange(port, Buffer.concat([Buffer.from(head), body]));
    expect(answer.status).toBe(201);
    const [received, ...more] = origin.received("/upload");
    expect(more).toEqual([]);
    expect(received?.body.equals(body)).toBe(true);
    expect(valuesOf(received ?? { headers: [] }, "content-length")).toEqual([String(body.length)]);
    expect(valuesOf(received ?? { headers: [] }, "transfer-encoding")).toEqual([]);
  });

  it("hands on an upload's first bytes before its last are sent, and gives it more time than the headers", async () => {
    const { origin, port } = parts();
    origin.on("/slow-upload", (socket, received) => {
      void until(() => received.body.includes("last")).then(() =>
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      );
    });
    const socket = open(port, "POST /slow-upload HTTP/1.1\r\nHost: books.example\r\nContent-Length: 9\r\n\r\nfirst");
    let seen = "";
    socket.on("data", (chunk) => {
      seen += chunk.toString();
    });
    expect(await until(() => origin.received("/slow-upload")[0]?.body.toString() === "first")).toBe(true);
    // Longer than the 400 ms that the origin has for its headers.
    await new Promise((resume) => setTimeout(resume, 700));
    socket.write("last");
    expect(await until(() => seen.endsWith("ok"))).toBe(true);
    expect(seen).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it("passes a chunked upload", async () => {
    const { origin, port } = parts();
    origin.on("/chunks", (socket, received) => {
      void until(() => received.body.includes("\r\n0\r\n\r\n")).then(() =>
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      );
    });
    const head = "POST /chunks HTTP/1.1\r\nHost: books.example\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await exchange(port, `${head}3\r\nxyz\r\n2\r\nzy\r\n0\r\n\r\n`);
    expect(answer.status).toBe(200);
    const sent = origin.received("/chunks")[0]?.body.toString() ?? "";
    expect(sent.replaceAll(/[0-9a-f]*\r\n/g, "")).toBe("xyzzy");
  });

  it("hands on an answer that comes before the upload is through", async () => {
    const { origin, port } = parts();
    origin.on("/too-large", answering("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"));
    const head = "POST /too-large HTTP/1.1\r\nHost: books.example\r\nContent-Length: 1000000\r\n\r\n";
    const answer = await exchange(port, `${head}some`);
    expect([answer.status, answer.body.toString()]).toEqual([413, "no"]);
    expect(origin.received("/too-large").length).toBe(1);
  });

  it("answers 100-continue itself, and does not ask the origin for one", async () => {
    const { origin, port } = parts();
    origin.on("/expect", (socket, received) => {
      void until(() => received.body.toString() === "abc").then(() =>
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
      );
    });
    const head = "POST /expect HTTP/1.1\r\nHost: books.example\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    const socket = open(port, head);
    let seen = "";
    socket.on("data", (chunk) => {
      if (seen === "") socket.write("abc");
      seen += chunk.toString();
    });
    expect(await until(() => seen.endsWith("ok"))).toBe(true);
    socket.destroy();
    expect(valuesOf(origin.received("/expect")[0] ?? { headers: [] }, "expect")).toEqual([]);
  });

  it("never sends a broken-off upload as if complete", async () => {
    const { origin, port } = parts();
    origin.on("/broken-upload", () => {});
    const socket = open(
      port,
      "POST /broken-upload HTTP/1.1\r\nHost: books.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    );
    expect(await until(() => origin.received("/broken-upload")[0]?.body.includes("abc") === true)).toBe(true);
    socket.resetAndDestroy();
    expect(await until(() => origin.received("/broken-upload")[0]?.closed === true)).toBe(true);
    expect(origin.received("/broken-upload")[0]?.body.toString()).not.toContain("0\r\n\r\n");
  });

  it("ends the origin's work when the visitor leaves, before and during the answer", async () => {
    const { origin, port } = parts();
    origin.on("/silent", () => {});
    const waiting = open(port, get("/silent"));
    await until(() => origin.received("/silent").length === 1);
    waiting.resetAndDestroy();
    expect(await until(() => origin.received("/silent")[0]?.closed === true)).toBe(true);

    for (const test of ["", "personalised"]) {
      const path = `/endless-${test}`;
      origin.on(path, (socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        const timer = setInterval(() => socket.write("more\n"), 20);
        socket.on("close", () => clearInterval(timer));
      });
      const reading = open(port, get(path, `x-test: ${test}`));
      let seen = "";
      reading.on("data", (chunk) => {
        seen += chunk.toString();
      });
      await until(() => seen.includes("more"));
      reading.destroy();
      expect(await until(() => origin.received(path)[0]?.closed === true), test).toBe(true);
      expect(origin.received(path).length).toBe(1);
    }
  });
});
