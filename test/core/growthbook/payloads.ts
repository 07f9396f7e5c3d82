import fc from "fast-check";

/**
 * Random payloads and people, small enough that their parts meet: few features, keys, attributes and values. Only what
 * GrowthBook's own server would send.
 */
export const attributeNames = ["id", "company", "plan", "age", "email"] as const;

const ids = fc.oneof(
  fc.constantFrom("user-1", "user-2", "ünï-😀", "0"),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.nat(10_000).map(String),
);
const plans = fc.constantFrom("free", "pro", "team");

export const attributes = fc.record(
  { id: ids, company: ids, plan: plans, age: fc.nat(100), email: fc.constantFrom("a@x.example", "b@y.example") },
  { requiredKeys: [] },
);

const simple = fc.oneof(
  fc.record({ plan: fc.oneof(plans, fc.record({ $in: fc.array(plans, { maxLength: 2 }) })) }),
  fc.record({ age: fc.record({ $gt: fc.nat(100) }) }),
  fc.record({ email: fc.record({ $regex: fc.constantFrom("@x", "^b", "\\.example$") }) }),
  fc.record({ company: fc.record({ $exists: fc.boolean() }) }),
  fc.record({ id: fc.record({ $inGroup: fc.constantFrom("testers", "nobody") }) }),
  fc.constantFrom({ $savedGroup: { id: "staff" } }, { $savedGroup: { id: "grown-up" } }),
);
const condition = fc.oneof(
  simple,
  fc.record({ $or: fc.array(simple, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $not: simple }),
  fc.tuple(simple, simple).map(([one, other]) => ({ $and: [one, other] })),
);

export const savedGroups = {
  testers: ["user-1", "0"],
  staff: { type: "list", attributeKey: "id", values: ["user-2", "17"] },
  "grown-up": { type: "condition", condition: { age: { $gte: 18 } } },
};

const share = fc.oneof(
  fc.constantFrom(0, 0.1, 0.25, 0.3333, 0.5, 0.7, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.nat(10_000).map((bps) => bps / 10_000),
);
const range = fc
  .tuple(share, share)
  .map(([one, other]): [number, number] => [Math.min(one, other), Math.max(one, other)]);
const hashVersion = fc.constantFrom(1, 2);
const hashAttribute = fc.constantFrom("id", "company");

const filters = fc.array(
  fc.record(
    {
      seed: fc.constantFrom("f1", "f2"),
      ranges: fc.array(range, { minLength: 1, maxLength: 2 }),
      attribute: hashAttribute,
      hashVersion,
    },
    { requiredKeys: ["seed", "ranges"] },
  ),
  { minLength: 1, maxLength: 2 },
);
const namespace = fc
  .tuple(fc.constantFrom("n1", "n2"), range)
  .map(([id, [from, to]]): [string, number, number] => [id, from, to]);

/** What a rule and an experiment share, for `count` variations. */
const split = (count: number) => ({
  condition,
  coverage: share,
  weights: fc.oneof(
    fc.array(share, { minLength: count, maxLength: count }),
    fc.constantFrom([0.5, 0.5], [0.3, 0.7], [0.2, 0.3, 0.5], [0.3334, 0.3333, 0.3333]),
  ),
  ranges: fc.array(range, { minLength: count, maxLength: count }),
  meta: fc
    .array(fc.record({ passthrough: fc.constantFrom(true, false, false, false) }, { requiredKeys: [] }), {
      minLength: count,
      maxLength: count,
    })
    .map((each) => each.map((meta, index) => ({ ...meta, key: `v${index}`, name: `Variation ${index}` }))),
  namespace,
  filters,
  hashAttribute,
  hashVersion,
  fallbackAttribute: hashAttribute,
  seed: fc.constantFrom("s1", "s2"),
  bucketVersion: fc.nat(2),
  minBucketVersion: fc.nat(2),
  disableStickyBucketing: fc.boolean(),
});

export const featureIds = ["A", "feature.b", "c_c", "D/d"] as const;
const parentConditions = fc.array(
  fc.record(
    {
      id: fc.constantFrom(...featureIds, "unknown"),
      condition: fc.constantFrom(
        { value: true },
        { value: { $ne: 1 } },
        { value: { $exists: true } },
        { value: { $in: ["x", 2] } },
        {},
      ),
      gate: fc.boolean(),
    },
    { requiredKeys: ["id", "condition"] },
  ),
  { minLength: 1, maxLength: 2 },
);

const value = fc.constantFrom<unknown>(true, false, "x", "y", 1, 2, null, { a: [1] });

const forceRule = fc.record(
  {
    force: value,
    id: fc.constantFrom("r1", "r2"),
    condition,
    parentConditions,
    coverage: share,
    range,
    hashAttribute,
    hashVersion,
    seed: fc.constantFrom("s1", "s2"),
    filters,
    fallbackAttribute: hashAttribute,
  },
  { requiredKeys: ["force"] },
);
const experimentRule = fc.integer({ min: 2, max: 3 }).chain((count) =>
  fc.record(
    {
      variations: fc.array(value, { minLength: count, maxLength: count }),
      id: fc.constantFrom("r3", "r4"),
      key: fc.constantFrom("exp-1", "exp-2", "exp-3"),
      parentConditions,
      ...split(count),
    },
    { requiredKeys: ["variations"] },
  ),
);
const feature = fc.record(
  { defaultValue: value, rules: fc.array(fc.oneof(forceRule, experimentRule, experimentRule), { maxLength: 4 }) },
  { requiredKeys: [] },
);

/** Features by id: some of `featureIds`. */
export const features = fc
  .tuple(...featureIds.map(() => fc.option(feature, { freq: 5 })))
  .map((each) =>
    Object.fromEntries(each.flatMap((found, at) => (found === null ? [] : [[featureIds[at] ?? "", found] as const]))),
  );

export const urlPattern = fc.record({
  include: fc.boolean(),
  type: fc.constantFrom("simple", "simple", "regex"),
  pattern: fc.constantFrom(
    "/",
    "/books",
    "/books/*",
    "*/7",
    "/books?color=blue",
    "/books?color=*",
    "shop.example/books/",
    "*.example/*",
    "https://shop.example/",
    "other.example/books",
    "^/books",
    "books/\\d+$",
    "^https://shop",
    "color=(blue|red)",
  ),
});

/** The members of an experiment that its key and variations go with. */
export const experiment = fc.integer({ min: 1, max: 3 }).chain((count) =>
  fc.record(
    {
      key: fc.constantFrom("exp-1", "exp-2"),
      variations: fc.array(value, { minLength: count, maxLength: count }),
      parentConditions,
      urlPatterns: fc.array(urlPattern, { maxLength: 3 }),
      active: fc.constantFrom(true, true, true, false),
      status: fc.constantFrom("running", "running", "draft", "stopped"),
      force: fc.integer({ min: -1, max: 3 }),
      ...split(count),
    },
    { requiredKeys: ["key", "variations"] },
  ),
);

export const url = fc.constantFrom(
  "https://shop.example/",
  "https://shop.example/books",
  "https://shop.example/Books/7?color=blue",
  "https://shop.example/books/7?color=red&exp-1=1",
  "https://www.shop.example/books/?exp-2=0#exp-1=1",
  "https://shop.example/a?exp-1=9",
);

const assignmentsOf = (keys: readonly string[]) =>
  fc.dictionary(
    fc.tuple(fc.constantFrom(...keys), fc.nat(2)).map(([key, version]) => `${key}__${version}`),
    fc.constantFrom("v0", "v1", "v2", "gone"),
    { maxKeys: 4 },
  );
const experimentKeys = ["exp-1", "exp-2", "exp-3", ...featureIds];

/** Sticky bucket documents of the very person. */
export const stickyOf = (person: Readonly<Record<string, unknown>>, keys: readonly string[] = experimentKeys) =>
  fc.record({ id: fc.option(assignmentsOf(keys)), company: fc.option(assignmentsOf(keys)) }).map((found) =>
    Object.fromEntries(
      (["id", "company"] as const).flatMap((name) => {
        const [value, given] = [person[name], found[name]];
        if (given === null || typeof value !== "string") return [];
        return [[`${name}||${value}`, { attributeName: name, attributeValue: value, assignments: given }] as const];
      }),
    ),
  );
