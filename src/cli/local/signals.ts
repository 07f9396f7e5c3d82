/** The signals that ask a process to end. */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `stop` when the person or the system asks us to end. */
export function onEnding(stop: () => void): void {
  for (const signal of endings) process.on(signal, stop);
}

/**
 * Does something without letting it listen for the signals that end us: miniflare would kill the runtime and leave at
 * once, with events still on their way.
 */
export function withoutSignals<T>(make: () => T): T {
  const before = endings.map((signal) => new Set(process.listeners(signal)));
  const made = make();
  for (const [index, signal] of endings.entries()) {
    for (const listener of process.listeners(signal)) {
      if (!before[index]?.has(listener)) process.off(signal, listener);
    }
  }
  return made;
}
