import { isPrivateOrigin } from "../http/private-address.ts";

/** Asks one address of the website or the web. `null`: no answer in time, or not to be asked. Never rejects. */
export type Asker = (method: "GET" | "HEAD", url: string) => Promise<Response | null>;

export interface AskerParts {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Development only: addresses on this machine are asked. */
  readonly allowPrivate: boolean;
  /** The host that the website is asked on behalf of. */
  readonly host: string | null;
}

const answerWithinMs = 4_000;
/** All of one check together. */
const checkWithinMs = 10_000;
const atOnce = 4;

/** Follows no redirect: where one leads is for its own answer to say, and may be somewhere that must not be asked. */
export function createAsker({ fetch, allowPrivate, host }: AskerParts): Asker {
  const all = AbortSignal.timeout(checkWithinMs);
  const headers = {
    "user-agent": "caramel-check",
    accept: "text/html,*/*",
    ...(host === null ? {} : { "x-forwarded-host": host }),
  };
  return async (method, url) => {
    if (all.aborted || (!allowPrivate && isPrivateOrigin(originOf(url)))) return null;
    const signal = AbortSignal.any([all, AbortSignal.timeout(answerWithinMs)]);
    try {
      return await fetch(new Request(url, { method, headers, redirect: "manual", signal }));
    } catch {
      return null;
    }
  };
}

const originOf = (url: string): string => URL.parse(url)?.origin ?? "";

/** The same for each, a few at once, in order. */
export async function within<From, To>(all: readonly From[], work: (one: From) => Promise<To>): Promise<readonly To[]> {
  const done: To[] = [];
  const rest = [...all.entries()];
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) done[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}
