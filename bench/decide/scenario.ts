/** One thing that must hold of the visitor. */
export type Clause =
  | { readonly fact: "country" | "plan" | "segment"; readonly oneOf: readonly string[] }
  | { readonly fact: "visits"; readonly atLeast: number };

/** An experience of two equal variants for everyone who meets all clauses, in no vendor's words. */
export interface Targeted {
  readonly key: string;
  readonly path: string;
  readonly clauses: readonly Clause[];
  /** Whether the visitor meets them: what every contestant must find. */
  readonly matches: boolean;
}

/** A page that one visitor asks for, with everything that exists. */
export interface Scenario {
  readonly name: string;
  readonly path: string;
  readonly experiences: readonly Targeted[];
}

/** The visitor. Values are lower case, as one of the contestants compares only those. */
export const visitor = { id: "6f1ab1c4k2q9xw7m3d8zpt", country: "fr", plan: "pro", segment: "reader", visits: 12 };

const met: readonly Clause[] = [
  { fact: "country", oneOf: ["fr"] },
  { fact: "country", oneOf: ["be", "ch", "fr"] },
  { fact: "plan", oneOf: ["pro"] },
  { fact: "segment", oneOf: ["reader", "collector"] },
  { fact: "visits", atLeast: 3 },
];
const missed: readonly Clause[] = [
  { fact: "country", oneOf: ["de"] },
  { fact: "country", oneOf: ["us", "ca", "mx"] },
  { fact: "plan", oneOf: ["free"] },
  { fact: "segment", oneOf: ["gift", "student"] },
  { fact: "visits", atLeast: 40 },
];

/**
 * Two clauses an experience. Of ten experiences one matches; of the other nine some miss by the first clause, some only by
 * the second, so that nobody wins by asking in a lucky order.
 */
function clausesOf(at: number, matches: boolean): readonly Clause[] {
  const first = at % met.length;
  const second = (first + 1 + (Math.floor(at / met.length) % (met.length - 1))) % met.length;
  const lateMiss = at % 2 === 0;
  const clauses = [
    (matches || lateMiss ? met : missed)[first],
    // Missing early, the second clause holds, so that it matters which is asked first.
    (matches || !lateMiss ? met : missed)[second],
  ];
  return clauses.filter((clause) => clause !== undefined);
}

function scenario(name: string, count: number, paths: number): Scenario {
  const experiences = Array.from({ length: count }, (_, at) => {
    // Within each path, too, one of ten matches.
    const matches = Math.floor(at / paths) % 10 === 7;
    const path = `/genre/${at % paths}`;
    return { key: `experience-${at}`, path, clauses: clausesOf(at, matches), matches };
  });
  return { name, path: "/genre/0", experiences };
}

/** What is compared: growth with what can match on a page, and that what lies on other pages costs nothing. */
export const scenarios: readonly Scenario[] = [
  scenario("10 on the page", 10, 1),
  scenario("100 on the page", 100, 1),
  scenario("1000 on the page", 1000, 1),
  scenario("1000 over 100 paths", 1000, 100),
];

/** Keys of the experiences that the visitor is in on the scenario's page. */
export const expectedOf = ({ path, experiences }: Scenario): readonly string[] =>
  experiences.filter((experience) => experience.matches && experience.path === path).map(({ key }) => key);
