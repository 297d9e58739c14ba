import type { ChainView } from '../view.ts';
import { drawAt } from './draw.ts';
import { type Fault, type FaultKind, isReplyFault, type ReplyFault } from './fault.ts';
import { parseFault } from './parse.ts';
import { type Asked, matches } from './pattern.ts';
import { type ChainEvent, type Drawn, Schedule, type ScheduleOptions } from './schedule.ts';

/** Who asked for a fault. */
export type Source = 'admin' | 'schedule';

/** One fault that happened. */
export interface Firing {
  /** Counted from 1 since the start. */
  readonly n: number;
  readonly kind: FaultKind;
  readonly source: Source;
  readonly what: string;
}

/** A line of the log: a firing, or the schedule that is followed from now on. */
export type FaultLine = Firing | (Omit<Firing, 'kind'> & { readonly kind: 'schedule' });

/** A fault that waits for requests or lasts, and what it did so far. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  readonly source: Source;
  /** Requests that it could have met. */
  readonly matched: number;
  /** Requests that it met. */
  readonly fired: number;
  /** Blocks, mined or missed, since it began. */
  readonly blocks: number;
}

type Tracked = { -readonly [Key in keyof ActiveFault]: ActiveFault[Key] } & {
  /** What a frozen indexer still sees. */
  readonly view?: ChainView;
};

export interface FaultsDeps {
  /** What the indexer sees now. */
  readonly view: () => ChainView;
  /** Told of everything that happens. */
  readonly onLine: (line: FaultLine) => void;
}

export interface FaultsReport {
  readonly active: readonly ActiveFault[];
  readonly schedule: (ScheduleOptions & { readonly seen: Schedule['seen'] }) | null;
  /** How often each kind happened since the start; faults that last are counted once. */
  readonly counts: Readonly<Partial<Record<FaultKind, number>>>;
  /** The newest firing's number. */
  readonly firings: number;
}

const KEPT_FIRINGS = 10_000;

/** The faults that are active, and the record of those that happened. */
export class Faults {
  readonly #deps: FaultsDeps;
  #active: Tracked[] = [];
  #schedule: Schedule | undefined;
  #ids = 0;
  #firings = 0;
  readonly #counts = new Map<FaultKind, number>();
  readonly #log: Firing[] = [];

  constructor(deps: FaultsDeps) {
    this.#deps = deps;
  }

  /** Whether any request can meet a fault; while it is false, requests need not be shown. */
  get armed(): boolean {
    return this.#active.length > 0 || this.#schedule !== undefined;
  }

  get stalled(): boolean {
    return this.#active.some(({ fault }) => fault.kind === 'stall');
  }

  /** How many blocks the indexer is behind. */
  get lag(): number {
    return Math.max(0, ...this.#active.map(({ fault }) => (fault.kind === 'indexer-lag' ? fault.by : 0)));
  }

  /** What the indexer sees while it is frozen. */
  get frozen(): ChainView | undefined {
    return this.#active.find(({ view }) => view !== undefined)?.view;
  }

  /** Makes a fault active. `view` is what an indexer freezes at, if not at what it sees now. */
  add(fault: Fault, source: Source, view?: ChainView): ActiveFault {
    this.#ids += 1;
    const frozen = fault.kind === 'indexer-freeze' ? { view: view ?? this.#deps.view() } : {};
    const active: Tracked = { id: this.#ids, fault, source, matched: 0, fired: 0, blocks: 0, ...frozen };
    this.#active.push(active);
    if (!isReplyFault(fault)) this.note(fault.kind, source, `fault ${this.#ids} begins${inWords(fault)}`);
    return shown(active);
  }

  /** Ends a fault; `false` when it is not active. */
  remove(id: number): boolean {
    const before = this.#active.length;
    this.#active = this.#active.filter((active) => active.id !== id);
    return this.#active.length < before;
  }

  /** Ends all faults and the schedule; what was counted stays. */
  clear(): void {
    this.#active = [];
    this.#schedule = undefined;
  }

  /** Replaces the schedule; its numbers begin at 1. */
  follow(options: ScheduleOptions): void {
    this.#schedule = new Schedule(options);
    this.#deps.onLine({ n: this.#firings, kind: 'schedule', source: 'admin', what: JSON.stringify(options) });
  }

  endSchedule(): void {
    this.#schedule = undefined;
  }

  /** Counts a request and answers with the fault that it meets: the oldest that strikes, else the schedule's. */
  request(asked: Asked): ReplyFault | undefined {
    const met = this.#meet(asked);
    const scheduled = this.#schedule?.onRequest(asked);
    const fault = met?.fault ?? (scheduled === undefined ? undefined : parseFault(scheduled.what));
    if (fault === undefined || !isReplyFault(fault)) return undefined;
    const at = met === undefined ? scheduled?.at : `request ${met.matched} of fault ${met.id}`;
    this.note(fault.kind, met?.source ?? 'schedule', `${asked.method} ${asked.path}, ${at}${inWords(fault)}`);
    return fault;
  }

  /** Counts a block, mined or missed, and answers with what the schedule has for the chain. */
  block(): Drawn<ChainEvent> | undefined {
    for (const active of this.#active) active.blocks += 1;
    this.#expire();
    return this.#schedule?.onBlock();
  }

  note(kind: FaultKind, source: Source, what: string): void {
    this.#firings += 1;
    const firing: Firing = { n: this.#firings, kind, source, what };
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    this.#log.push(firing);
    if (this.#log.length > KEPT_FIRINGS) this.#log.shift();
    this.#deps.onLine(firing);
  }

  report(): FaultsReport {
    const schedule = this.#schedule;
    return {
      active: this.#active.map(shown),
      schedule: schedule === undefined ? null : { ...schedule.options, seen: schedule.seen },
      counts: Object.fromEntries(this.#counts),
      firings: this.#firings,
    };
  }

  /** The firings after number `n`, as far as they are kept: the newest 10,000. */
  log(n: number): readonly Firing[] {
    return this.#log.filter((firing) => firing.n > n);
  }

  #meet(asked: Asked): Tracked | undefined {
    let met: Tracked | undefined;
    for (const active of this.#active) {
      const { fault } = active;
      if (isReplyFault(fault) && !matches(fault.on, asked)) continue;
      active.matched += 1;
      if (met === undefined && isReplyFault(fault) && strikes(fault, active.matched)) met = active;
    }
    if (met !== undefined) met.fired += 1;
    this.#expire();
    return met;
  }

  #expire(): void {
    this.#active = this.#active.filter(({ fault, matched, fired, blocks }) => {
      const { forRequests = Infinity, forBlocks = Infinity } = fault;
      const times = isReplyFault(fault) ? (fault.times ?? Infinity) : Infinity;
      return matched < forRequests && fired < times && blocks < forBlocks;
    });
  }
}

const strikes = ({ seed, probability }: ReplyFault, n: number): boolean =>
  probability === 1 || drawAt(seed, 'fault', n).fraction() < probability;

const shown = ({ id, fault, source, matched, fired, blocks }: Tracked): ActiveFault => ({
  id,
  fault,
  source,
  matched,
  fired,
  blocks,
});

const GENERAL = new Set(['kind', 'on', 'probability', 'seed', 'times', 'forRequests']);

/** What sets `fault` apart from others of its kind. */
function inWords(fault: Fault): string {
  const own = Object.entries(fault).filter(([key, value]) => !GENERAL.has(key) && value !== undefined);
  return own.length === 0 ? '' : `: ${own.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ')}`;
}
