import { beforeAll, describe, it } from "vitest";
import { migrate } from "../store/migrated.ts";
import { caller, siteFile } from "./api.ts";

const call = caller();
const variants = {
  control: { weight: "50%" },
  warm: { weight: "50%", operations: [{ selector: "h1", action: "remove" }] },
};
const put = (body: object) => call("PUT", "/sites/bandits/weights", { body });

beforeAll(async () => {
  await migrate();
  const experiences = { hero: { kind: "bandit", routes: ["/"], variants } };
  await call("PUT", "/sites/bandits/draft", { body: siteFile("bandits", { experiences }) });
  await call("POST", "/sites/bandits/releases");
});

describe("a bandit's weights", () => {
  it("are taken in the order of its variants, and read again", async ({ expect }) => {
    expect((await put({ hero: { warm: "80%", control: "20%" } })).json.weights).toEqual({ hero: [2000, 8000] });
    expect((await call("GET", "/sites/bandits/weights")).json.weights).toEqual({ hero: [2000, 8000] });
  });

  it.for([
    ["that are not all", { hero: { control: "20%", warm: "70%" } }],
    ["of a variant that is none", { hero: { control: "20%", hot: "80%" } }],
    ["of what is no bandit", { nobody: { control: "100%" } }],
    ["that are no shares", { hero: { control: 0.2, warm: 0.8 } }],
  ] as const)("%s are refused with advice", async ([, body], { expect }) => {
    const { status, json } = await put(body);
    expect(status).toBe(422);
    expect(json.problems[0].advice).toEqual(expect.any(String));
  });
});
