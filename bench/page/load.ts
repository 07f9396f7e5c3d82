import { Agent, request } from "node:http";

/** What a burst of requests showed. Times in milliseconds, one entry a request. */
export interface Burst {
  readonly firstByteMs: readonly number[];
  readonly wholeMs: readonly number[];
  readonly tookMs: number;
}

/** Few connections: with many, large pages fill buffers and are measured instead of the Worker. */
const connections = 4;

/** A person's browser: a crawler would be served without being recognised. */
export const userAgent =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";

/** Asks so many times over a few kept-alive connections, each as soon as the last answer is whole. */
export async function burst(port: number, path: string, cookie: string, count: number): Promise<Burst> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const firstByteMs: number[] = [];
  const wholeMs: number[] = [];
  let left = count;
  const startedMs = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { first, whole } = await once(agent, port, path, cookie);
      firstByteMs.push(first);
      wholeMs.push(whole);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return { firstByteMs, wholeMs, tookMs: performance.now() - startedMs };
}

function once(agent: Agent, port: number, path: string, cookie: string): Promise<{ first: number; whole: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const headers = {
      host: "books.example",
      accept: "text/html",
      "user-agent": userAgent,
      ...(cookie === "" ? {} : { cookie }),
    };
    request({ agent, port, path, host: "127.0.0.1", headers }, (response) => {
      let first = 0;
      response.on("data", () => {
        first ||= performance.now() - startedMs;
      });
      response.on("end", () => resolve({ first, whole: performance.now() - startedMs }));
      response.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
}
