import type { ProxyFailure } from "../http/problem-response.ts";

/**
 * Fetches once, and waits for the headers no longer than `timeoutMs`, counted from the last byte of the request: a slow
 * upload is the visitor's time, not the origin's.
 *
 * A race costs less than an `AbortController`, which every request would pay for. An answer that comes too late is
 * cancelled unread. Bodies have no time limit: the platform tells nobody how a native stream gets on, and a JavaScript
 * stream in between would cost more than the page.
 *
 * @returns the response as soon as its headers are there, or what went wrong; never rejects.
 */
export async function fetchInTime(request: Request, timeoutMs: number): Promise<Response | ProxyFailure> {
  const deadline = createDeadline(timeoutMs);
  const answer = fetch(clockedAfterBody(request, deadline)).catch((): ProxyFailure => "origin_unreachable");
  const first = await Promise.race([answer, deadline.passed]);
  deadline.stop();
  if (first === "origin_timeout") void answer.then(dropBody);
  return first;
}

interface Deadline {
  /** Settles when the time is over; never if it was stopped. */
  readonly passed: Promise<ProxyFailure>;
  /** Starts the clock; does nothing once stopped. */
  start(): void;
  stop(): void;
}

function createDeadline(timeoutMs: number): Deadline {
  const { promise, resolve } = Promise.withResolvers<ProxyFailure>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  return {
    passed: promise,
    start() {
      if (!stopped) timer = setTimeout(() => resolve("origin_timeout"), timeoutMs);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Starts the clock at once, or for a request with a body when all of it has gone. The pipe is the platform's own. */
function clockedAfterBody(request: Request, deadline: Deadline): Request {
  // A GET may bring a body, but no request with one can be made anew.
  if (request.body === null || request.method === "GET" || request.method === "HEAD") {
    deadline.start();
    return request;
  }
  const length = request.headers.get("content-length");
  // Without the length the origin would get a chunked body in place of a measured one.
  const pipe = length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
  // A body that breaks off breaks off at the origin too, and with it the fetch: nothing to do here.
  request.body.pipeTo(pipe.writable).then(deadline.start, () => {});
  return new Request(request, { body: pipe.readable });
}

function dropBody(answer: Response | ProxyFailure): void {
  if (typeof answer !== "string") void answer.body?.cancel();
}
