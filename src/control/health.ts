/** What an operator, or a monitor, may know without a token. Nothing secret: no origin, no configuration, no counts. */
export interface Health {
  readonly ok: boolean;
  /** The release that this isolate serves on this host; `null` when there is none. */
  readonly release: string | null;
  readonly site: string | null;
  readonly killed: boolean;
  /** How long ago this isolate last looked whether it is still live, in milliseconds. */
  readonly checkedMsAgo: number | null;
  readonly publishedAt: string | null;
  /** Whether each dependency answered in time. Pages are served while any of them is away. */
  readonly dependencies: Readonly<Record<string, "ok" | "away">>;
}

export interface HealthPorts {
  /** What is live on a host, as this isolate knows it. */
  readonly live: (host: string) => Promise<Serving | null>;
  /** One cheap question to each dependency. */
  readonly dependencies: Readonly<Record<string, () => Promise<unknown>>>;
  readonly now: () => number;
}

export interface Serving {
  readonly site: string;
  readonly release: string;
  readonly killed: boolean;
  readonly publishedAtMs: number;
  readonly checkedAtMs: number;
}

/** A dependency that takes longer is as good as away. */
const patienceMs = 1_000;

/** `GET /_caramel/health`: 200 when a release is live and every dependency answers, 503 otherwise. */
export async function health(host: string, ports: HealthPorts): Promise<Response> {
  const [serving, ...answers] = await Promise.all([
    ports.live(host),
    ...Object.entries(ports.dependencies).map(async ([name, ask]) => [name, await stateOf(ask)] as const),
  ]);
  const dependencies = Object.fromEntries(answers);
  const body: Health = {
    ok: serving !== null && Object.values(dependencies).every((state) => state === "ok"),
    release: serving?.release ?? null,
    site: serving?.site ?? null,
    killed: serving?.killed ?? false,
    checkedMsAgo: serving === null ? null : ports.now() - serving.checkedAtMs,
    publishedAt: serving === null ? null : new Date(serving.publishedAtMs).toISOString(),
    dependencies,
  };
  return Response.json(body, { status: body.ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}

async function stateOf(ask: () => Promise<unknown>): Promise<"ok" | "away"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"away">((resolve) => {
    timer = setTimeout(() => resolve("away"), patienceMs);
  });
  // One that throws at once is as away as one that rejects.
  const answer = Promise.resolve()
    .then(ask)
    .then(
      () => "ok" as const,
      () => "away" as const,
    );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
