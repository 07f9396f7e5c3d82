import { env } from "cloudflare:workers";
import { describe, it } from "vitest";
import type { ReleaseId, SiteKey, VisitorId } from "../../src/core/ids.ts";
import {
  encodePreviewClaims,
  type PreviewClaims,
  previewParameter,
  typicalBrowsers,
} from "../../src/core/preview-link.ts";
import { emptyProfile } from "../../src/core/profile.ts";
import { handle } from "../../src/edge/handle.ts";
import { createPreviews } from "../../src/edge/preview/preview.ts";
import { createSigner } from "../../src/http/signed.ts";
import { createPreviewReleases } from "../../src/store/preview-releases.ts";
import { compiledFrom, edgeWith, type Given, htmlAnswer, nowMs, pageRequest } from "./ports.ts";

const previewSigner = createSigner("a secret of at least 32 characters!!", "preview");
const otherSigner = createSigner("a secret of at least 32 characters!!", "visit");
const kept = createPreviewReleases(env.KV);
const previews = createPreviews({ signer: previewSigner, release: kept.read });

const dayMs = 86_400_000;
const claims: PreviewClaims = {
  site: "shop" as SiteKey,
  release: "r_00000000000000000001" as ReleaseId,
  visitor: "visitor-of-a-preview" as VisitorId,
  isNew: true,
  atMs: null,
  place: {},
  headers: {},
  traits: {},
  variants: {},
  expiresAtMs: nowMs + dayMs,
};

const setText = (value: string, more: object = {}) => ({
  kind: "personalization",
  routes: ["/"],
  variants: { on: { operations: [{ selector: "h1", action: "setText", value }] } },
  ...more,
});

interface Shown {
  readonly file: Record<string, unknown>;
  readonly claims?: Partial<PreviewClaims>;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly given?: Given;
}

const tokenFor = (more: Partial<PreviewClaims> = {}) => previewSigner.sign(encodePreviewClaims({ ...claims, ...more }));

/** Keeps a draft, opens a page of the live site by a link to it, and says what came. */
async function shown({ file, claims: more = {}, path = "/", headers = {}, given = {} }: Shown) {
  // Every draft has its own id, as its content says; here they are told apart by a counter.
  drafts += 1;
  const release = `r_${String(drafts).padStart(20, "0")}` as ReleaseId;
  await kept.keep({ ...compiledFrom(file).release, id: release }, 3600);
  const token = await tokenFor({ ...more, release });
  const { edge, seen } = edgeWith({ file: { experiences: {} }, ...given });
  const joint = path.includes("?") ? "&" : "?";
  const request = pageRequest(`${path}${joint}${previewParameter}=${token}`, headers);
  const response = await previews(request, edge, handle);
  const html = await response.text();
  await seen.settled();
  return { response, html, seen, token, release, edge };
}
let drafts = 0;

