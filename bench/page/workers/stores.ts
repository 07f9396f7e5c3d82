/**
 * What KV and Queues answer, for workerd without Cloudflare or miniflare: the values of `VALUES` under their keys, and
 * every message taken. It runs inside the contestant's process, so what it costs counts against Caramel.
 */
export default {
  async fetch(request: Request, env: { readonly VALUES: string }): Promise<Response> {
    const values: Readonly<Record<string, string>> = JSON.parse(env.VALUES);
    const { pathname } = new URL(request.url);
    if (pathname === "/bulk/get") {
      const { keys } = await request.json<{ readonly keys: readonly string[] }>();
      return Response.json(Object.fromEntries(keys.map((key) => [key, values[key] ?? null])));
    }
    if (request.method === "POST") {
      await request.arrayBuffer();
      return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } } });
    }
    const value = values[decodeURIComponent(pathname.slice(1))];
    return value === undefined ? new Response(null, { status: 404 }) : new Response(value);
  },
};
