import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { temporaryDirectory } from "./local-run.ts";

/**
 * The floors of the house are only as good as the linter's rules: here each rule is seen to refuse what it should, in a
 * copy of the configuration over planted files, and to let through what each floor may do.
 */
const root = join(import.meta.dirname, "../..");

const floor2 = ["edge", "collect", "control", "jobs"];
const leaves = ["client", "cli"];

/** By folder, what it must not import. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  core: [...floor2, ...leaves, "store", "http", "node:fs", "cloudflare:workers", "hono", "hono/cookie", "drizzle-orm"],
  http: [...floor2, ...leaves, "store", "node:fs", "cloudflare:workers"],
  store: [...floor2, ...leaves, "http", "node:fs", "cloudflare:workers"],
  ...Object.fromEntries(
    floor2.map((folder) => [
      folder,
      [...floor2.filter((other) => other !== folder), ...leaves, "node:fs", "cloudflare:workers", "drizzle-orm"],
    ]),
  ),
  client: [...floor2, "store", "http", "cli", "node:fs", "cloudflare:workers"],
  cli: [...floor2, "store", "http", "client", "cloudflare:workers"],
};

/** By folder, what it may import. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ["core", "yaml"],
  http: ["core", "http"],
  store: ["core", "store", "drizzle-orm"],
  edge: ["core", "http", "store", "edge"],
  collect: ["core", "http", "store", "hono"],
  control: ["core", "http", "store", "hono"],
  jobs: ["core", "http", "store"],
  client: ["core", "client"],
  cli: ["core", "cli", "node:fs"],
};

const globalsOfCore = ["fetch", "crypto", "caches", "performance", "setTimeout", "HTMLRewriter", "Request", "process"];

/** Every way to write an import that must be refused. */
const spellings: Readonly<Record<string, (from: string) => string>> = {
  value: (from) => `import { a } from "${from}";\nexport const b = a;\n`,
  type: (from) => `import type { A } from "${from}";\nexport type B = A;\n`,
  dynamic: (from) => `export const b = () => import("${from}");\n`,
  reexport: (from) => `export { a } from "${from}";\n`,
};

interface Planted {
  readonly path: string;
  readonly text: string;
  readonly rule: string;
}

const plantedImports: readonly Planted[] = Object.entries(forbidden).flatMap(([folder, targets]) =>
  targets.flatMap((target) =>
    Object.entries(spellings).map(([spelling, write]) => ({
      path: `src/${folder}/deep/${spelling}-${nameOf(target)}.ts`,
      text: write(specifierOf(target)),
      rule: "lint/style/noRestrictedImports",
    })),
  ),
);

const plantedElse: readonly Planted[] = [
  ...globalsOfCore.map((name) => ({
    path: `src/core/uses-${name}.ts`,
    text: `export const a = () => ${name};\n`,
    rule: "lint/style/noRestrictedGlobals",
  })),
  planted("src/http/any.ts", "export const a = (b: any) => b;\n", "suspicious/noExplicitAny"),
  planted("src/http/bang.ts", "export const a = (b?: string) => b!;\n", "style/noNonNullAssertion"),
  planted("src/http/said.ts", 'console.log("x");\n', "suspicious/noConsole"),
  planted("src/http/enum.ts", "export enum A { B }\n", "style/noEnum"),
  planted("src/http/barrel.ts", 'export * from "./any.ts";\n', "performance/noReExportAll"),
  planted(
    "src/http/long.ts",
    `export function a() {\n${"  a();\n".repeat(51)}}\n`,
    "complexity/noExcessiveLinesPerFunction",
  ),
  planted(
    "src/http/egg.ts",
    'import { hen } from "./hen.ts";\nexport const egg = () => hen;\n',
    "suspicious/noImportCycles",
  ),
  planted(
    "src/http/hen.ts",
    'import { egg } from "./egg.ts";\nexport const hen = () => egg;\n',
    "suspicious/noImportCycles",
  ),
];

