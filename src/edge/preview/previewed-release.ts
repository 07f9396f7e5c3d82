import type { Draft, Experience, Holdout } from "../../core/draft.ts";
import type { ReleaseId } from "../../core/ids.ts";
import type { PreviewClaims } from "../../core/preview-link.ts";
import { endOfPreview, previewParameter } from "../../core/preview-link.ts";
import type { Release } from "../../core/release.ts";

/** No key of a site's own has two dots. */
const markKey = "caramel..preview";

/**
 * A release as a preview shows it: personalization is on, consent is the previewed visitor's, decisions are told in
 * `Server-Timing`, and every page carries a mark that says what it is. The mark is one more experience, so that it is put into
 * pages as carefully as everything else.
 */
export function previewedRelease(release: Release, claims: PreviewClaims): Release {
  const { content } = release;
  const others = Object.keys(content.experiences);
  const held = ([key, holdout]: [string, Holdout]) => [key, { ...holdout, scope: holdout.scope ?? others }] as const;
  const draft: Draft = {
    ...content,
    site: { ...content.site, enabled: true, consent: "optOut", bots: "stable", serverTiming: true },
    holdouts: Object.fromEntries(Object.entries(content.holdouts).map(held)),
    experiences: { ...content.experiences, [markKey]: markOf(claims, release.id) },
  };
  return { ...release, content: draft };
}

const page = { path: "/*", query: {}, methods: ["GET", "HEAD"], surface: "html", errors: true } as const;

const markOf = (claims: PreviewClaims, release: ReleaseId): Experience => ({
  description: "The mark of a preview",
  kind: "personalization",
  enabled: true,
  priority: Number.MIN_SAFE_INTEGER,
  routes: [page],
  audience: null,
  coverageBps: 10_000,
  holdbackBps: 0,
  unit: "visitor",
  fallbackUnit: null,
  seed: markKey,
  hashVersion: 2,
  layer: null,
  namespace: null,
  filters: [],
  prerequisites: [],
  schedule: null,
  sticky: "none",
  version: 1,
  minVersion: 0,
  force: [],
  variants: [
    {
      key: "on",
      description: "",
      weightBps: 10_000,
      ranges: null,
      slots: {},
      operations: [{ selector: "body", action: "append", name: null, value: markup(claims, release) }],
      move: null,
    },
  ],
  metrics: [],
});

/** Readable where a policy forbids styles, and out of the way where it does not. */
const style =
  "all:revert;box-sizing:border-box;position:fixed;inset:auto 0 0 0;z-index:2147483647;margin:0;padding:.6em 1em;" +
  "background:#1f2937;color:#fff;font:14px/1.4 system-ui,sans-serif;text-align:center";

function markup({ visitor, isNew, atMs, place, variants, expiresAtMs }: PreviewClaims, release: ReleaseId): string {
  const said = [
    `Preview of ${release}`,
    isNew ? "as somebody new" : `as ${visitor}`,
    ...(place.country === undefined ? [] : [`in ${place.country}`]),
    ...(atMs === null ? [] : [`at ${new Date(atMs).toISOString()}`]),
    ...Object.entries(variants).map(([experience, variant]) => `${experience}: ${variant}`),
    `until ${new Date(expiresAtMs).toISOString().slice(0, 16)}Z`,
  ].map(escaped);
  const end = `<a href="?${previewParameter}=${endOfPreview}" style="color:#fcd34d">End the preview</a>`;
  return `<div role="status" data-caramel-preview="${release}" style="${style}">${said.join(" · ")} · ${end}</div>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** For text and attributes, and without a meaning to Liquid. */
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => entities[character] ?? "").replace(/[{}%]/g, "");
