import { appendFileSync, existsSync } from 'node:fs';
import type { ExecutionDependencies, LaneLease, LedgerPort } from '../../src/execution/index.ts';

/** The named steps of the pipeline: before and after each of them a process can die. */
export const STEPS = {
  ledger: ['acquireLanes'],
  lease: ['recordIntents', 'recordEvents'],
  lane: [
    'cancelIntents',
    'claim',
    'claimGap',
    'addAttempt',
    'beginPost',
    'transition',
    'replace',
    'include',
    'settle',
    'finalize',
    'uninclude',
    'supersede',
    'expire',
    'setHalt',
  ],
  signer: ['sign'],
  queue: ['enqueue'],
  chain: ['broadcast'],
} as const;

export type Step = (typeof STEPS)[keyof typeof STEPS][number];

/** Steps that a bot mostly comes to after the trouble, when what that left behind is cleared up. */
const LATE: readonly Step[] = ['cancelIntents', 'claimGap', 'supersede', 'expire', 'setHalt'];
export type Phase = 'before' | 'after';

/** Where a process kills itself: at the `nth` time that it comes by, before the step or with the step done. */
export interface KillPoint {
  readonly step: Step;
  readonly phase: Phase;
  readonly nth: number;
}

export const killPoints: readonly Omit<KillPoint, 'nth'>[] = Object.values(STEPS)
  .flat()
  .flatMap((step) => [
    { step, phase: 'before' },
    { step, phase: 'after' },
  ]);

export const nameOf = ({ step, phase }: Omit<KillPoint, 'nth'>): string => `${phase} ${step}`;

/** One line of the journal that bots under test write: a step that was done, or the point at which one died. */
export interface JournalLine {
  /** Milliseconds since the Unix epoch at which the step was done. */
  readonly at: number;
  readonly pid: number;
  readonly step: Step;
  /** When it began. */
  readonly from?: number;
  readonly died?: Phase;
  /** The ids that a `recordIntents` recorded. */
  readonly intents?: readonly string[];
  /** Whether an `acquireLanes` got them. */
  readonly held?: boolean;
}

export interface StepOptions {
  /** The file that all bots of a round append to. */
  readonly journal: string;
  readonly kill: KillPoint | null;
  /** Once this file is there nobody dies any more but at a late step. */
  readonly calm: string;
}

/** Puts the journal and the kill point between an execution and its ports. */
export function betweenSteps({ journal, kill, calm }: StepOptions) {
  let left = kill?.nth ?? 0;
  const write = (line: Omit<JournalLine, 'at' | 'pid'>): void =>
    // What happened when: nothing reads it back into the bot.
    appendFileSync(journal, `${JSON.stringify({ at: Date.now(), pid: process.pid, ...line })}\n`);

  function dieAt(step: Step, phase: Phase): void {
    if (kill === null || kill.step !== step || kill.phase !== phase) return;
    left -= 1;
    if (left !== 0 || (existsSync(calm) && !LATE.includes(step))) return;
    write({ step, died: phase });
    process.kill(process.pid, 'SIGKILL');
  }

  const wrap = <Port extends object>(port: Port, steps: readonly string[]): Port =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== 'function' || !steps.includes(String(name))) return member;
        const step = String(name) as Step;
        return async (...parameters: unknown[]) => {
          dieAt(step, 'before');
          const from = Date.now();
          const answer = await Reflect.apply(member, target, parameters);
          write({ step, from, ...detailsOf(step, { asked: parameters[0], answer }) });
          dieAt(step, 'after');
          return answer;
        };
      },
    });

  const wrapLease = (lease: LaneLease): LaneLease =>
    wrap({ ...lease, lanes: lease.lanes.map((lane) => wrap(lane, STEPS.lane)) }, STEPS.lease);

  return (ports: ExecutionDependencies): ExecutionDependencies => {
    const ledger: LedgerPort = {
      ...ports.ledger,
      async acquireLanes(parameters) {
        const lease = await ports.ledger.acquireLanes(parameters);
        return lease && wrapLease(lease);
      },
    };
    return {
      ...ports,
      ledger: wrap(ledger, STEPS.ledger),
      signer: wrap(ports.signer, STEPS.signer),
      queue: wrap(ports.queue, STEPS.queue),
      chain: wrap(ports.chain, STEPS.chain),
    };
  };
}

function detailsOf(
  step: Step,
  { asked, answer }: { readonly asked: unknown; readonly answer: unknown },
): Pick<JournalLine, 'intents' | 'held'> {
  if (step === 'acquireLanes') return { held: answer !== null };
  if (step !== 'recordIntents') return {};
  const { planned } = asked as { readonly planned: readonly { readonly id: string }[] };
  return { intents: planned.map(({ id }) => id) };
}

/** Writes that a process began after another had taken its lanes, and yet were done: one line for people each. */
export function* zombieWrites(lines: readonly JournalLine[]): Generator<string> {
  const fenced: readonly Step[] = [...STEPS.lease, ...STEPS.lane];
  let holder: JournalLine | null = null;
  for (const line of lines) {
    if (line.held === true) holder = line;
    if (holder === null || line.died !== undefined || line.pid === holder.pid || !fenced.includes(line.step)) continue;
    if ((line.from ?? 0) > holder.at) yield `process ${line.pid} wrote ${line.step} while ${holder.pid} held the lanes`;
  }
}