const mayBe: readonly Planted[] = Object.entries(allowed).flatMap(([folder, targets]) =>
  targets.map((target) =>
    planted(`src/${folder}/may-${nameOf(target)}.ts`, spellings.value?.(specifierOf(target)) ?? "", ""),
  ),
);

describe("the linter, on planted files", async () => {
  const directory = await temporaryDirectory();
  afterAll(() => directory.remove());
  let found: ReadonlyMap<string, ReadonlySet<string>>;

  beforeAll(async () => {
    await Promise.all(
      ["biome.json", ".gitignore"].map((name) => copyFile(join(root, name), join(directory.path, name))),
    );
    for (const { path, text } of [...plantedImports, ...plantedElse, ...mayBe]) {
      await mkdir(dirname(join(directory.path, path)), { recursive: true });
      await writeFile(join(directory.path, path), text);
    }
    found = await complaints(directory.path);
  });

  it.for(Object.keys(forbidden))("refuses every import that src/%s must not have", (folder, { expect }) => {
    const here = plantedImports.filter(({ path }) => path.startsWith(`src/${folder}/`));
    const passed = here.filter(({ path, rule }) => !found.get(path)?.has(rule));
    expect(here.length).toBeGreaterThan(0);
    expect(passed.map(({ path }) => path)).toEqual([]);
  });

  it.for(plantedElse.map(({ path, rule }) => [rule, path] as const))(
    "refuses by %s: %s",
    ([rule, path], { expect }) => {
      expect([...(found.get(path) ?? [])]).toContain(rule);
    },
  );

  it("lets each floor import what lies below it", ({ expect }) => {
    const refused = mayBe.filter(({ path }) => found.get(path)?.has("lint/style/noRestrictedImports"));
    expect(refused.map(({ path }) => path)).toEqual([]);
  });
});

/** What no rule of the linter can say: these are members of globals that core does need. */
const clocksAndDice = /\b(Date\.now\(|new Date\(\)|Math\.random\(|\bDate\(\))/;

describe("core", () => {
  it("asks no clock and throws no dice", async ({ expect }) => {
    const entries = await readdir(join(root, "src/core"), { recursive: true });
    const sources = entries.filter((name) => name.endsWith(".ts"));
    const texts = await Promise.all(sources.map((name) => readFile(join(root, "src/core", name), "utf8")));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((_, index) => clocksAndDice.test(withoutComments(texts[index] ?? "")))).toEqual([]);
  });

  it.for(["Date.now()", "new Date()", "Math.random()"])("would be caught at %s", (use, { expect }) => {
    expect(clocksAndDice.test(withoutComments(`/** says ${use} */\nexport const a = ${use};`))).toBe(true);
    expect(clocksAndDice.test(withoutComments(`/** says ${use} */\nexport const a = new Date(b);`))).toBe(false);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
}

function planted(path: string, text: string, rule: string): Planted {
  return { path, text, rule: `lint/${rule}` };
}

/** A folder of ours is meant from within `src/<folder>/deep/`; anything else is a package. */
function specifierOf(target: string): string {
  return target in forbidden ? `../../${target}/a.ts` : target;
}

function nameOf(target: string): string {
  return target.replace(/[^a-z]/g, "-");
}

/** By file, the rules that biome says it breaks. */
async function complaints(cwd: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const biome = join(root, "node_modules/.bin/biome");
  const args = ["lint", "--reporter=json", "--max-diagnostics=none", "--diagnostic-level=error"];
  const report = await new Promise<string>((resolve) => {
    execFile(biome, args, { cwd, maxBuffer: 256 * 1024 * 1024 }, (_, stdout) => resolve(stdout));
  });
  const found = new Map<string, Set<string>>();
  for (const { category, location } of JSON.parse(report).diagnostics) {
    const path = typeof location.path === "string" ? location.path : location.path.file;
    found.set(path, (found.get(path) ?? new Set()).add(category));
  }
  return found;
}
