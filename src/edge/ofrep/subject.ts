import { Context } from "../../core/context.ts";
import type { UserId, VisitorId } from "../../core/ids.ts";
import { emptyProfile, type Profile } from "../../core/profile.ts";
import { Subject } from "../../core/subject.ts";
import type { Edge } from "../edge.ts";
import type { Question } from "./question.ts";

/**
 * The subject that an application describes: its targeting key is what every unit hashes, its context are traits (over those
 * stored), and facts of a request are those it names itself.
 */
export function askedSubject(
  { targetingKey, traits }: Question,
  stored: Profile | null,
  { now, forced = {} }: Pick<Edge, "now" | "forced">,
): Subject {
  const text = (name: string): string | null => {
    const value = Object.hasOwn(traits, name) ? traits[name] : undefined;
    return typeof value === "string" ? value : null;
  };
  const path = text("path") ?? "/";
  const headers: Readonly<Record<string, string | null>> = {
    referer: text("referrer"),
    "accept-language": text("language"),
    "user-agent": text("userAgent"),
  };
  const context = new Context({
    method: "GET",
    url: text("url") ?? path,
    host: text("host") ?? "",
    path,
    search: text("search") ?? "",
    header: (name) => (Object.hasOwn(headers, name) ? (headers[name] ?? null) : null),
    place: {
      country: text("country"),
      region: text("region"),
      city: text("city"),
      continent: text("continent"),
      timezone: text("timezone"),
    },
    nowMs: now(),
    returning: stored !== null,
  });
  const profile = stored ?? emptyProfile;
  return new Subject({
    context,
    visitor: targetingKey as VisitorId,
    user: targetingKey as UserId,
    session: targetingKey,
    profile: { ...profile, traits: { ...profile.traits, ...traits } },
    enrolled: {},
    counted: true,
    forced,
  });
}
