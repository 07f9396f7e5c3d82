/**
 * Addresses that are no public website: an origin that names one would make the proxy a way into somebody's network or
 * its cloud's metadata service.
 *
 * Only what the name says can be judged; a public name that resolves to a private address is left to the platform, which
 * does not route there.
 */

/** IPv4 blocks as [first address, prefix length]: IANA special-purpose registry, and Azure's metadata address. */
const blocks4: readonly (readonly [number, number])[] = [
  [quad(0, 0, 0, 0), 8],
  [quad(10, 0, 0, 0), 8],
  [quad(100, 64, 0, 0), 10],
  [quad(127, 0, 0, 0), 8],
  [quad(168, 63, 129, 16), 32],
  [quad(169, 254, 0, 0), 16],
  [quad(172, 16, 0, 0), 12],
  [quad(192, 0, 0, 0), 24],
  [quad(192, 168, 0, 0), 16],
  [quad(198, 18, 0, 0), 15],
  [quad(224, 0, 0, 0), 3],
];

const privateSuffixes = ["localhost", "internal", "local", "localdomain", "home.arpa", "lan", "intranet", "corp"];

/**
 * Whether an origin may not be asked unless a development flag says so. What is no http(s) URL without credentials counts
 * as private too.
 *
 * @param origin `scheme://host[:port]`; numbers in any spelling (`0x7f.1`, `2130706433`), IPv6, IPv4 inside IPv6.
 */
export function isPrivateOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return true;
  // The parser has put every spelling of an address into one form by now.
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return isPrivate6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivate4(address4(host));
  return !host.includes(".") || privateSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`));
}

function isPrivate4(address: number): boolean {
  return blocks4.some(([first, bits]) => address >>> (32 - bits) === first >>> (32 - bits));
}

/** Judges the IPv4 address inside translated, mapped and 6to4 addresses, and refuses all that is not global unicast. */
function isPrivate6(text: string): boolean {
  const groups = groups6(text);
  const [g0 = 0, g1 = 0, g2 = 0] = groups;
  const last = ((groups[6] ?? 0) * 0x1_0000 + (groups[7] ?? 0)) >>> 0;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return isPrivate4(last);
  if (g0 === 0x64 && g1 === 0xff9b) return isPrivate4(last);
  if (g0 === 0x2002) return isPrivate4((g1 * 0x1_0000 + g2) >>> 0);
  if (g0 === 0x2001 && g1 === 0) return true;
  return g0 >>> 13 !== 1;
}

function groups6(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const left = hexGroups(head);
  if (tail === undefined) return left;
  const right = hexGroups(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function hexGroups(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function address4(text: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = text.split(".").map(Number);
  return quad(a, b, c, d);
}

function quad(a: number, b: number, c: number, d: number): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
