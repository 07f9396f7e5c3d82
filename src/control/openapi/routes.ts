import { Hono } from "hono";
import { refuse } from "../refusal.ts";
import { apiDocs, apiDocument } from "./api.ts";
import { apiStyle } from "./page.ts";

/** Made once: it says nothing of this deployment, so that anybody may read it. */
const parts: { json?: string; page?: Promise<string> } = {};

/** The API's description, for programs and for people; to be mounted at `/_caramel`. */
export function createApiDescription(): Hono {
  const app = new Hono();
  app.get("/api/openapi.json", () => {
    parts.json ??= JSON.stringify(apiDocument());
    return said(parts.json, "application/json");
  });
  app.get("/api/docs", async () => {
    parts.page ??= apiDocs();
    return said(await parts.page, "text/html; charset=utf-8");
  });
  app.get("/static/api.css", () => said(apiStyle, "text/css; charset=utf-8"));
  for (const path of ["/api/openapi.json", "/api/docs", "/static/api.css"])
    app.all(path, () => refuse({ kind: "method", allowed: ["GET"] }));
  return app;
}

const said = (text: string, type: string): Response =>
  new Response(text, { headers: { "content-type": type, "cache-control": "max-age=300" } });
