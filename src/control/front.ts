import { Hono } from "hono";
import { everySite } from "../core/roles.ts";
import { sameOrigin } from "../http/same-origin.ts";
import { mayEnter, type Principal } from "./access.ts";
import { answer } from "./endpoint.ts";
import { frontPage, frontStyle } from "./front-page.ts";
import { loginLimit } from "./login-limit.ts";
import type { ControlPorts } from "./ports.ts";
import { readBytes } from "./read-json.ts";
import { recognise } from "./recognise.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { Sessions } from "./sessions.ts";

/** What the pages for people need. */
export interface FrontPorts extends Pick<ControlPorts, "doors" | "audit" | "now" | "report"> {
  /** `null`: this host serves a website too, whose scripts could ride on a session, so that there are none. */
  readonly sessions: Sessions | null;
  /** Whether this source, or whoever tries this token, may try once more. */
  readonly mayTry: (key: string) => Promise<boolean>;
}

const retryAfterS = loginLimit.periodSeconds;
const bodyBytes = 4096;
/** `crml_` and the public id: as much of a token as says which one is being tried. */
const prefixCharacters = 17;

type Page = readonly [method: "GET" | "POST", path: string, show: (request: Request) => Promise<Response>];

/** `/_caramel/`, login and logout. */
export function createFront(ports: FrontPorts): Hono {
  const app = new Hono();
  app.onError((error, { req }) => {
    ports.report(error, req.raw);
    return refuse({ kind: "bug" });
  });
  const pages: readonly Page[] = [
    ["GET", "/_caramel/", (request) => showPage(request, ports, null, 200)],
    ["GET", "/_caramel/static/control.css", async () => style()],
    ["POST", "/_caramel/login", (request) => logIn(request, ports)],
    ["POST", "/_caramel/logout", (request) => logOut(request, ports)],
  ];
  for (const [method, path, show] of pages) {
    app.on(method, path, ({ req }) => show(req.raw));
    app.all(path, () => refuse({ kind: "method", allowed: [method] }));
  }
  return app;
}

const style = (): Response =>
  new Response(frontStyle, { headers: { "content-type": "text/css; charset=utf-8", "cache-control": "max-age=3600" } });

async function showPage(request: Request, ports: FrontPorts, notice: string | null, status: number): Promise<Response> {
  const { sessions } = ports;
  const principal = await whoSees(request, ports);
  // Whoever came by Access has no session to end.
  const hasSession = principal !== null && sessions !== null && (await sessions.find(request)) !== null;
  const page = await frontPage({ principal, mayLogIn: sessions !== null, hasSession, notice });
  return new Response(page, {
    status,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

async function whoSees(request: Request, { doors }: FrontPorts): Promise<Principal | null> {
  // A failed attempt is answered with the page as well, and that is no GET.
  const principal = await recognise(new Request(request.url, { headers: request.headers }), doors);
  return principal.ok ? principal.value : null;
}

/** `POST /login`: a token, as a form or JSON, becomes a session of a browser. */
async function logIn(request: Request, ports: FrontPorts): Promise<Response> {
  const { sessions, doors } = ports;
  if (sessions === null) return refused(request, ports, { kind: "not_found", what: "Browsers do not log in here." });
  if (sameOrigin(request) === "no") return refused(request, ports, { kind: "cross_site" });
  if (!(await ports.mayTry(`login:${request.headers.get("cf-connecting-ip") ?? "here"}`)))
    return refused(request, ports, { kind: "too_many", retryAfterS });
  const token = await tokenIn(request);
  if (token === null)
    return refused(request, ports, { kind: "malformed", why: "Send one `token`, in a form or as JSON." });
  if (!(await ports.mayTry(`token:${token.slice(0, prefixCharacters)}`)))
    return refused(request, ports, { kind: "too_many", retryAfterS });
  const holder = await doors.tokens.open(token);
  if (!holder.ok) return refused(request, ports, { kind: "unauthenticated", because: holder.error });
  if (!mayEnter(holder.value.principal)) return refused(request, ports, { kind: "forbidden" });
  const cookie = await sessions.open(holder.value, request);
  await logged(holder.value.principal, "login", request, ports);
  const { id, name, roles } = holder.value.principal;
  return withCookie(wantsPage(request) ? toFront() : answer({ id, name, roles }), cookie);
}

async function logOut(request: Request, ports: FrontPorts): Promise<Response> {
  const { sessions } = ports;
  if (sessions === null) return refused(request, ports, { kind: "not_found", what: "Browsers do not log in here." });
  if (sameOrigin(request) !== "yes") return refused(request, ports, { kind: "cross_site" });
  const principal = await sessions.find(request);
  const cookie = await sessions.close(request);
  if (principal !== null) await logged(principal, "logout", request, ports);
  return withCookie(wantsPage(request) ? toFront() : answer({ loggedOut: true }), cookie);
}

/** `null` for a body that is neither, or is longer than any token. */
async function tokenIn(request: Request): Promise<string | null> {
  const bytes = await readBytes(request, bodyBytes);
  const text = bytes === null ? "" : new TextDecoder().decode(bytes);
  const type = request.headers.get("content-type") ?? "";
  const token = /^application\/json\b/i.test(type) ? tokenOfJson(text) : new URLSearchParams(text).get("token");
  return token === null || token.trim() === "" ? null : token.trim();
}

function tokenOfJson(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    const token = typeof body === "object" && body !== null && "token" in body ? body.token : null;
    return typeof token === "string" ? token : null;
  } catch {
    return null;
  }
}

const wantsPage = ({ headers }: Request): boolean => headers.get("accept")?.includes("text/html") === true;

/** Every refusal has one text: a page for people, problem+json for programs. */
async function refused(request: Request, ports: FrontPorts, refusal: Refusal): Promise<Response> {
  const response = refuse(refusal);
  if (!wantsPage(request)) return response;
  const { detail } = (await response.clone().json()) as { detail: string };
  const notice =
    refusal.kind === "unauthenticated" ? "This token opens nothing: it is unknown, expired or revoked." : detail;
  return showPage(request, ports, notice, response.status);
}

/** 303: the browser fetches the page anew, and does not send the token again when it is reloaded. */
const toFront = (): Response =>
  new Response(null, { status: 303, headers: { location: "/_caramel/", "cache-control": "no-store" } });

function withCookie(response: Response, cookie: string): Response {
  response.headers.append("set-cookie", cookie);
  return response;
}

async function logged(
  principal: Principal,
  action: "login" | "logout",
  request: Request,
  ports: FrontPorts,
): Promise<void> {
  const entry = {
    site: everySite,
    atMs: ports.now(),
    principal: principal.id,
    action,
    subject: `POST /_caramel/${action}`,
  };
  const outcome = { outcome: "done", before: null, after: null, reason: null, request: crypto.randomUUID() } as const;
  await ports.audit.append({ ...entry, ...outcome }).catch((error: unknown) => ports.report(error, request));
}
