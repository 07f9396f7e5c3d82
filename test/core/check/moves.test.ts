import { describe, it } from "vitest";
import { checkMoves } from "../../../src/core/check/moves.ts";
import { redirectLocation } from "../../../src/core/move.ts";
import { draftFrom } from "../given.ts";

const site = { hosts: ["shop.example", "*.shop.example"], redirectHosts: ["eu.example", "*.partner.example"] };
const going = (move: Record<string, string>, routes: unknown[] = ["/"]) => ({
  kind: "rollout",
  routes,
  variants: { on: move },
});
const problemsOf = (experiences: Record<string, unknown>) =>
  checkMoves(draftFrom({ ...site, experiences })).map(
    ({ path, severity, message }) => `${severity} ${path} ${message}`,
  );

describe("a move, on saving", () => {
  it.for([
    [{ serve: "/home-b" }, ["/"]],
    [{ serve: "/home?v=b" }, ["/home/*"]],
    [{ serve: "/home-b" }, ["/*"]],
    [{ redirect: "/summer" }, ["/"]],
    [{ redirect: "https://eu.example/" }, ["/*"]],
    [{ redirect: "https://a.partner.example/x?y=1#z" }, ["/*"]],
    [{ redirect: "https://www.shop.example/summer" }, ["/"]],
  ] as const)("may be %j on %j", ([move, routes], { expect }) => {
    expect(problemsOf({ hero: going(move, [...routes]) })).toEqual([]);
  });

  it.for([
    "//evil.example",
    "/\\evil.example",
    "/a\tb",
    "/a\u0000b",
    "/a\r\nset-cookie: x",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://eu.example/",
    "https:/eu.example",
    "https://evil.example/",
    "https://eu.example@evil.example/",
    "https://eu.example:x@eu.example/",
    "https://xeu.example/",
    "https://partner.example/",
    "/{{ visitor.name }}",
    "https://eu.example/{% if true %}x{% endif %}",
    "home",
    "",
  ])("may not redirect to %j", (redirect, { expect }) => {
    const problems = problemsOf({ hero: going({ redirect }) });
    expect(problems).toEqual([expect.stringMatching(/^error \/experiences\/hero\/variants\/on\/redirect /)]);
  });

  it.for(["//evil.example", "/a b", "/a#b", "/\\x", "https://origin.example/x", "x", "/{{ visitor.id }}"])(
    "may not serve %j",
    (serve, { expect }) => {
      expect(problemsOf({ hero: going({ serve }) })).toEqual([
        expect.stringMatching(/^error \/experiences\/hero\/variants\/on\/serve /),
      ]);
    },
  );

  it.for([
    [{ serve: "/" }, ["/"]],
    [{ serve: "/home/" }, ["/home"]],
    [{ redirect: "/summer" }, ["/*"]],
    [{ redirect: "/books/7?x=1" }, ["/", "/books/:id"]],
    [{ redirect: "/summer" }, [{ path: "/summer", query: { from: "mail" } }]],
    [{ redirect: "https://www.shop.example/" }, ["/"]],
  ] as const)("may not lead to itself: %j on %j", ([move, routes], { expect }) => {
    expect(problemsOf({ hero: going(move, [...routes]) })).toHaveLength(1);
  });

  it("may not redirect what was sent", ({ expect }) => {
    const routes = [{ path: "/", methods: ["GET", "POST"] }];
    expect(problemsOf({ hero: going({ redirect: "/x" }, routes) })[0]).toContain("loses what was sent");
    expect(problemsOf({ hero: going({ serve: "/x" }, routes) })).toEqual([]);
  });

  it("warns of two experiences that send visitors to and fro, unless nobody can be in both", ({ expect }) => {
    const [there, back] = [going({ redirect: "/b" }, ["/a"]), going({ redirect: "/a" }, ["/b"])];
    expect(problemsOf({ there, back })[0]).toMatch(/^warning .* goes round for ever/);
    const layered = { layer: { key: "moves", share: "50%" } };
    const apart = checkMoves(
      draftFrom({
        ...site,
        layers: { moves: {} },
        experiences: { there: { ...there, ...layered }, back: { ...back, ...layered } },
      }),
    );
    expect(apart).toEqual([]);
    expect(problemsOf({ there, back: { ...back, enabled: false } })).toEqual([]);
  });
});

describe("the address of a redirect", () => {
  const policy = { hosts: ["*", "shop.example"], redirectHosts: ["eu.example"] };
  const to = (place: string, asked = "/?a=1", origin = "https://shop.example") => {
    const [path = "", query] = asked.split("?");
    return redirectLocation(place, { origin, path, search: query === undefined ? "" : `?${query}` }, policy);
  };

  it.for([
    ["/b", "/?a=1", "/b?a=1"],
    ["/b?a=2", "/?a=1&c=3", "/b?a=2&c=3"],
    ["/b#x", "/?a=1", "/b?a=1#x"],
    ["/b", "/", "/b"],
    ["/b", "/?", "/b"],
    ["/café", "/?q=é", "/caf%C3%A9?q=%C3%A9"],
    ["https://eu.example", "/?a=1", "https://eu.example/?a=1"],
    ["https://eu.example/x?y", "/?caramel_visit=t&a=1", "https://eu.example/x?y&a=1"],
  ] as const)("%s from %s is %s", ([place, asked, location], { expect }) => {
    expect(to(place, asked)).toEqual({ location });
  });

  it("is none when the visitor is there", ({ expect }) => {
    expect(to("/b?x=1", "/b?y=2&x=1")).toEqual({ location: null });
    expect(to("https://shop.example/b", "/b")).toEqual({ location: null });
    expect(to("https://shop.example/b", "/b", "http://shop.example")).toEqual({ location: "https://shop.example/b" });
  });

  it('takes "*" for any host of visitors, not for any host in the world', ({ expect }) => {
    expect(to("https://evil.example/")).toHaveProperty("refusal");
  });
});
