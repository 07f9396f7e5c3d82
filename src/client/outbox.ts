/** What is said of an event besides its name. Values of `props` are texts, numbers, true and false. */
export interface Said {
  readonly value?: number | undefined;
  readonly props?: Readonly<Record<string, string | number | boolean>> | undefined;
}

const address = `${location.origin}/_caramel/events`; // a page's <base> must not lead it elsewhere
/** Events of one call wait for one another so long. */
const batchMs = 50;
/** What browsers send from a page that is closing, in characters: they allow 64 KB for everything that is under way. */
const mostCharacters = 16_000;
/** More than the shortest event needs, so that no batch has more than the 100 that the intake takes. */
const perEventCharacters = 100;
/** So many calls in a row that failed mean that somebody does not want them: then nothing more is sent from this page. */
const mostFailures = 3;

/** Each as JSON. */
const waiting: string[] = [];
let failures = 0;
let sending: Promise<void> | undefined;

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (bits) => bits.toString(36)).join("");

/** Keeps an event for the next batch. What can't be written as JSON is left out. */
export function note(name: string, { value, props }: Said = {}): void {
  try {
    waiting.push(JSON.stringify({ id: newId(), name, time: Date.now(), value, props }));
  } catch {}
}

/** Keeps an event and sends it in a moment. Settles when the site has answered, or did not; never rejects. */
export function track(name: string, said?: Said): Promise<void> {
  note(name, said);
  sending ??= new Promise((resolve) => setTimeout(resolve, batchMs)).then(() => {
    sending = undefined;
    return flush();
  });
  return sending;
}

/** Sends all that waits, before the page is gone. Never rejects. */
export async function flush(): Promise<void> {
  const sent: Promise<void>[] = [];
  while (waiting.length > 0) sent.push(send(nextBatch()));
  await Promise.all(sent);
}

function nextBatch(): string[] {
  let room = mostCharacters;
  const end = waiting.findIndex((event, at) => {
    room -= event.length + perEventCharacters;
    return at > 0 && room < 0;
  });
  return waiting.splice(0, end < 0 ? waiting.length : end);
}

/** As text, so that no question goes before it. */
async function send(events: readonly string[]): Promise<void> {
  if (failures >= mostFailures) return;
  try {
    const { status } = await fetch(address, { method: "POST", body: `{"events":[${events}]}`, keepalive: true });
    if (status !== 429 && status < 500) {
      failures = 0;
      return; // what was refused for good would be refused again
    }
  } catch {}
  failures += 1;
  waiting.unshift(...events); // they go with the next that happens, under the same ids
}
