import { createHash } from "node:crypto";
import { describe, it } from "vitest";
import { exchange, get, open, until, valuesOf } from "../hostile-origin/raw-client.ts";
import { answering } from "../hostile-origin/raw-origin.ts";
import type { Probed } from "./parts.ts";

/** What passes on a route where an experience acts. */
export function routesThatAct(probed: () => Probed): void {
  describe("on a route where an experience acts", () => {
    it("events of a stream arrive one by one", async ({ expect }) => {
      let sendNext = () => {};
      probed().origin.on("/events", (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: <h1>first</h1>\n\n");
        sendNext = () => socket.end("data: second\n\n");
      });
      const socket = open(probed().site.port, get("/events", "Accept: text/event-stream"));
      let seen = "";
      socket.on("data", (chunk: Buffer) => (seen += chunk.toString()));
      expect(await until(() => seen.includes("data: <h1>first</h1>"))).toBe(true);
      sendNext();
      expect(await until(() => seen.includes("second"))).toBe(true);
      socket.destroy();
    });

    it("a WebSocket opens", async ({ expect }) => {
      probed().origin.on("/socket", (socket, received) => {
        const key = valuesOf(received, "sec-websocket-key")[0] ?? "";
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      });
      const socket = new WebSocket(`ws://127.0.0.1:${probed().site.port}/socket`);
      let said = "";
      socket.addEventListener("message", ({ data }) => (said = String(data)));
      expect(await until(() => said === "hi")).toBe(true);
      socket.close();
    });

    it("an upload is waited for with 100-continue, and streams", async ({ expect }) => {
      probed().origin.on("/upload", (socket, received) => {
        void until(() => received.body.includes("last")).then(() =>
          socket.end("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
        );
      });
      const socket = open(
        probed().site.port,
        "POST /upload HTTP/1.1\r\nHost: books.example\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
      );
      let seen = "";
      socket.on("data", (chunk: Buffer) => (seen += chunk.toString()));
      expect(await until(() => seen.includes("100 Continue"))).toBe(true);
      socket.write("first");
      expect(await until(() => probed().origin.received("/upload")[0]?.body.toString() === "first")).toBe(true);
      socket.write("last");
      expect(await until(() => seen.includes("201 Created"))).toBe(true);
      socket.destroy();
    });

    it("chunks with extensions and trailers make a whole page", async ({ expect }) => {
      const bytes =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n6;a=b\r\n<h1>Ol\r\n6\r\nd</h1>\r\n0\r\nX-Sum: 1\r\n\r\n";
      const answer = await probed().send("/", answering(bytes), get("/"));
      expect([answer.text, answer.complete]).toEqual(['<h1 class="on">New</h1>', true]);
    });

    it("repeated headers stay repeated, cookies of 15 KB and URLs of 8 KB whole", async ({ expect }) => {
      const [cookie, query] = [`big=${"c".repeat(15_000)}`, "q".repeat(8000)];
      const answer = await probed().send(
        "/",
        answering(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Two: a\r\nX-Two: b\r\n\r\n<h1>Old</h1>`),
        get(`/?${query}`, `Cookie: ${cookie}`, "X-Two: a", "X-Two: b"),
      );
      expect(answer.text).toBe('<h1 class="on">New</h1>');
      expect([valuesOf(answer, "x-two"), valuesOf(answer.got, "x-two")]).toEqual([
        ["a", "b"],
        ["a", "b"],
      ]);
      expect([valuesOf(answer.got, "cookie"), answer.got.target]).toEqual([[cookie], `/?${query}`]);
    });

    it("two lengths, a length with chunks, and a Host that is none reach no origin as two requests", async ({
      expect,
    }) => {
      const hidden = "GET /hidden HTTP/1.1\r\nHost: books.example\r\n\r\n";
      for (const head of [
        `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
        `Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      ]) {
        await exchange(probed().site.port, `POST /smuggle HTTP/1.1\r\nHost: books.example\r\n${head}`, 500);
      }
      for (const host of ["a/b", "user@a", 'a"b']) {
        expect((await exchange(probed().site.port, `GET /host HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, host).toBe(
          400,
        );
      }
      expect([probed().origin.received("/hidden").length, probed().origin.received("/host").length]).toEqual([0, 0]);
    });

    it("a target in absolute form, a loop, and what is claimed of the connection are seen through", async ({
      expect,
    }) => {
      const absolute = await probed().send(
        "/absolute",
        answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Old</h1>"),
        get(
          "http://evil.example/absolute",
          "X-Forwarded-For: 6.6.6.6",
          "X-Forwarded-Proto: gopher",
          "Forwarded: for=6.6.6.6",
          "CDN-Loop: other",
        ),
      );
      expect(absolute.text).toBe('<h1 class="on">New</h1>');
      expect(JSON.stringify(absolute.got.headers)).not.toMatch(/6\.6\.6\.6|gopher/);
      expect(valuesOf(absolute.got, "cdn-loop").join(", ")).toBe("other, caramel");
      expect((await exchange(probed().site.port, get("/looped", "CDN-Loop: caramel"))).status).toBe(508);
      expect(probed().origin.received("/looped")).toEqual([]);
    });

    it("the same visitor is the same in the answer to two requests on one connection", async ({ expect }) => {
      probed().origin.on(
        "/twice",
        answering(
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<h1>Old</h1>",
        ),
      );
      const socket = open(probed().site.port, get("/twice") + get("/twice"));
      let seen = "";
      socket.on("data", (chunk: Buffer) => (seen += chunk.toString()));
      expect(await until(() => seen.split('<h1 class="on">New</h1>').length === 3)).toBe(true);
      socket.destroy();
      const ids = [...seen.matchAll(/set-cookie: caramel=([^;]+)/gi)].map(([, value]) => value);
      expect(new Set(ids).size).toBe(2);
    });
  });
}
