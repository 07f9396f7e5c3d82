import { type BareSite, released, startBare, warmed } from "../bare/site.ts";
import { exchange, get, type RawAnswer, valuesOf } from "../hostile-origin/raw-client.ts";
import { type Answer, answering, type RawOrigin, type Received, startRawOrigin } from "../hostile-origin/raw-origin.ts";

/** The page of every probe, and what the visitor gets of it where the experience acts. */
export const oldPage = "<!doctype html><title>T</title><h1 class='a  b'>Old</h1><p>caf\xe9</p>";
export const newPage = oldPage.replace("<h1 class='a  b'>Old", '<h1 class="a  b on">New');

/** The head of an answer that is a page. */
export const html = "200 OK\nContent-Type: text/html; charset=windows-1252";

/** All values of a header of an answer, joined. */
export const one = (answer: Pick<RawAnswer, "headers">, name: string): string => valuesOf(answer, name).join(", ");

/** The built Worker on plain workerd, with an experience that acts on every page, in front of an origin of raw bytes. */
export interface Probed {
  readonly site: BareSite;
  readonly origin: RawOrigin;
  /** Asks for a path whose origin answers with this head and body; the origin gets exactly one request. */
  readonly probe: (path: string, head: string, body?: string | Buffer, ...fields: string[]) => Promise<Probe>;
  /** The same with any answer and any request. */
  readonly send: (path: string, answer: Answer, request: string | Buffer) => Promise<Probe>;
  readonly stop: () => Promise<void>;
}

export interface Probe extends RawAnswer {
  readonly text: string;
  /** What the origin got. */
  readonly got: Received;
}

const everybody = (route: string | object, operations: readonly object[]) => ({
  kind: "rollout",
  routes: [route],
  variants: { on: { operations } },
});

const configuration = (origin: string) => ({
  site: "shop",
  hosts: ["*"],
  origin,
  originTimeoutMs: 2000,
  experiences: {
    heading: everybody("/*", [
      { selector: "h1", action: "setText", value: "New" },
      { selector: "h1", action: "addClass", value: "on" },
    ]),
    head: everybody("/head/*", [{ selector: "head", action: "append", value: "<meta name=ours>" }]),
    script: everybody("/script/*", [
      { within: "#data", pointer: "/a", action: "set", value: "</script><script>alert(1)//\u2028" },
    ]),
    data: everybody({ path: "/api/*", surface: "json" }, [{ pointer: "/a", action: "set", value: 2 }]),
  },
});

export async function startProbed(): Promise<Probed> {
  const origin = await startRawOrigin();
  const site = await warmed(await startBare(await released(configuration(origin.url)), origin.url));
  const send: Probed["send"] = async (path, answer, request) => {
    origin.on(path, answer);
    const before = origin.received(path).length;
    const answered = await exchange(site.port, request);
    const [got, ...more] = origin.received(path).slice(before);
    if (got === undefined || more.length > 0) throw new Error(`the origin got ${more.length + 1} or no requests`);
    return { ...answered, text: answered.body.toString("latin1"), got };
  };
  const bytesOf = (head: string, body: string | Buffer): Buffer => {
    const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
    const length = /^(?:content-length|transfer-encoding):/im.test(head) ? "" : `Content-Length: ${bytes.length}\r\n`;
    return Buffer.concat([
      Buffer.from(`HTTP/1.1 ${head.trim().replaceAll("\n", "\r\n")}\r\n${length}\r\n`, "latin1"),
      bytes,
    ]);
  };
  return {
    site,
    origin,
    send,
    probe: (path, head, body = oldPage, ...fields) => send(path, answering(bytesOf(head, body)), get(path, ...fields)),
    stop: async () => {
      await site.stop();
      await origin.close();
    },
  };
}
