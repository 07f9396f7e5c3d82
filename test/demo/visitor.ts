import { startDemo } from "../../demo/server.ts";

/** A browser with JavaScript off: keeps its cookies and follows no redirect by itself. */
export interface Visitor {
  get(path: string): Promise<Response>;
  post(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
}

/** Opens a shop on a free port; `close` shuts it. */
export async function openShop(): Promise<{ visitor(): Visitor; close(): Promise<void> }> {
  const { port, close } = await startDemo({ port: 0 });
  return { visitor: () => visitorOf(`http://127.0.0.1:${port}`), close };
}

function visitorOf(origin: string): Visitor {
  const jar = new Map<string, string>();
  const go = async (path: string, init: RequestInit): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(origin + path, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  };
  return {
    get: (path) => go(path, {}),
    post: (path, fields) => go(path, { method: "POST", body: new URLSearchParams(fields) }),
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
  if (line.includes("Max-Age=0")) jar.delete(name);
  else jar.set(name, value);
}
