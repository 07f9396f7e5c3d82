import { describe, expect, it } from "vitest";
import { checkText } from "../../../src/core/check/check-text.ts";

const checkers = { checkSelector: () => null };

/** Correct, with everything that the cases below break. */
const correct = `site: bookshop
hosts: [books.example]
origin: https://origin.example
cookie: { name: cv }
holdout: 5%
routes:
  home: { path: "/" }
  books: { path: "/books/:book", methods: [GET] }
  api: { path: "/api/*", surface: json }
audiences:
  night: { when: { trait.hour: { $gte: 22 } } }
  owls: { when: { audience.night: true } }
slots:
  title: { type: text, default: "Hello", html: "#hero h1" }
  price: { type: number, default: 10 }
  cover: { type: image, default: /c.jpg, html: "#cover" }
  card: { type: json, default: { a: 1 }, schema: { type: object, required: [a] } }
metrics:
  basket: { kind: conversion, event: add_to_basket }
layers:
  top:
experiences:
  hero:
    kind: experiment
    routes: [home]
    audience: night
    layer: top
    coverage: 50%
    schedule: { from: "2026-11-01", timeZone: Europe/Berlin }
    variants:
      control: { weight: 50% }
      warm:
        weight: 50%
        slots: { title: "Hi {{ visitor.name }}" }
        operations:
          - { selector: ".offer", action: addClass, value: night }
    metrics: [basket]
  banner:
    kind: personalization
    routes: ["/"]
    prerequisites: [hero]
    variants:
      on:
        operations: [{ selector: "#banner", action: setText, value: "Sale" }]
`;

interface Case {
  readonly what: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly at: string;
  readonly says: string;
  readonly advises: string;
}

