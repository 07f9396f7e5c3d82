/**
 * GrowthBook's order of versions is that of padded texts: `v1.2.30+build` is cut to `1.2.30`, split at dots and hyphens,
 * numbers are padded on the left to five places, a version of three parts gets a fourth, `~`, which comes after every
 * letter (so that 1.0.0 follows 1.0.0-rc.1), and all is joined with hyphens.
 */
export function paddedVersion(version: string): string {
  const parts = version.slice(startOf(version), endOf(version)).split(/[-.]/);
  if (parts.length === 3) parts.push("~");
  return parts.map((part) => (/^[0-9]+$/.test(part) ? part.padStart(width, " ") : part)).join("-");
}

const width = 5;
const hyphen = 45;
const dot = 46;
const space = 32;
const tilde = 126;

/**
 * Compares `version`, as if it were padded, with a padded text, by code units; nothing is made on the way.
 *
 * @returns below, equal to or above zero as `version` comes before, equals or comes after.
 */
export function compareVersion(version: string, padded: string): number {
  const end = endOf(version);
  let at = 0;
  let parts = 0;
  for (let from = startOf(version); from <= end; parts++) {
    const to = partEnd(version, from, end);
    for (let pad = isNumber(version, from, to) ? width - (to - from) : 0; pad > 0; pad--) {
      const sign = space - unitAt(padded, at++);
      if (sign !== 0) return sign;
    }
    for (let i = from; i < to; i++) {
      const sign = version.charCodeAt(i) - unitAt(padded, at++);
      if (sign !== 0) return sign;
    }
    if (to < end || parts === 2) {
      const sign = hyphen - unitAt(padded, at++);
      if (sign !== 0) return sign;
    }
    from = to + 1;
  }
  if (parts === 3) {
    const sign = tilde - unitAt(padded, at++);
    if (sign !== 0) return sign;
  }
  return at < padded.length ? -1 : 0;
}

/** A padded text's unit; behind its end what comes before every unit. */
const unitAt = (padded: string, at: number): number => (at < padded.length ? padded.charCodeAt(at) : -1);

const startOf = (version: string): number => (version.startsWith("v") ? 1 : 0);

/** A build begins at a plus; but, as the pattern `\+.*$` has it, never reaches over the end of a line. */
function endOf(version: string): number {
  let end = version.length;
  for (let i = version.length - 1; i >= 0; i--) {
    const unit = version.charCodeAt(i);
    if (unit === 10 || unit === 13 || unit === 0x2028 || unit === 0x2029) return end;
    if (unit === 43) end = i;
  }
  return end;
}

function partEnd(version: string, from: number, end: number): number {
  for (let i = from; i < end; i++) {
    const unit = version.charCodeAt(i);
    if (unit === hyphen || unit === dot) return i;
  }
  return end;
}

function isNumber(version: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const unit = version.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return to > from;
}
