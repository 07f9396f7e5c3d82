import * as z from "zod";
import { previewHeaders } from "../../core/preview-link.ts";
import { bodyOf } from "../api.ts";
import { type Command, exitCodes, type Words } from "../command.ts";
import { printPointers } from "../print.ts";
import { siteOf, sitePath } from "../site.ts";
import { wrongUsage } from "../stop.ts";

const made = z.object({
  url: z.string(),
  release: z.string(),
  visitor: z.string(),
  isNew: z.boolean(),
  expiresAtMs: z.number(),
});

/** `caramel preview`: a link that shows the draft on the live host, as any visitor, place and time. */
export const preview: Command = {
  name: "preview",
  usage:
    "[--to PATH] [--visitor ID] [--at TIME] [--context JSON] [--variants A=B,…] [--release RELEASE] [--hours N] [--site KEY]",
  about: "make a link that shows the draft on the live host",
  details: [
    "Whoever opens the link sees the draft; nothing of it is counted, and every page says that it is a preview.",
    "Without --visitor it is somebody new, without --at now, without --release the draft as it is. Links are good for 24 hours.",
    `--context says more of the visitor: '{"country":"DE","timezone":"Europe/Berlin","traits":{"tier":"gold"}}';`,
    "`device`, `userAgent`, `language` and `referrer` are what their browser would send.",
    "--variants gives what the rules would not: --variants hero-copy=warm,banner=control.",
  ],
  operands: [0, 0],
  options: ["to", "visitor", "at", "context", "variants", "release", "hours", "site", "format"],
  run: async (words, { terminal, api: connect }) => {
    const asked = askedOf(words);
    const api = await connect();
    const reply = await api.call("POST", sitePath(await siteOf(words, api), "/previews"), { body: asked });
    if (reply.refusal?.problems !== undefined) {
      printPointers(reply.refusal.problems, terminal);
      return exitCodes.mistakes;
    }
    const link = bodyOf(reply, made);
    if (words.options.format === "json") terminal.out(JSON.stringify(link, null, 2));
    else {
      terminal.out(link.url);
      const who = link.isNew ? "somebody new" : link.visitor;
      terminal.err(`Shows ${link.release} as ${who}, until ${new Date(link.expiresAtMs).toISOString()}.`);
    }
    return exitCodes.ok;
  },
};

const headerNames: Readonly<Record<string, string>> = {
  userAgent: "user-agent",
  language: "accept-language",
  referrer: "referer",
};

function askedOf({ options }: Words): Readonly<Record<string, unknown>> {
  const { to, visitor, at, release, hours } = options;
  const { traits, device, ...context } = contextIn(options.context);
  const named = Object.entries(context).map(([name, value]) => [headerNames[name] ?? name, value] as const);
  const isHeader = ([name]: readonly [string, unknown]) => previewHeaders.has(name);
  const given = Object.entries({ to, visitor, at, release, traits, device }).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    place: Object.fromEntries(named.filter((each) => !isHeader(each))),
    headers: Object.fromEntries(named.filter(isHeader)),
    variants: variantsIn(options.variants),
    ...(hours === undefined ? {} : { expiresInS: Math.round(Number(hours) * 3600) }),
  };
}

function contextIn(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text ?? "{}"));
    if (value.success) return value.data;
  } catch {
    // Said below.
  }
  throw wrongUsage(`--context is a JSON object, such as '{"country":"DE"}'.`);
}

function variantsIn(text: string | undefined): Readonly<Record<string, string>> {
  const pairs = (text ?? "").split(",").filter((pair) => pair !== "");
  const wrong = pairs.find((pair) => !/^[^=]+=[^=]+$/.test(pair));
  if (wrong !== undefined)
    throw wrongUsage(`--variants is experience=variant, such as hero-copy=warm; not "${wrong}".`);
  return Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
}