// biome-ignore format: a table is read by its lines
const cases: readonly Case[] = [
  { what: "a key with a typo", from: "hosts:", to: "host:", at: "2:1", says: "`host` is not known here", advises: 'Did you mean "hosts"?' },
  { what: "no site", from: "site: bookshop\n", to: "", at: "1:1", says: "`site` is missing", advises: "bookshop" },
  { what: "a site key with spaces", from: "site: bookshop", to: "site: My Shop", at: "1:1", says: '`site` can\'t be "My Shop"', advises: '"my-shop"' },
  { what: "hosts as text", from: "[books.example]", to: "books.example", at: "2:1", says: "`hosts` must be a list, but is text", advises: '["books.example"]' },
  { what: "no hosts", from: "[books.example]", to: "[]", at: "2:1", says: "The site answers on no host", advises: '"*"' },
  { what: "a host with scheme and port", from: "[books.example]", to: '["https://books.example:8080/"]', at: "2:9", says: "is no host name", advises: 'Write "books.example"' },
  { what: "a host in another script", from: "[books.example]", to: "[bücher.example]", at: "2:9", says: "is no host name", advises: "xn--bcher-kva.example" },
  { what: "an origin with a path", from: "https://origin.example", to: "https://origin.example/shop", at: "3:1", says: "must have no path", advises: '"https://origin.example"' },
  { what: "an origin without scheme", from: "https://origin.example", to: "origin.example", at: "3:1", says: "is no URL", advises: "https://" },
  { what: "an origin that is no website", from: "https://origin.example", to: "ftp://origin.example", at: "3:1", says: 'can\'t be reached by "ftp:"', advises: "https://" },
  { what: "a cookie domain of somebody else", from: "{ name: cv }", to: "{ domain: other.example }", at: "4:11", says: 'not within "other.example"', advises: "all hosts share" },
  { what: "a bare number as share", from: "holdout: 5%", to: "holdout: 5", at: "5:1", says: "must be a share in percent, not a bare number", advises: "Write 5%" },
  { what: "a fraction as share", from: "holdout: 5%", to: "holdout: 0.05", at: "5:1", says: "bare number", advises: "Write 5%" },
  { what: "more than everyone", from: "coverage: 50%", to: "coverage: 150%", at: "28:5", says: "more than 100%", advises: "at most 100%" },
  { what: "too many decimals", from: "coverage: 50%", to: "coverage: 33.333%", at: "28:5", says: '"33.333%"', advises: "two decimals" },
  { what: "a holdout twice", from: "layers:", to: "holdouts: { all: 5% }\nlayers:", at: "5:1", says: "the same thing", advises: "Keep one" },
  { what: "a route without a slash", from: 'path: "/"', to: 'path: "home"', at: "7:11", says: "must begin with /", advises: "/books/*" },
  { what: "a query in a path", from: 'path: "/"', to: 'path: "/search?q=art"', at: "7:11", says: 'A path ends before "?"', advises: 'query: { q: "art" }' },
  { what: "a star in the middle", from: "/books/:book", to: "/books/*/reviews", at: "8:12", says: "comes last", advises: ":name" },
  { what: "a star within a segment", from: "/books/:book", to: "/books/art-*", at: "8:12", says: "mixes text and *", advises: "whole last segment" },
  { what: "an unknown method", from: "[GET]", to: "[get]", at: "8:44", says: 'can\'t be "get"', advises: 'Did you mean "GET"?' },
  { what: "an unknown surface", from: "surface: json", to: "surface: jsn", at: "9:26", says: 'can\'t be "jsn"', advises: '"json"' },
  { what: "an unknown route", from: "routes: [home]", to: "routes: [hoem]", at: "25:14", says: 'No route is named "hoem"', advises: 'Did you mean "home"?' },
  { what: "no routes", from: "    routes: [home]\n", to: "", at: "23:3", says: "`routes` is missing", advises: 'routes: ["/"]' },
  { what: "an unknown audience", from: "audience: night\n", to: "audience: nigth\n", at: "26:5", says: 'No audience is named "nigth"', advises: 'Did you mean "night"?' },
  { what: "an unknown audience in a condition", from: "audience.night", to: "audience.nigth", at: "12:19", says: 'No audience is named "nigth"', advises: 'Did you mean "night"?' },
  { what: "audiences in a circle", from: "trait.hour: { $gte: 22 }", to: "audience.owls: true", at: "11:12", says: '"night" → "owls" → "night"', advises: "Take one" },
  { what: "a condition that is none", from: "when: { audience.night: true }", to: "when: night", at: "12:11", says: "`when` must be a mapping, but is text", advises: "trait.readingHour" },
  { what: "an unknown operator", from: "$gte", to: "$gteq", at: "11:34", says: "$gteq", advises: "$gte" },
  { what: "an unknown fact", from: "trait.hour:", to: "context.contry:", at: "11:20", says: "`context.contry` is no fact", advises: "country" },
  { what: "an unknown layer", from: "layer: top", to: "layer: tpo", at: "27:5", says: 'No layer is named "tpo"', advises: 'Did you mean "top"?' },
  { what: "a slot of an unknown type", from: "type: text", to: "type: string", at: "14:12", says: 'can\'t be "string"', advises: '"text"' },
  { what: "a slot without default", from: ', default: "Hello"', to: "", at: "14:3", says: "`default` is missing", advises: "everyone gets" },
  { what: "a number as text", from: 'default: "Hello"', to: "default: 5", at: "14:24", says: "takes text, not 5", advises: "text" },
  { what: "text as a number", from: "default: 10", to: 'default: "10"', at: "15:26", says: 'takes a number, not "10"', advises: "10" },
  { what: "a script as an image", from: "/c.jpg", to: '"javascript:alert(1)"', at: "16:25", says: "takes a URL of http", advises: "/images/cover.jpg" },
  { what: "a value against its schema", from: "default: { a: 1 }", to: "default: { b: 1 }", at: "17:23", says: "`a` is missing", advises: "schema requires it" },
  { what: "an unknown schema keyword", from: "required: [a]", to: "requried: [a]", at: "17:66", says: "`requried` is not supported", advises: 'Did you mean "required"?' },
  { what: "an unknown slot", from: "slots: { title:", to: "slots: { titel:", at: "34:18", says: 'No slot is named "titel"', advises: 'Did you mean "title"?' },
  { what: "an unknown metric", from: "metrics: [basket]", to: "metrics: [baskets]", at: "37:15", says: 'No metric is named "baskets"', advises: 'Did you mean "basket"?' },
  { what: "a ratio without denominator", from: "kind: conversion", to: "kind: ratio", at: "19:3", says: "needs an event to divide by", advises: "denominator" },
  { what: "a kind with a typo", from: "kind: experiment", to: "kind: expriment", at: "24:5", says: 'can\'t be "expriment"', advises: 'Did you mean "experiment"?' },
  { what: "weights that do not add up", from: "warm:\n        weight: 50%", to: "warm:\n        weight: 40%", at: "30:5", says: "add up to 90%", advises: 'give "warm" 50%' },
  { what: "one weight only", from: "control: { weight: 50% }", to: "control: {}", at: "31:7", says: "`control` has no weight", advises: "or none" },
  { what: "one arm in an experiment", from: "      control: { weight: 50% }\n", to: "", at: "30:5", says: "has nothing to compare", advises: "`control`" },
  { what: "an unknown time zone", from: "Europe/Berlin", to: "Europe/Belrin", at: "29:37", says: '"Europe/Belrin" is no time zone', advises: "IANA" },
  { what: "a day that does not exist", from: '"2026-11-01"', to: '"2026-11-31"', at: "29:17", says: "not on the calendar", advises: "month" },
  { what: "a schedule that ends first", from: '"2026-11-01",', to: '"2026-11-01", until: "2026-10-01",', at: "29:37", says: "ends before it begins", advises: "after 2026-11-01" },
  { what: "an unknown action", from: "action: addClass", to: "action: addclas", at: "36:35", says: 'can\'t be "addclas"', advises: 'Did you mean "addClass"?' },
  { what: "an operation that points at nothing", from: '{ selector: ".offer", action', to: "{ action", at: "36:13", says: "`selector` is missing", advises: "#hero h1" },
  { what: ":has in a selector", from: '".offer"', to: '".card:has(.offer)"', at: "36:15", says: "`:has` is not supported", advises: "class or id" },
  { what: "+ in a selector", from: '".offer"', to: '"h1 + p"', at: "36:15", says: "`+` is not supported", advises: "`>`" },
  { what: "an unescaped class", from: '".offer"', to: '".md:flex"', at: "36:15", says: "part after a colon", advises: "\\:flex" },
  { what: "a selector for everything", from: '".offer"', to: '"*"', at: "36:15", says: "every element", advises: "Name the element" },
  { what: "a template that does not close", from: "{{ visitor.name }}", to: "{{ visitor.name", at: "34:18", says: "template is malformed", advises: "Close it" },
  { what: "an unknown filter", from: "{{ visitor.name }}", to: "{{ visitor.name | shout }}", at: "34:18", says: "undefined filter: shout", advises: "Liquid's own filters" },
  { what: "a selector on JSON", from: "routes: [home]", to: "routes: [api]", at: "36:15", says: "finds nothing on routes of surface json", advises: "surface: html" },
  { what: "an action without its attribute", from: "action: addClass, value: night", to: "action: setAttribute, value: night", at: "36:13", says: "setAttribute has no name", advises: "attribute" },
  { what: "a handler as an attribute", from: "action: addClass, value: night", to: 'action: setAttribute, name: onclick, value: "x()"', at: "36:57", says: "runs script", advises: "." },
  { what: "a header that is not ours", from: '{ selector: ".offer", action: addClass, value: night }', to: "{ header: Set-Cookie, action: set, value: a=1 }", at: "36:15", says: '"Set-Cookie" can\'t be changed', advises: "another header" },
  { what: "an unknown prerequisite", from: "prerequisites: [hero]", to: "prerequisites: [heros]", at: "41:21", says: 'No experience is named "heros"', advises: 'Did you mean "hero"?' },
  { what: "a prerequisite of oneself", from: "prerequisites: [hero]", to: "prerequisites: [banner]", at: "41:5", says: '"banner" → "banner"', advises: "Take one" },
  { what: "an unknown variant of a prerequisite", from: "prerequisites: [hero]", to: "prerequisites: [{ experience: hero, variants: [worm] }]", at: "41:52", says: 'No variant is named "worm"', advises: 'Did you mean "warm"?' },
  { what: "serving and redirecting", from: "      on:\n", to: "      on:\n        serve: /a\n        redirect: /b\n", at: "45:9", says: "can't both", advises: "Keep one" },
  { what: "a redirect to oneself", from: "      on:\n", to: '      on:\n        redirect: "/?x=1"\n', at: "44:9", says: "round for ever", advises: "outside its routes" },
  { what: "a redirect to a stranger", from: "      on:\n", to: '      on:\n        redirect: "https://evil.example/"\n', at: "44:9", says: 'Redirects to "evil.example" are not allowed', advises: "redirectHosts" },
  { what: "a redirect by two slashes", from: "      on:\n", to: '      on:\n        redirect: "//evil.example"\n', at: "44:9", says: "no place to redirect to", advises: "/summer" },
  { what: "a redirect that runs script", from: "      on:\n", to: '      on:\n        redirect: "javascript:alert(1)"\n', at: "44:9", says: "no place to redirect to", advises: "/summer" },
  { what: "a holdback in an experiment", from: "    layer: top\n", to: "    holdback: 5%\n", at: "27:5", says: "Only a personalization", advises: "`control`" },
  { what: "a minimal version above the version", from: "    layer: top\n", to: "    minVersion: 3\n", at: "27:5", says: "nobody could enter", advises: "version: 3" },
  { what: "a hash version of the future", from: "    layer: top\n", to: "    hashVersion: 3\n", at: "27:5", says: "must be 1 or 2", advises: "Write 2" },
  { what: "yes for true", from: "    layer: top\n", to: "    enabled: yes\n", at: "27:5", says: "`enabled` must be true or false, but is text", advises: "true" },
  { what: "a unit that is none", from: "    layer: top\n", to: "    unit: cookie\n", at: "27:5", says: "`unit` is no unit", advises: "trait.company" },
  { what: "an experience that is empty", from: / {2}banner:[\s\S]*$/, to: "  banner:\n", at: "38:3", says: "`banner` must be a mapping, but is empty", advises: "kind" },
  { what: "a key of a language", from: "  top:", to: "  __proto__: {}", at: "21:3", says: "`__proto__` can't be a key", advises: "another name" },
  { what: "a key in capitals", from: "  banner:", to: "  Banner Top:", at: "38:3", says: "`Banner Top` can't be a key", advises: '"banner-top"' },
  { what: "a number that is none", from: "default: 10", to: "default: .nan", at: "15:26", says: "not a value that JSON has", advises: "a number" },
  { what: "the same key twice", from: "  books:", to: "  home:", at: "8:3", says: "`home` is written twice", advises: "Keep one" },
  { what: "a tab", from: "  home: {", to: "\thome: {", at: "7:1", says: "A tab indents this line", advises: "spaces" },
  { what: "a missing bracket", from: "[books.example]", to: "[books.example", at: "3:1", says: "sequence", advises: "Line it up" },
  { what: "a second document", from: "metrics:\n", to: "---\nmetrics:\n", at: "18:1", says: "more than one document", advises: "---" },
  { what: "an alias without anchor", from: "audience: night\n", to: "audience: *night\n", at: "1:1", says: 'No anchor is named "night"', advises: "&night" },
];

describe("a malformed configuration", () => {
  it("is told from a correct one", () => {
    expect(checkText(correct, checkers).problems).toEqual([]);
  });

  it.each(cases)("with $what says what, where and what to write", ({ from, to, at, says, advises }) => {
    const broken = correct.replace(from, () => to);
    expect(broken).not.toBe(correct);
    const errors = checkText(broken, checkers).problems.filter(({ severity }) => severity === "error");
    const found = errors.find(({ message }) => message.includes(says));
    expect(found, JSON.stringify(errors, null, 1)).toBeDefined();
    expect(found?.advice).toContain(advises);
    expect(`${found?.line}:${found?.column}`).toBe(at);
  });
});
