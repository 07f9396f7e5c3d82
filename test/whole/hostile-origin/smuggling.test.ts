import { expect, it } from "vitest";
import { inFront } from "./in-front.ts";
import { exchange } from "./raw-client.ts";

/** Each must reach the origin as one request at most, whose bytes nobody could read as two. */
inFront("smuggling", (parts) => {
  const hidden = "GET /hidden HTTP/1.1\r\nHost: books.example\r\n\r\n";
  const attempts: [name: string, head: string, body: string][] = [
    ["a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked", `0\r\n\r\n${hidden}`],
    ["chunks and a length", `Transfer-Encoding: chunked\r\nContent-Length: ${hidden.length + 5}`, `0\r\n\r\n${hidden}`],
    ["two lengths", `Content-Length: 0\r\nContent-Length: ${hidden.length}`, hidden],
    ["a signed length", `Content-Length: +${hidden.length}`, hidden],
    ["a list of lengths", `Content-Length: 0, ${hidden.length}`, hidden],
    ["a disguised coding", `Content-Length: ${hidden.length + 5}\r\nTransfer-Encoding: xchunked`, `0\r\n\r\n${hidden}`],
    ["a space before the colon", `Content-Length: 5\r\nTransfer-Encoding : chunked`, `0\r\n\r\n${hidden}`],
    ["a folded coding", `Content-Length: 5\r\nTransfer-Encoding:\r\n chunked`, `0\r\n\r\n${hidden}`],
    ["a coding after a tab", `Content-Length: 5\r\nTransfer-Encoding:\tchunked`, `0\r\n\r\n${hidden}`],
    ["a bare line feed", `Content-Length: 5\nTransfer-Encoding: chunked`, `0\r\n\r\n${hidden}`],
    ["a chunk size with an overflow", "Transfer-Encoding: chunked", `10000000000000000\r\nabc\r\n0\r\n\r\n${hidden}`],
    ["a nominated length", `Connection: Content-Length\r\nContent-Length: ${hidden.length}`, hidden],
  ];

  it.each(attempts)("does not carry %s to the origin", async (name, head, body) => {
    const { origin, port } = parts();
    const path = `/smuggle-${name.replaceAll(/\W/g, "")}`;
    // Some wait for more and get none.
    await exchange(port, `POST ${path} HTTP/1.1\r\nHost: books.example\r\n${head}\r\n\r\n${body}`, 600);
    // A second request on a fresh connection must get its own answer.
    const next = await exchange(port, `GET /next HTTP/1.1\r\nHost: books.example\r\n\r\n`);
    expect(next.status).toBe(200);
    const received = origin.received(path);
    expect(received.length).toBeLessThanOrEqual(1);
    for (const { headers, body: sent } of received) {
      const framing = headers.filter(([field]) => /^(content-length|transfer-encoding)$/i.test(field));
      expect(framing.length).toBe(1);
      const [field, value] = framing[0] ?? ["", ""];
      if (field.toLowerCase() === "content-length") expect(sent.length).toBe(Number(value));
      else expect(sent.toString().indexOf("0\r\n\r\n") + 5).toBe(sent.length);
    }
  });
});
