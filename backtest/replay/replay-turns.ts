import { CorruptionError } from '../../src/core/index.ts';
import type { MarketUpdate } from '../../src/market/index.ts';
import { MarketFold } from '../../src/trading/host/index.ts';
import { createTurnEngine, decideTurn, type Strategy } from '../../src/trading/index.ts';
import { canonical, type Decided, decidedOf, digestOfDecided, type JournalTurn } from './journal-turn.ts';
import type { ReadTurn, RecordedRun } from './read-run.ts';
import { SeenEvents } from './seen-events.ts';

/** What is not the same in a turn that was taken again. */
export interface TurnDifference {
  readonly turn: number;
  readonly height: number;
  /** One line for each thing that differs. */
  readonly what: readonly string[];
}

export interface ReplayedTurns {
  readonly turns: number;
  /** Decisions of all turns, as recorded. */
  readonly decisions: number;
  readonly differing: number;
  /** The first of them. */
  readonly differences: readonly TurnDifference[];
}

export interface ReplayOptions {
  /** How many differences are told in full. @default 10 */
  readonly told?: number;
  /** Hears how many turns were taken again, now and then. */
  readonly onProgress?: (turns: number) => void;
}

const PROGRESS_TURNS = 500;

/**
 * Takes every turn of a run again: the same turn function on the same fold, with the inputs that were recorded.
 *
 * @param strategies by the references that the run knew them by.
 * @throws ConfigError for a strategy or parameter that there is no more, CorruptionError where turns and events do not fit
 * together.
 */
export function replayTurns(
  run: RecordedRun,
  strategies: ReadonlyMap<string, Strategy<never>>,
  { told = 10, onProgress }: ReplayOptions = {},
): ReplayedTurns {
  const { snapshot } = run.recording.manifest.begin;
  if (snapshot === null) throw new CorruptionError(`expected ${run.folder} to begin with a snapshot, was none`);
  const engine = createTurnEngine(strategies, run.head.settings);
  const seen = new SeenEvents(run.recording, run.rewinds());
  const fold = new MarketFold();
  fold.apply({ kind: 'restarted', snapshot });
  let sequence: number = snapshot.summary.sequence;
  let turns = 0;
  let decisions = 0;
  let differing = 0;
  let before: JournalTurn | null = null;
  const differences: TurnDifference[] = [];

  for (const read of run.turns()) {
    const { turn } = read;
    const { request } = turn;
    for (const update of updatesOf(turn, sequence, seen)) fold.apply(update);
    sequence = turn.sequence;
    const again = decidedOf(decideTurn({ engine, market: fold.market(), benched: notAsked(turn) }, request));
    const what = [...faultsOf(read, before), ...differencesOf(withoutLost(turn.decided), again)];
    before = turn;
    turns += 1;
    decisions += turn.decided.decisions.length;
    if (what.length > 0) {
      differing += 1;
      if (differences.length < told) differences.push({ turn: request.turn, height: request.height, what });
    }
    if (turns % PROGRESS_TURNS === 0) onProgress?.(turns);
  }
  onProgress?.(turns);
  return { turns, decisions, differing, differences };
}

/** The way from the market after event `from` to the one that the turn saw. */
function updatesOf(turn: JournalTurn, from: number, seen: SeenEvents): MarketUpdate[] {
  const { rewound, sequence: through, request } = turn;
  const entriesFrom = (after: number) =>
    seen.between(after, through, request.turn).map((event) => ({ event, height: event.height }));
  if (rewound !== null && rewound.toSequence < from) {
    const { toSequence } = rewound;
    return [{ kind: 'rewound', toSequence, entries: entriesFrom(toSequence) }];
  }
  if (through < from) {
    throw new CorruptionError(`expected turn ${request.turn} to see event ${from} or a later one, was ${through}`);
  }
  return through === from ? [] : [{ kind: 'advanced', entries: entriesFrom(from) }];
}

/** A strategy that did not return in time was benched from outside: only time could do it again. */
const wasLost = ({ account }: Decided['benched'][number]): boolean => account === null;

const notAsked = ({ benched, decided }: JournalTurn): ReadonlySet<string> =>
  new Set([...benched, ...decided.benched.filter(wasLost).map(({ strategy }) => strategy)]);

const withoutLost = (decided: Decided): Decided => ({
  ...decided,
  benched: decided.benched.filter((bench) => !wasLost(bench)),
});

/** What tells by itself that the journal is not as it was written. */
function faultsOf({ turn, intact, recordedDigest }: ReadTurn, before: JournalTurn | null): string[] {
  const { decided, request } = turn;
  const nothing = decided.decisions.length === 0 && decided.benched.length === 0;
  const expected = nothing ? null : digestOfDecided(decided);
  return [
    ...(intact ? [] : ['the journal was changed after it was written: the digest of its lines does not come out']),
    ...(recordedDigest === expected ? [] : ['the digest of the recorded decisions is not theirs']),
    ...(before === null || request.turn === before.request.turn + 1
      ? []
      : [`expected turn ${before.request.turn + 1} to follow, was turn ${request.turn}`]),
  ];
}

/** Decisions one by one, so that the first that differs is told and not the whole turn. */
function differencesOf(recorded: Decided, again: Decided): string[] {
  if (canonical(recorded) === canonical(again)) return [];
  return (['decisions', 'allowed', 'benched'] as const).flatMap((part) => {
    const [then, now]: [readonly unknown[], readonly unknown[]] = [recorded[part], again[part]];
    const length = Math.max(then.length, now.length);
    const at = Array.from({ length }, (_, index) => index).find(
      (index) => canonical(then[index]) !== canonical(now[index]),
    );
    if (at === undefined) return [];
    return [`${part}, number ${at + 1}: recorded ${shown(then[at])}, replayed ${shown(now[at])}`];
  });
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : canonical(value));
