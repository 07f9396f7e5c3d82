import { createOrigin } from "../../../src/edge/origin.ts";
import { type ResponseExtra, respond } from "../../../src/edge/respond.ts";

interface Env {
  readonly ORIGIN: string;
}

const nothing: ResponseExtra = {
  setCookie: null,
  bypass: null,
  serverTiming: null,
  personalised: false,
  headers: [],
};

/** The first and the last stage of a request and nothing in between. `x-test` says what the stages between would ask for. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const wants = request.headers.get("x-test") ?? "";
    const origin = createOrigin();
    if (wants.includes("pass")) return origin.pass(request);
    const response = await origin.send(request, {
      origin: request.headers.get("x-test-origin") ?? env.ORIGIN,
      timeoutMs: 400,
      allowPrivate: !wants.includes("public-only"),
      path: request.headers.get("x-test-path"),
      fullPage: wants.includes("full-page"),
      headers: wants.includes("decided") ? [["x-caramel-decisions", "ours"]] : [],
    });
    const personalised = wants.includes("personalised");
    const setCookie = wants.includes("cookie") ? "__Host-caramel=v; Path=/; Secure; HttpOnly" : null;
    return respond({ response, changed: false }, { ...nothing, personalised, setCookie });
  },
};
