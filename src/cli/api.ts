import * as z from "zod";
import type { Access } from "./access.ts";
import { serverTrouble } from "./stop.ts";

const problemShape = z.object({
  path: z.string(),
  message: z.string(),
  advice: z.string(),
  severity: z.enum(["error", "warning"]),
});
export const problemsShape = z.array(problemShape);

const refusalShape = z.object({
  title: z.string(),
  detail: z.string(),
  problems: problemsShape.optional(),
});

/** What the server answered, success or refusal alike; the caller knows which refusals it can act on. */
export interface Reply {
  readonly status: number;
  readonly etag: string | null;
  readonly body: unknown;
  /** Problems of a configuration, when that is why it was refused. */
  readonly refusal: z.infer<typeof refusalShape> | null;
}

interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The admin API. `path` follows `/_caramel/api/v1`. Stops the command when nothing answers or the token is refused. */
export interface Api {
  readonly call: (method: "GET" | "PUT" | "POST" | "DELETE", path: string, call?: Call) => Promise<Reply>;
  readonly url: string;
}

const deadlineMs = 60_000;

export function createApi(access: Access): Api {
  return { url: access.url, call: (method, path, call = {}) => callServer(access, method, path, call) };
}

async function callServer(access: Access, method: string, path: string, { body, headers }: Call): Promise<Reply> {
  const request = {
    method,
    headers: {
      authorization: `Bearer ${access.token}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    // A redirect would carry the token to wherever it leads.
    redirect: "manual" as const,
    signal: AbortSignal.timeout(deadlineMs),
  };
  const response = await fetch(`${access.url}/_caramel/api/v1${path}`, request).catch((error: unknown) => {
    throw unreachable(access, error);
  });
  return replyOf(response, await response.text(), access);
}

function unreachable({ url, from }: Access, error: unknown): Error {
  if (error instanceof Error && error.name === "TimeoutError")
    return serverTrouble(`${url} did not answer within ${deadlineMs / 1000} seconds.`);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
  const advice = from === "--url" || from === "CARAMEL_URL" ? `Check ${from}.` : "Start it with `npm start`.";
  const why = cause === "" || cause.includes("ECONNREFUSED") ? "" : ` (${cause})`;
  return serverTrouble(`Nothing answers at ${url}${why}. ${advice}`);
}

function replyOf(response: Response, text: string, { url }: Access): Reply {
  const body = parsed(text);
  const { status } = response;
  if (status === 401)
    throw serverTrouble(`${url} does not know this token. Set CARAMEL_TOKEN to a valid one.${saying(body)}`);
  if (status === 403) throw serverTrouble(`This token may not do that at ${url}.`);
  const refusal = response.ok ? null : refusalShape.safeParse(body);
  if (body === undefined || (refusal !== null && !refusal.success))
    throw serverTrouble(`${url} answered ${status}, but not as Caramel does. Is this the right address?`);
  return { status, etag: response.headers.get("etag"), body, refusal: refusal?.data ?? null };
}

/** Why, where the server says more than that it does not know us. */
function saying(body: unknown): string {
  const refusal = refusalShape.safeParse(body);
  return refusal.success && /expired|revoked/.test(refusal.data.detail) ? ` ${refusal.data.detail}` : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Every item of a list, page after page. `name` is the list's member; `path` may have a query. */
export async function everyItem<Item extends z.ZodType>(
  api: Api,
  path: string,
  name: string,
  item: Item,
): Promise<z.output<Item>[]> {
  const page = z.object({ [name]: z.array(item), next: z.string().nullable().optional() });
  const items: z.output<Item>[] = [];
  for (let cursor = ""; ; ) {
    const query = cursor === "" ? "" : `${path.includes("?") ? "&" : "?"}cursor=${cursor}`;
    const body = bodyOf(await api.call("GET", `${path}${query}`), page);
    items.push(...(body[name] as z.output<Item>[]));
    if (typeof body.next !== "string") return items;
    cursor = body.next;
  }
}

/** The body of a reply that must be a success, as `shape` says; any refusal ends the command. */
export function bodyOf<Shape extends z.ZodType>({ status, body, refusal }: Reply, shape: Shape): z.output<Shape> {
  if (refusal !== null) throw serverTrouble(`${refusal.title}: ${refusal.detail}`);
  const read = shape.safeParse(body);
  if (!read.success)
    throw serverTrouble(`The server's answer (${status}) can't be read. Do both speak the same version?`);
  return read.data;
}
