import { createServer, type Server } from "node:net";

/** Page sizes, in KB, as the path's last segment names them. */
export const sizesKb = [8, 60, 500] as const;

const paragraph =
  '<article class="card"><h3>A book of some weight</h3><p>Printed on paper, bound in cloth, read by a window.</p></article>\n';

/** A page of about so many KB, with the places that the experiences change. */
export function pageOf(kb: number): string {
  const head = '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Books</title></head><body>\n';
  const top = '<header id="hero"><h1>Books</h1><p class="lede">For every mood</p></header><p class="offer">Offer</p>\n';
  const foot = '<footer id="footer"><a class="more" href="/more">More</a></footer></body></html>\n';
  const room = kb * 1024 - head.length - top.length - foot.length;
  return head + top + paragraph.repeat(Math.max(0, Math.floor(room / paragraph.length))) + foot;
}

/** An HTTP origin that costs next to nothing: whole answers, made once, written at once. */
export async function startOrigin(): Promise<{ readonly port: number; readonly server: Server }> {
  const answers = new Map(sizesKb.map((kb) => [String(kb), answerOf(pageOf(kb))]));
  const server = createServer((socket) => {
    let open = "";
    socket.setNoDelay();
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      open += data.toString("latin1");
      for (let end = open.indexOf("\r\n\r\n"); end !== -1; end = open.indexOf("\r\n\r\n")) {
        const size = /^GET \S*\/(\d+)[ ?]/.exec(open)?.[1] ?? "";
        open = open.slice(end + 4);
        socket.write(answers.get(size) ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { port: typeof address === "object" && address !== null ? address.port : 0, server };
}

function answerOf(page: string): Buffer {
  const body = Buffer.from(page);
  const head = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", `Content-Length: ${body.length}`];
  return Buffer.concat([
    Buffer.from(`${[...head, 'ETag: "1"', "Cache-Control: no-cache"].join("\r\n")}\r\n\r\n`),
    body,
  ]);
}
