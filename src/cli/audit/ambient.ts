import { createRequire, syncBuiltinESMExports } from 'node:module';

/** Modules by which code reaches beyond what it was given: all their functions, of `crypto` those that are random. */
const REACHING = [
  ...['node:fs', 'node:fs/promises', 'node:child_process', 'node:net', 'node:http', 'node:https', 'node:http2'],
  ...[
    'node:dgram',
    'node:dns',
    'node:dns/promises',
    'node:tls',
    'node:worker_threads',
    'node:cluster',
    'node:os',
    'node:crypto',
  ],
] as const;

/** What is asked on the way of loading the strategy itself, by Node and by us. */
const OURS = /\bnode:|load-(strategy|source)\.(ts|js|mjs)|node_modules\/tsx\//;

/** Days by which the clock is off while it is shifted. */
const SHIFT_MS = 400 * 24 * 60 * 60 * 1000;

export interface Ambient {
  /** What was used while somebody watched, by name and how often. */
  readonly uses: ReadonlyMap<string, number>;
  /** Runs work that must reach nothing and know no time: whatever it uses is noted. */
  watch<Result>(work: () => Result): Result;
}

export interface AmbientOptions {
  /** Whether reaching out throws; else it is noted and happens. */
  readonly closed: boolean;
  /** Whether clock and random numbers are other ones while watched. */
  readonly shifted: () => boolean;
}

/** Puts watches on everything ambient of this thread, for as long as the thread lives. */
export function installAmbient({ closed, shifted }: AmbientOptions): Ambient {
  const uses = new Map<string, number>();
  let watching = 0;
  const note = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1);
  /** Whether the code that asks, so many frames above, is that which is watched. */
  const isStrangers = (frames: number): boolean =>
    watching > 0 && !OURS.test((new Error().stack ?? '').split('\n')[frames + 2] ?? '');

  function guarded<Of extends object>(name: string, original: Of): Of {
    const refuse = (): void => {
      if (!isStrangers(2)) return;
      note(name);
      if (closed) throw new Error(`${name} is out of reach in an audit`);
    };
    return new Proxy(original, {
      apply(target, self, args) {
        refuse();
        return Reflect.apply(target as never, self, args);
      },
      construct(target, args, newTarget) {
        refuse();
        return Reflect.construct(target as never, args, newTarget);
      },
    });
  }

  const require = createRequire(import.meta.url);
  for (const name of REACHING) {
    const module = require(name) as Record<string, unknown>;
    for (const [key, value] of Object.entries(module)) {
      const isOwn = Object.getOwnPropertyDescriptor(module, key)?.writable === true;
      const reaches = name !== 'node:crypto' || key.startsWith('random');
      if (isOwn && reaches && typeof value === 'function') module[key] = guarded(`${name} ${key}`, value);
    }
  }
  syncBuiltinESMExports();
  globalThis.fetch = guarded('fetch', globalThis.fetch);
  for (const name of ['binding', 'dlopen'] as const) {
    const real = Reflect.get(process, name) as object;
    Object.defineProperty(process, name, { value: guarded(`process.${name}`, real), writable: true });
  }

  /** A source of what nobody may know: the same answers for all, others while shifted. */
  const source = <Args extends readonly unknown[], Answer>(
    name: string,
    real: (...args: Args) => Answer,
    other: (answer: Answer) => Answer,
  ) =>
    function answer(...args: Args): Answer {
      const value = real(...args);
      if (!isStrangers(1)) return value;
      note(name);
      return shifted() ? other(value) : value;
    };
  const { random } = Math;
  Math.random = source('Math.random', random, (value) => 1 - value);
  const now = performance.now.bind(performance);
  const { hrtime } = process;
  const ticks = source('process.hrtime', hrtime.bigint, (value) => value + BigInt(SHIFT_MS) * 1_000_000n);
  const elapsed = source('process.hrtime', hrtime, ([seconds, rest]): [number, number] => [seconds + SHIFT_MS, rest]);
  process.hrtime = Object.assign((since?: [number, number]) => elapsed(since), { bigint: ticks });
  performance.now = source('performance.now', now, (value) => value + SHIFT_MS);
  const RealDate = Date;
  const readDate = source('Date.now', RealDate.now, (value) => value + SHIFT_MS);
  globalThis.Date = new Proxy(RealDate, {
    get: (target, key, self) => (key === 'now' ? readDate : Reflect.get(target, key, self)),
    apply: () => new RealDate(readDate()).toString(),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [readDate()] : args, newTarget === Date ? target : newTarget),
  });
  const { crypto } = globalThis;
  for (const key of ['randomUUID', 'getRandomValues'] as const) {
    const real = crypto[key].bind(crypto) as (...args: unknown[]) => unknown;
    Object.defineProperty(crypto, key, { value: source(`crypto.${key}`, real, (value) => value) });
  }

  return {
    uses,
    watch(work) {
      watching += 1;
      const done = (): void => {
        watching -= 1;
      };
      let pending = false;
      try {
        const result = work();
        if (result instanceof Promise) {
          pending = true;
          return result.finally(done) as typeof result;
        }
        return result;
      } finally {
        if (!pending) done();
      }
    },
  };
}
