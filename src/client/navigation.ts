/**
 * Calls `moved` when a script has changed the page's path or query without loading a page: with the address it had before.
 *
 * By the Navigation API; where there is none, by the history's own functions.
 */
export function watchNavigation(moved: (from: string) => void): void {
  let at = location.href;
  const look = () => {
    const from = at;
    at = location.href;
    if (withoutHash(from) !== withoutHash(at)) moved(from);
  };
  if ("navigation" in window) {
    navigation.addEventListener("currententrychange", look);
    return;
  }
  addEventListener("popstate", look);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = (...given) => {
      original.apply(history, given);
      look();
    };
  }
}

const withoutHash = (href: string): string => href.replace(/#.*/, "");
