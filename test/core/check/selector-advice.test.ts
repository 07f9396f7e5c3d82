import { expect, it } from "vitest";
import { selectorMistake } from "../../../src/core/check/selector-advice.ts";

it.each([
  "h1",
  "#hero > .title",
  "a[href^='/x:y+z~w']",
  'a[title="::before, >"]',
  ".md\\:flex",
  "li:nth-child(2n+1)",
  "p:not(.a):first-of-type",
  "ul, ol",
  "svg *",
])("has nothing against %s", (selector) => {
  expect(selectorMistake(selector)).toBeNull();
});

it.each([
  ["a:has(b)", ":has"],
  [":is(h1, h2) a", ":is"],
  ["li:last-child", "streams"],
  ["p::before", "pseudo-elements"],
  ["a:hover", "states"],
  ["h1 + p", "+"],
  ["h1 ~ p", "~"],
  ["h1 >", "empty"],
  [".md:flex", "colon"],
  [" ", "empty"],
  ["*", "every element"],
])("knows what is wrong with %s", (selector, says) => {
  expect(selectorMistake(selector)?.message).toContain(says);
});
