import { describe, it } from "vitest";
import { scriptTag } from "../../src/edge/script-tag.ts";

const src = "/_caramel/client.js";
const under = (...policies: string[]) => {
  const headers = new Headers();
  for (const policy of policies) headers.append("content-security-policy", policy);
  return headers;
};
const plain = `<script src="${src}" defer></script>`;
const withNonce = (nonce: string) => `<script src="${src}" nonce="${nonce}" defer></script>`;

describe("the element that loads our script", () => {
  it.for([
    ["no policy", [], plain],
    ["a policy about other things", ["img-src 'self'; frame-ancestors 'none'"], plain],
    ["'self'", ["script-src 'self'"], plain],
    ["anything", ["default-src *"], plain],
    ["the more specific directive", ["default-src 'none'; script-src 'none'; script-src-elem 'self'"], plain],
    ["a nonce", ["script-src 'nonce-R4nd0m+/='"], withNonce("R4nd0m+/=")],
    ["a nonce in capitals", ["SCRIPT-SRC 'NONCE-aBc'"], withNonce("aBc")],
    ["a nonce with strict-dynamic", ["script-src 'nonce-abc' 'strict-dynamic' 'self' https:"], withNonce("abc")],
    ["a nonce by default-src", ["default-src 'nonce-abc'"], withNonce("abc")],
    ["two policies, one nonce", ["script-src 'nonce-abc'", "script-src 'nonce-xyz' 'nonce-abc'"], withNonce("abc")],
    ["two policies in one header", ["script-src 'self', script-src 'nonce-abc'"], withNonce("abc")],
    ["a repeated directive, of which the first counts", ["script-src 'self'; script-src 'none'"], plain],
    ["a sandbox that lets scripts run", ["sandbox allow-scripts; script-src 'self'"], plain],
  ] as const)("keeps to %s", ([, policies, expected], { expect }) => {
    expect(scriptTag(under(...policies), src)).toBe(expected);
  });

  it.for([
    ["'none'", ["script-src 'none'"]],
    ["an empty list", ["script-src"]],
    ["default-src 'none'", ["default-src 'none'"]],
    ["hashes only", ["script-src 'sha256-abc='"]],
    ["inline scripts only", ["script-src 'unsafe-inline' 'unsafe-eval'"]],
    ["other hosts", ["script-src https://cdn.example"]],
    ["'self' that strict-dynamic turns off", ["script-src 'self' 'strict-dynamic' 'sha256-abc='"]],
    ["two policies with different nonces", ["script-src 'nonce-a'", "script-src 'nonce-b'"]],
    ["one of two policies", ["script-src 'self'", "script-src 'none'"]],
    ["a sandbox", ["sandbox; script-src 'self'"]],
    ["a nonce that is none", ["script-src 'nonce-\"><b>'"]],
    ["scripts without integrity", ["require-sri-for script; script-src 'self'"]],
  ] as const)("is left out where the policy allows %s", ([, policies], { expect }) => {
    expect(scriptTag(under(...policies), src)).toBeNull();
  });

  it("understands sources that name the page's own origin", ({ expect }) => {
    const origin = "https://books.example";
    for (const source of ["https:", "books.example", "https://books.example"]) {
      expect(scriptTag(under(`script-src ${source}`), src, { origin })).toBe(plain);
      expect(scriptTag(under(`script-src ${source}`), src)).toBeNull();
    }
    expect(scriptTag(under("script-src https://books.example/other/"), src, { origin })).toBeNull();
  });

  it("carries its integrity where the page asks for it", ({ expect }) => {
    const headers = new Headers({ "integrity-policy": "blocked-destinations=(script)" });
    expect(scriptTag(headers, src)).toBeNull();
    expect(scriptTag(headers, src, { integrity: "sha384-AbC+/=" })).toBe(
      `<script src="${src}" integrity="sha384-AbC+/=" defer></script>`,
    );
  });

  it("runs under Trusted Types, and is not stopped by policies that only report", ({ expect }) => {
    const headers = under("require-trusted-types-for 'script'; script-src 'self'");
    headers.set("content-security-policy-report-only", "script-src 'none'");
    expect(scriptTag(headers, src)).toBe(plain);
  });

  it.for(["//evil.example/x.js", "https://evil.example/x.js", '/x"><b>', "x.js", "/a b"])(
    "never loads %j",
    (elsewhere, { expect }) => {
      expect(scriptTag(new Headers(), elsewhere)).toBeNull();
    },
  );
});
