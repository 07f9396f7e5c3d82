import type * as z from "zod";
import type { SiteKey } from "../core/ids.ts";
import type { Action, Principal } from "./access.ts";
import type { ControlPorts } from "./ports.ts";

/** What a call changed, for the audit: hashes, or ids that are hashes. Texts with secrets in them never. */
export interface Change {
  readonly before?: string | null;
  readonly after?: string | null;
}

/** One call of an endpoint, after its caller has been recognised and allowed. */
export interface Call {
  readonly request: Request;
  readonly principal: Principal;
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Tells the audit what was changed, once it is known. */
  readonly note: (change: Change) => void;
}

/** A call that concerns one site, whose key is well-formed; whether the site exists is the endpoint's to find out. */
export interface SiteCall extends Call {
  readonly site: SiteKey;
}

/**
 * What goes in and what comes out, as its callers and generated clients know it. The body's schema is the very one it is
 * parsed with; every successful answer in the tests is held to `returns`.
 */
export interface Wire {
  /** What generated clients call it: a verb and a thing, `readDraft`. */
  readonly id: string;
  /** By parameter, with whether it must be given. */
  readonly query?: Readonly<Record<string, z.ZodType>>;
  /** Request headers that change what it does, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodType;
  /** A body that is right: what refusals advise, and what documentation shows. */
  readonly example?: string;
  readonly returns: z.ZodType;
  /** Of success. 200 when left out. */
  readonly status?: 201 | 202;
}

interface Described {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** One sentence, for the API's description. */
  readonly about: string;
  readonly wire: Wire;
  /**
   * What a POST does with an `Idempotency-Key` whose answer holds a secret, so that it can't be kept: when repeated it is
   * done again (`harmless`), or told that it was done (`refused`).
   */
  readonly repeated?: "harmless" | "refused";
  /** Whether the call looks at one visitor: then it takes `visitors` too, and a reason, which is logged. */
  readonly looksAtVisitor?: (url: URL) => boolean;
}

/** One address and method of the admin API. What it may be called for stands in the table, never inside its code. */
export interface Endpoint extends Described {
  /** With `:site`, as it concerns one; relative to `/_caramel/api/v1`. */
  readonly path: `/sites/:site${string}`;
  readonly action: Action;
  readonly handle: (call: SiteCall, ports: ControlPorts) => Promise<Response>;
}

/** One that concerns no site in particular: `action` is asked for the deployment as a whole; `anyone` is everybody known. */
export interface GeneralEndpoint extends Described {
  readonly path: `/${string}`;
  readonly action: Action | "anyone";
  readonly handle: (call: Call, ports: ControlPorts) => Promise<Response>;
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
