import { Agent, type IncomingHttpHeaders, request } from "node:http";

/** What a browser says. The host is the site's; encodings are left out, so that nobody is measured at compressing. */
const browser = {
  host: "books.example.com",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-GB,en;q=0.9",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** From sending the request until the first byte of the body, and until its last. */
  readonly firstByteMs: number;
  readonly allMs: number;
}

/** Asks for one page over a connection that is kept. */
export function ask(agent: Agent, port: number, path: string, cookie: string | null): Promise<Answer> {
  const startMs = performance.now();
  const headers = cookie === null ? browser : { ...browser, cookie };
  return new Promise((resolve, reject) => {
    const asked = request({ agent, host: "127.0.0.1", port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      let firstByteMs = 0;
      response.on("data", (chunk: Buffer) => {
        if (chunks.length === 0) firstByteMs = performance.now() - startMs;
        chunks.push(chunk);
      });
      response.on("error", reject);
      response.on("end", () => {
        const allMs = performance.now() - startMs;
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks), firstByteMs, allMs });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Asks `count` times over so many connections, each waiting for its answer before it asks again. */
export async function load(
  port: number,
  path: string,
  cookie: string | null,
  { count, connections }: { readonly count: number; readonly connections: number },
): Promise<readonly Answer[]> {
  const agent = agentFor(connections);
  const answers: Answer[] = [];
  let left = count;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      answers.push(await ask(agent, port, path, cookie));
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
  agent.destroy();
  return answers;
}

export const agentFor = (connections: number): Agent => new Agent({ keepAlive: true, maxSockets: connections });
