import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { clientFile, clientModuleFile, root } from "./root.ts";

/** Builds the browser's helper: `dist/client.js`, and the module that the Worker carries if it has changed. */
export async function buildClient(): Promise<void> {
  const code = await clientCode();
  await mkdir(dirname(clientFile), { recursive: true });
  await writeFile(clientFile, code);
  const known = await readFile(clientModuleFile, "utf8").catch(() => null);
  if (known !== clientModule(code)) await writeFile(clientModuleFile, clientModule(code));
}

/** The helper as browsers get it. */
export async function clientCode(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/client/main.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    logLevel: "error",
  });
  return outputFiles[0]?.text.trim() ?? "";
}

const digestOf = (code: string) => createHash("sha384").update(code).digest("base64");

/** The module that carries it. */
export const clientModule = (code: string): string => `// Written by \`npm run build\` from src/client: change it there.

/** The browser's helper, as it is sent. */
export const clientText = ${JSON.stringify(code)};

/** Changes with the text. */
export const clientVersion = "${createHash("sha256").update(code).digest("hex").slice(0, 12)}";

/** For pages whose policy wants to know the text beforehand. */
export const clientIntegrity = "sha384-${digestOf(code)}";
`;
