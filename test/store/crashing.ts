/** Real stores that die at a chosen step: the call `steps` calls from now fails, and so does every one after it. */
export interface Crash {
  /** Calls that may still be made. */
  left: number;
  /** Whether the call that dies is carried out all the same, its answer lost. */
  readonly lostAnswer: boolean;
}

export const crashAfter = (steps: number, lostAnswer = false): Crash => ({ left: steps, lostAnswer });

/** The same object, whose named methods take part in the crash. What they return is wrapped by `wrap` when it is given. */
function guarded<T extends object>(target: T, crash: Crash, methods: readonly string[]): T {
  return new Proxy(target, {
    get(original, name) {
      const value = Reflect.get(original, name) as unknown;
      if (typeof value !== "function") return value;
      if (!methods.includes(String(name))) return value.bind(original) as unknown;
      return async (...given: unknown[]) => {
        crash.left -= 1;
        if (crash.left === -1 && crash.lostAnswer) await value.apply(original, given);
        if (crash.left < 0) throw new Error("crashed");
        return value.apply(original, given) as unknown;
      };
    },
  });
}

export const crashingKv = (kv: KVNamespace, crash: Crash): KVNamespace =>
  guarded(kv, crash, ["get", "getWithMetadata", "put", "delete", "list"]);

/** Statements made by it crash too; `batch` gets the real ones, which is what `bind` returns when nothing runs them alone. */
export function crashingDb(db: D1Database, crash: Crash): D1Database {
  const real = new WeakMap<object, D1PreparedStatement>();
  const statement = (inner: D1PreparedStatement): D1PreparedStatement => {
    const outer = guarded(inner, crash, ["run", "all", "first"]);
    const bindable = new Proxy(outer, {
      get: (target, name) =>
        name === "bind"
          ? (...values: unknown[]) => statement(inner.bind(...values))
          : (Reflect.get(target, name) as unknown),
    });
    real.set(bindable, inner);
    return bindable;
  };
  const batches = guarded(db, crash, ["batch"]);
  return new Proxy(db, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => statement(target.prepare(sql));
      if (name !== "batch") return Reflect.get(target, name) as unknown;
      return (statements: D1PreparedStatement[]) => batches.batch(statements.map((one) => real.get(one) ?? one));
    },
  });
}
