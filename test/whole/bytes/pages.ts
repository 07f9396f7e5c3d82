import { startDemo } from "../../../demo/server.ts";
import { livelyPages } from "./lively-pages.ts";
import { oddPages } from "./odd-pages.ts";
import type { Sent } from "./sent.ts";

const shopPaths = ["/", "/genre/art", "/books/moth-light", "/basket", "/search?q=a", "/about", "/books/none"];

/** The demo's own, as its server sends them. */
async function shopPages(): Promise<readonly Sent[]> {
  const shop = await startDemo({ port: 0 });
  const ask = async (path: string): Promise<Sent> => {
    const response = await fetch(`http://127.0.0.1:${shop.port}${path}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { name: `the shop's ${path}`, type: response.headers.get("content-type") ?? "", bytes };
  };
  const pages = await Promise.all(shopPaths.map(ask));
  await shop.close();
  return pages;
}

export const pages: readonly Sent[] = [...oddPages, ...livelyPages, ...(await shopPages())];

/** Charsets that HTMLRewriter cannot take: these pages are left alone, marks and all. */
export const isLeftAlone = ({ type }: Sent): boolean => /utf-16|utf-7|iso-2022|x-nobody/.test(type);
