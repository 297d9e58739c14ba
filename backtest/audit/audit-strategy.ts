import type { Height } from '../../src/core/index.ts';
import type { EventColumns } from '../data/event-columns.ts';
import { futureProbes } from './future-probes.ts';
import { firstMove, type Move, type Trace } from './trace.ts';

/** What moved decisions that it must not have moved. */
export interface AuditFinding {
  readonly probe: ProbeName;
  /** The last height before the change; null where nothing in the recording was changed. */
  readonly through: Height | null;
  readonly move: Move;
}

export type ProbeName =
  /** The same once more, with the same strategy. */
  | 'again'
  /** The same with another clock and other random numbers. */
  | 'shifted'
  /** The same in a fresh thread, with files, network and processes out of reach. */
  | 'closed'
  | 'cut'
  | 'shuffled'
  | 'perturbed';

export interface AuditDeps {
  /** Plays a recording against the strategy. */
  readonly play: (columns: EventColumns) => Trace;
  /** Does the same while the strategy sees another clock and other random numbers. */
  readonly playShifted: (columns: EventColumns) => Trace;
  /** Hears how many of the probes are done. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface AuditOptions {
  readonly seed: number;
  /** Heights from which the future is changed. */
  readonly points: number;
}

export interface StrategyAudit {
  readonly base: Trace;
  readonly probes: number;
  /** The first move by each probe. */
  readonly findings: readonly AuditFinding[];
}

/** Plays a recording, then the same with another future, once more, and at another time; and compares the past. */
export function auditStrategy(
  { play, playShifted, onProgress = () => {} }: AuditDeps,
  columns: EventColumns,
  options: AuditOptions,
): StrategyAudit {
  const last = columns.height[columns.length - 1] as Height;
  const probes: readonly { readonly name: ProbeName; readonly through: Height | null; readonly trace: () => Trace }[] =
    [
      { name: 'again', through: null, trace: () => play(columns) },
      { name: 'shifted', through: null, trace: () => playShifted(columns) },
      ...futureProbes(columns, options).map(({ name, through, columns: changed }) => ({
        name,
        through,
        trace: () => play(changed()),
      })),
    ];
  const base = play(columns);
  const findings: AuditFinding[] = [];
  for (const [index, { name, through, trace }] of probes.entries()) {
    const move = firstMove(base, trace(), through ?? last);
    if (move !== null) findings.push({ probe: name, through, move });
    onProgress(index + 1, probes.length);
  }
  return { base, probes: probes.length, findings };
}
