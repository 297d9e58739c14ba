import type { AuditFinding, StrategyAudit } from '../../../backtest/audit/audit-strategy.ts';
import { firstMove, NOTHING_DECIDED, type Trace } from '../../../backtest/audit/trace.ts';
import { ConfigError, FatalError, type Height, height } from '../../core/index.ts';
import { startThread } from '../../launch/index.ts';
import type { AuditMessage, AuditTask, Uses } from './messages.ts';

export interface AuditResult {
  readonly events: number;
  readonly turns: number;
  /** Turns in which it decided anything. */
  readonly decidedTurns: number;
  readonly probes: number;
  readonly findings: readonly AuditFinding[];
  /** What it used that it must not, by name and how often. */
  readonly uses: Uses;
  /** Why it does not load with everything out of reach; null where it does. */
  readonly unloadable: string | null;
  /** Where it misbehaved: what it would have decided from there on was not audited. Null where it did not. */
  readonly benched: { readonly turn: number; readonly height: Height; readonly reason: string } | null;
}

const entry = new URL('./worker.ts', import.meta.url);

/**
 * Audits a strategy in two threads of its own: one that is open to it, and one in which nothing is in its reach.
 *
 * @throws ConfigError for a recording, strategy or option that cannot be audited with.
 */
export async function runAudit(
  { onProgress }: { readonly onProgress: (done: number, of: number) => void },
  task: Omit<AuditTask, 'mode'>,
): Promise<AuditResult> {
  const open = await inThread({ ...task, mode: 'open' }, onProgress);
  if (open.kind === 'unloadable') throw new ConfigError(open.message.replace(/^error: /, ''));
  if (open.kind !== 'audited') throw new FatalError(`expected an audit of its thread, was "${open.kind}"`);
  const { audit, events } = open;
  const decidedTurns = audit.base.filter(({ decided }) => decided !== NOTHING_DECIDED).length;
  if (decidedTurns === 0) {
    throw new ConfigError(`expected decisions to audit, was none in ${audit.base.length} turns`, {
      hints: ['Give it a longer recording, more --funds or --energy, another --target, or other parameters.'],
    });
  }
  const closed = await inThread({ ...task, mode: 'closed' }, onProgress);
  const shut = findingsOfClosed(audit, closed);
  const uses = { ...open.uses, ...('uses' in closed ? closed.uses : {}) };
  onProgress(audit.probes + 1, audit.probes + 1);
  return {
    events,
    turns: audit.base.length,
    decidedTurns,
    probes: audit.probes + 1,
    findings: [...audit.findings, ...shut],
    uses,
    unloadable: closed.kind === 'unloadable' ? closed.message.replace(/^error: /, '') : null,
    benched: benchedIn(audit.base),
  };
}

function benchedIn(trace: Trace): AuditResult['benched'] {
  for (const { turn, height: at, benched: reason } of trace) if (reason !== null) return { turn, height: at, reason };
  return null;
}

function findingsOfClosed({ base }: StrategyAudit, closed: AuditMessage): readonly AuditFinding[] {
  if (closed.kind !== 'played') return [];
  const move = firstMove(base, closed.trace, base.at(-1)?.height ?? height(0));
  return move === null ? [] : [{ probe: 'closed', through: null, move }];
}

/** Starts a thread and waits for its answer. */
function inThread(start: AuditTask, onProgress: (done: number, of: number) => void): Promise<AuditMessage> {
  const worker = startThread(entry, { start, onOutput: () => undefined });
  return new Promise<AuditMessage>((resolve, reject) => {
    worker.on('message', (message: AuditMessage) => {
      if (message.kind === 'progress') onProgress(message.done, message.of + 1);
      else if (message.kind === 'failed') reject(errorOf(message));
      else resolve(message);
    });
    worker.on('error', (cause) => reject(new FatalError(`the strategy ended its thread: ${cause.message}`, { cause })));
    worker.on('exit', (code) => reject(new FatalError(`the strategy ended its thread with exit code ${code}`)));
  }).finally(() => worker.terminate());
}

function errorOf({ message, needsChange }: Extract<AuditMessage, { kind: 'failed' }>): Error {
  const [first = '', ...hints] = message.split('\n').map((line) => line.replace(/^(error|\s*hint): /, ''));
  return needsChange ? new ConfigError(first, { hints }) : new FatalError(first, { hints });
}
