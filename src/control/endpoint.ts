import type { SiteKey } from "../core/ids.ts";
import type { Action, Principal } from "./access.ts";
import type { ControlPorts } from "./ports.ts";

/** One call of an endpoint, after its caller has been recognised and allowed. */
interface Call {
  readonly request: Request;
  readonly principal: Principal;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** A call that concerns one site, whose key is well-formed; whether the site exists is the endpoint's to find out. */
export interface SiteCall extends Call {
  readonly site: SiteKey;
}

/** One address and method of the admin API. What it may be called for stands in the table, never inside its code. */
export interface Endpoint {
  readonly method: "GET" | "PUT" | "POST";
  /** With `:site` where it concerns one; relative to `/_caramel/api/v1`. */
  readonly path: `/sites/:site${string}`;
  readonly action: Action;
  /** One sentence, for the API's description. */
  readonly about: string;
  readonly handle: (call: SiteCall, ports: ControlPorts) => Promise<Response>;
}

/** A JSON answer. Never stored by anyone: what it says is for the caller only. */
export const answer = (body: unknown, init: { readonly status?: number; readonly etag?: string } = {}): Response =>
  new Response(JSON.stringify(body), {
    status: init.status ?? 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...(init.etag === undefined ? {} : { etag: init.etag }),
    },
  });