describe("a preview", () => {
  it("shows the draft while visitors go on getting what is live", async ({ expect }) => {
    const { html, edge } = await shown({ file: { experiences: { hero: setText("Draft") } } });
    expect(html).toContain("<h1>Draft</h1>");
    expect(await (await handle(pageRequest(), edge)).text()).toContain("<h1>Books</h1>");
  });

  it("is marked for eyes, crawlers and caches, on pages that the draft does not touch, too", async ({ expect }) => {
    const { html, response, release } = await shown({ file: { experiences: {} }, path: "/elsewhere" });
    expect(html).toContain(`Preview of ${release}`);
    expect(response.headers.get("x-caramel-preview")).toBe(release);
    expect(response.headers.get("x-robots-tag")).toBe("noindex, nofollow");
    expect(response.headers.get("cache-control")).toBe("private, no-store");
  });

  it("is marked for a visitor of a holdout of everything", async ({ expect }) => {
    const file = { experiences: { hero: setText("Draft") }, holdouts: { all: "100%" } };
    const { html } = await shown({ file });
    expect(html).toContain("Preview of");
    expect(html).toContain("<h1>Books</h1>");
  });

  it("is marked on the origin's error pages", async ({ expect }) => {
    const answer = () => new Response("<h1>Gone</h1>", { status: 404, headers: { "content-type": "text/html" } });
    const { html, response } = await shown({ file: { experiences: {} }, given: { answer } });
    expect(response.status).toBe(404);
    expect(html).toContain("Preview of");
  });

  it("counts nothing, sends nothing and leaves the reviewer who they are", async ({ expect }) => {
    const { seen, response } = await shown({ file: { experiences: { hero: setText("Draft") } } });
    expect(seen.sent).toEqual([]);
    expect(seen.answered).toEqual([]);
    expect(seen.looks).toEqual([]);
    expect(response.headers.getSetCookie().map((each) => each.split("=")[0])).toEqual([previewParameter]);
  });

  it("never lets the origin, or a condition, see the token", async ({ expect }) => {
    const search = { "context.search": "?q=owls" };
    const { seen, html, token } = await shown({
      file: { experiences: { hero: setText("Owls", { audience: search }) } },
      path: "/?q=owls",
      headers: { cookie: "basket=3" },
    });
    expect(seen.asked.map(({ url }) => url)).toEqual(["https://shop.example/?q=owls"]);
    expect(html).toContain("<h1>Owls</h1>");
    expect(html).not.toContain(token);
  });

  it("goes on, on the pages after, by its cookie", async ({ expect }) => {
    const { edge, token } = await shown({ file: { experiences: { hero: setText("Draft") } } });
    const next = await previews(pageRequest("/", { cookie: `a=1; ${previewParameter}=${token}` }), edge, handle);
    expect(await next.text()).toContain("<h1>Draft</h1>");
  });

  it("ends where the reviewer ends it", async ({ expect }) => {
    const { edge, token } = await shown({ file: { experiences: { hero: setText("Draft") } } });
    const off = pageRequest(`/?${previewParameter}=off`, { cookie: `${previewParameter}=${token}` });
    const ended = await previews(off, edge, handle);
    expect(await ended.text()).toContain("<h1>Books</h1>");
    expect(ended.headers.getSetCookie().join()).toMatch(/caramel_preview=;.*Max-Age=0/);
  });

  it.for([
    ["by country", { place: { country: "NZ" } }, { "context.country": "NZ" }],
    ["by city and its clock", { place: { timezone: "Asia/Tokyo" } }, { "context.hour": 21 }],
    ["by the time", { atMs: Date.parse("2026-12-24T23:30:00Z") }, { "context.hour": 23 }],
    ["by browser", { headers: { "user-agent": typicalBrowsers.mobile } }, { "context.device": "mobile" }],
    ["by language", { headers: { "accept-language": "mi" } }, { "context.language": "mi" }],
    ["by trait", { isNew: false, traits: { tier: "gold" } }, { "trait.tier": "gold" }],
    ["as somebody who returns", { isNew: false }, { "context.returning": true }],
    ["as somebody new", { isNew: true }, { "context.returning": false }],
  ] as const)("decides %s of the previewed visitor", async ([, more, audience], { expect }) => {
    const { html } = await shown({ file: { experiences: { hero: setText("For you", { audience }) } }, claims: more });
    expect(html).toContain("<h1>For you</h1>");
    const other = await shown({
      file: { experiences: { hero: setText("For you", { audience: { $not: audience } }) } },
      claims: more,
    });
    expect(other.html).toContain("<h1>Books</h1>");
  });

  it("reads what is stored of the visitor it names, and lays its own traits over it", async ({ expect }) => {
    const profiles = {
      readCopy: async (visitor: VisitorId) =>
        visitor === claims.visitor ? { ...emptyProfile, traits: { name: "Ann", tier: "silver" } } : null,
    };
    const hero = setText("{{ visitor.name }}, {{ visitor.tier }}");
    const { html } = await shown({
      file: { experiences: { hero: { ...hero, audience: { "trait.name": "Ann" } } } },
      claims: { isNew: false, traits: { tier: "gold" } },
      given: { profiles },
    });
    expect(html).toContain("<h1>Ann, gold</h1>");
  });

  it("gives the variants that the link asks for, whatever the rules say", async ({ expect }) => {
    const hero = {
      kind: "experiment",
      routes: ["/"],
      audience: { "context.country": "XX" },
      variants: {
        control: { weight: "100%" },
        warm: { weight: "0%", operations: [{ selector: "h1", action: "setText", value: "Warm" }] },
      },
    };
    const { html } = await shown({ file: { experiences: { hero } }, claims: { variants: { hero: "warm" } } });
    expect(html).toContain("<h1>Warm</h1>");
  });

  it("shows a reviewer who objects to profiling what the visitor would see", async ({ expect }) => {
    const file = { consent: "required", experiences: { hero: setText("Draft") } };
    const { html } = await shown({ file, headers: { "sec-gpc": "1" } });
    expect(html).toContain("<h1>Draft</h1>");
  });

  it.for([
    ["expired", { expiresAtMs: nowMs - 1 }],
    ["of another site", { site: "elsewhere" as SiteKey }],
  ] as const)("whose link is %s is the visitor's own page, and over", async ([, more], { expect }) => {
    const { html, response } = await shown({ file: { experiences: { hero: setText("Draft") } }, claims: more });
    expect(html).toBe(await htmlAnswer().text());
    expect(response.headers.getSetCookie().join()).toContain("Max-Age=0");
  });

  const forgeries: readonly (readonly [string, () => Promise<string>])[] = [
    ["tampered with", async () => (await tokenFor()).replace(/^./, "x")],
    ["signed for something else", () => otherSigner.sign(encodePreviewClaims(claims))],
    ["empty", async () => ""],
    ["ten kilobytes of anything", async () => "a.".repeat(5000)],
  ];

  it.for(forgeries)("whose token is %s is the visitor's own page", async ([, make], { expect }) => {
    const { edge } = edgeWith();
    const request = pageRequest(`/?${previewParameter}=${await make()}`);
    expect(await (await previews(request, edge, handle)).text()).toContain("<h1>Hello</h1>");
  });

  it("whose draft is gone, or whose store is away, is the visitor's own page", async ({ expect }) => {
    const { edge } = edgeWith();
    const request = pageRequest(`/?${previewParameter}=${await tokenFor({ release: "r_nothing" as ReleaseId })}`);
    expect(await (await previews(request, edge, handle)).text()).toContain("<h1>Hello</h1>");
    const broken = createPreviews({ signer: previewSigner, release: () => Promise.reject(new Error("KV is down")) });
    const again = pageRequest(`/?${previewParameter}=${await tokenFor()}`);
    expect(await (await broken(again, edge, handle)).text()).toContain("<h1>Hello</h1>");
  });
});
