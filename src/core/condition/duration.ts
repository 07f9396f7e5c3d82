const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads `90m`, `48h`, `30d` or `2w` as milliseconds; null for anything else, nothing and what is too long to count. */
export function parseDuration(text: unknown): number | null {
  if (typeof text !== "string") return null;
  const [, count, unit = ""] = /^(\d{1,9})([mhdw])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? Number.NaN);
  return ms > 0 ? ms : null;
}
