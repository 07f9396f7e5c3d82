/** Gives each name a key that configuration files allow, and no two the same. */
export class Keys {
  readonly #taken = new Set<string>();
  readonly #nothing: string;

  /** @param nothing the key of a name without a single usable character. */
  constructor(nothing: string) {
    this.#nothing = nothing;
  }

  /** The key for a name; asked twice, it is another one. */
  give(name: string): string {
    const near = slug(name) || this.#nothing;
    let key = near;
    for (let count = 2; this.#taken.has(key); count += 1) key = `${near.slice(0, 58)}-${count}`;
    this.#taken.add(key);
    return key;
  }
}

const slug = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[-_]+|-+$/g, "")
    .slice(0, 60);
