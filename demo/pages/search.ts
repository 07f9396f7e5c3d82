import type { Answer } from "../answer.ts";
import { type Html, html } from "../html.ts";
import { bestsellers, moods, searchBooks } from "../stock/shelves.ts";
import type { Visit } from "../visit.ts";
import { bookRow } from "./bookCard.ts";
import { page } from "./page.ts";

const longestQuery = 100;

/** `GET /search?q=`: books that match, or the bestsellers when none does. */
export function searchPage(visit: Visit): Answer {
  const query = (visit.url.searchParams.get("q") ?? "").trim().slice(0, longestQuery);
  const found = searchBooks(query);
  const heading = query === "" ? "Search" : `Search for “${query}”`;
  return page(visit, {
    title: heading,
    description: "Find a book by title, author, shelf or mood.",
    kind: "search",
    main: html`<div class="wrap"><h1>${heading}</h1>
<section id="results" data-query="${query}" data-count="${found.length}" aria-label="Results">
${found.length > 0 ? html`<p class="result-count">${found.length} ${found.length === 1 ? "book" : "books"} found</p>${shelfOf(found)}` : nothing(query)}</section></div>`,
  });
}

function nothing(query: string): Html {
  return html`<p class="result-count">${query === "" ? "Type a title, an author or a mood." : "No book of ours matches that."}</p>
<ul class="moods" aria-label="Moods">${moods.map((mood) => html`<li><a href="/search?q=${mood.replace(" ", "+")}">${mood}</a></li>`)}</ul>
<h2>Everyone seems to be reading</h2>${bookRow(bestsellers().slice(0, 4))}`;
}

function shelfOf(found: ReturnType<typeof searchBooks>): Html {
  return html`<h2 class="visually-hidden">Books</h2>${bookRow(found)}`;
}
