import { handleRequest } from "@growthbook/edge-cloudflare";

type Mutation = { selector: string; attribute: string; action: "set" | "append"; value: string };

/** An experiment whose second variation everybody gets. */
const experiment = (key: string, domMutations: readonly Mutation[]) => ({
  key,
  changeId: key,
  status: "running",
  manual: false,
  hashAttribute: "id",
  hashVersion: 2,
  coverage: 1,
  weights: [0, 1],
  urlPatterns: [{ type: "simple", include: true, pattern: "*" }],
  variations: [
    { domMutations: [], css: "", js: "" },
    { domMutations, css: "", js: "" },
  ],
  meta: [{ key: "0" }, { key: "1" }],
});

const payload = {
  status: 200,
  features: {},
  experiments: [
    experiment("title", [
      { selector: "#title", attribute: "html", action: "set", value: "Still awake, reader?" },
      // Not "append": this version takes the classes that are there apart into letters.
      { selector: ".offer", attribute: "class", action: "set", value: "offer offer--night" },
    ]),
    experiment("delivery", [
      { selector: "#new", attribute: "href", action: "set", value: "/genre/night" },
      { selector: "#banner", attribute: "html", action: "set", value: "<p>Free delivery <b>tonight</b></p>" },
    ]),
    experiment("basket", [
      { selector: "#basket", attribute: "html", action: "append", value: "<li>A reading lamp</li>" },
    ]),
  ],
};

/** GrowthBook's edge app, as its guide sets it up, with the payload in the Worker rather than read from KV each time. */
export default {
  fetch(request: Request, env: object): Promise<unknown> {
    return handleRequest(request, env, { payload } as object);
  },
};
