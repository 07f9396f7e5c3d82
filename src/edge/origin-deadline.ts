import type { ProxyFailure } from "../http/problem-response.ts";

/**
 * Fetches once, and waits for the headers no longer than `timeoutMs`, counted from the last byte of the request: a slow
 * upload is the visitor's time, not the origin's.
 *
 * One promise and one timer, since every request pays for them: an `AbortController` or a `Promise.race` costs 3 to 5 % of
 * a bare request more. An answer that comes too late is cancelled unread. Bodies have no time limit: the platform tells
 * nobody how a native stream gets on, and a JavaScript stream in between would cost more than the page.
 *
 * @returns the response as soon as its headers are there, or what went wrong; never rejects.
 */
export function fetchInTime(request: Request, timeoutMs: number): Promise<Response | ProxyFailure> {
  return new Promise((settle) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let waiting = true;
    const stopWaiting = (answer: Response | ProxyFailure): void => {
      waiting = false;
      clearTimeout(timer);
      settle(answer);
    };
    const startClock = (): void => {
      if (waiting) timer = setTimeout(stopWaiting, timeoutMs, "origin_timeout" satisfies ProxyFailure);
    };
    const outgoing = clockedAfterBody(request, startClock);
    if (outgoing === null) return stopWaiting("origin_unreachable");
    fetch(outgoing).then(
      (response) => (waiting ? stopWaiting(response) : void response.body?.cancel()),
      () => stopWaiting("origin_unreachable"),
    );
  });
}

/**
 * Starts the clock at once, or for a request with a body when all of it has gone. The pipe is the platform's own.
 *
 * @returns the request to send, or `null` where the platform makes none of that method with a body.
 */
function clockedAfterBody(request: Request, startClock: () => void): Request | null {
  // A GET may bring a body, but no request with one can be made anew.
  if (request.body === null || request.method === "GET" || request.method === "HEAD") {
    startClock();
    return request;
  }
  const length = request.headers.get("content-length") ?? "";
  // Without the length the origin would get a chunked body in place of a measured one.
  const pipe = /^\d{1,15}$/.test(length) ? new FixedLengthStream(Number(length)) : new IdentityTransformStream();
  // A body that breaks off breaks off at the origin too, and with it the fetch: nothing to do here.
  request.body.pipeTo(pipe.writable).then(startClock, () => {});
  try {
    return new Request(request, { body: pipe.readable });
  } catch {
    return null;
  }
}
