/** What a database of visitors can hold and take, and when to think of another. Reasons and sources: docs/scale.md. */
export const capacity = {
  /** D1's limit for one database. */
  databaseBytes: 10_000_000_000,
  /** From here on there is time to move half of it away before it is full. */
  growAtBytes: 6_000_000_000,
  /** New events a second, over an hour. D1 has one writer; peaks are several times an hour's average. */
  growAtEventsPerSecond: 300,
  /** Likewise for one queue, which takes 5000 messages a second. */
  queueEventsPerSecond: 1_000,
} as const;

/** What one database of visitors holds, and what came within the last hour. */
export interface DatabaseFigures {
  readonly name: string;
  readonly sizeBytes: number;
  readonly profiles: number;
  readonly eventsInLastHour: number;
  readonly profilesChangedInLastHour: number;
}

/** What should be done about the figures, in words for whoever runs the deployment; empty when all is well. */
export function adviceOn(databases: readonly DatabaseFigures[], queues: number): string[] {
  const events = databases.reduce((sum, { eventsInLastHour }) => sum + eventsInLastHour, 0) / 3600;
  return [...databases.flatMap((one) => aboutDatabase(one, databases)), ...aboutQueues(events, queues)];
}

function aboutDatabase(one: DatabaseFigures, all: readonly DatabaseFigures[]): string[] {
  const perSecond = one.eventsInLastHour / 3600;
  const isLarge = one.sizeBytes >= capacity.growAtBytes;
  const isBusy = perSecond >= capacity.growAtEventsPerSecond;
  if (!isLarge && !isBusy) return [];
  const why = isLarge
    ? `holds ${gigabytes(one.sizeBytes)} of ${gigabytes(capacity.databaseBytes)} GB`
    : `takes ${Math.round(perSecond)} events a second`;
  const roomy = all.find((other) => other !== one && hasRoom(other, one));
  const how =
    roomy === undefined
      ? `add VISITORS_${all.length} to wrangler.toml, migrate and deploy it, then \`databases move ${one.name} VISITORS_${all.length}\``
      : `\`databases move ${one.name} ${roomy.name}\``;
  return [`${one.name} ${why}: ${how}.`];
}

/** Half of the full one, and it would still be far from full itself. */
const hasRoom = (other: DatabaseFigures, full: DatabaseFigures): boolean =>
  other.sizeBytes + full.sizeBytes / 2 < capacity.growAtBytes &&
  (other.eventsInLastHour + full.eventsInLastHour / 2) / 3600 < capacity.growAtEventsPerSecond;

function aboutQueues(eventsPerSecond: number, queues: number): string[] {
  const needed = Math.ceil(eventsPerSecond / capacity.queueEventsPerSecond);
  if (needed <= queues) return [];
  return [
    `${Math.round(eventsPerSecond)} events a second over ${queues} queue${queues === 1 ? "" : "s"}: add EVENTS_${queues} to wrangler.toml and deploy.`,
  ];
}

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
