/** A thread of an audit: loads the strategy and plays the recording against it. It has no environment and no keys. */
import { parentPort, workerData } from 'node:worker_threads';
import { auditStrategy } from '../../../backtest/audit/audit-strategy.ts';
import { type Trace, type TracedTurn, traced } from '../../../backtest/audit/trace.ts';
import { columnsSlice } from '../../../backtest/data/columns-builder.ts';
import type { EventColumns } from '../../../backtest/data/event-columns.ts';
import { loadColumns, openingMarket, openRecording } from '../../../backtest/data/recording/open-recording.ts';
import type { RecordedMarket } from '../../../backtest/driver/backtest-input.ts';
import { runBacktest } from '../../../backtest/driver/run-backtest.ts';
import { completeOpening } from '../../../backtest/market/complete-opening.ts';
import { expected } from '../../../backtest/venue/fill-model.ts';
import { ConfigError, FatalError, height } from '../../core/index.ts';
import { prepareToLoad } from '../../launch/index.ts';
import { loadStrategy } from '../../trading/host/index.ts';
import type { Strategy } from '../../trading/index.ts';
import { accountOf, settingsOf } from '../backtest/run-settings.ts';
import { formatError } from '../format-error.ts';
import { installAmbient } from './ambient.ts';
import type { AuditMessage, AuditTask, Uses } from './messages.ts';

const port = parentPort;
if (port === null) throw new FatalError('expected to run as a worker thread, was the main thread');
const task = workerData.start as AuditTask;
const tell = (message: AuditMessage): void => port.postMessage(message);

let shifting = false;

try {
  const columns = firstEvents(task.recording, task.events);
  // All that loading needs must be there before anything is out of reach.
  await prepareToLoad();
  const ambient = installAmbient({ closed: task.mode === 'closed', shifted: () => shifting });
  const usesOf = (): Uses => Object.fromEntries(ambient.uses);
  let strategy: Strategy<never> | null = null;
  try {
    strategy = await ambient.watch(() => loadStrategy(task.strategy, task.directory));
  } catch (thrown) {
    tell({ kind: 'unloadable', message: formatError(thrown, {}).split('\n')[0] ?? '', uses: usesOf() });
  }
  if (strategy !== null) {
    const { decide } = strategy;
    const watched = {
      ...strategy,
      decide: (...asked: Parameters<typeof decide>) => ambient.watch(() => decide.apply(strategy, asked)),
    };
    const play = player(columns, watched);
    if (task.mode === 'closed') tell({ kind: 'played', trace: play(columns), uses: usesOf() });
    else {
      const audit = auditStrategy(
        {
          play,
          playShifted: (same) => {
            shifting = true;
            try {
              return play(same);
            } finally {
              shifting = false;
            }
          },
          onProgress: (done, of) => tell({ kind: 'progress', done, of }),
        },
        columns,
        { seed: task.options.seed, points: task.points },
      );
      tell({ kind: 'audited', audit, uses: usesOf(), events: columns.length });
    }
  }
} catch (thrown) {
  tell({ kind: 'failed', message: formatError(thrown, {}), needsChange: thrown instanceof ConfigError });
}

/** The first events of a recording, in whole blocks. */
function firstEvents(folder: string, most: number): EventColumns {
  const columns = loadColumns(openRecording(folder));
  let end = Math.min(most, columns.length);
  while (end > 0 && end < columns.length && columns.height[end] === columns.height[end - 1]) end -= 1;
  return columnsSlice(columns, 0, end);
}

/** Plays columns against the strategy; the opening is that of the whole recording, whatever the columns are. */
function player(whole: EventColumns, strategy: Strategy<never>): (columns: EventColumns) => Trace {
  const { manifest } = openRecording(task.recording);
  const opening = completeOpening(openingMarket(manifest), [whole]);
  return (columns) => {
    const market: RecordedMarket = {
      opening,
      accounts: columns.accounts,
      columns: () => [columns],
      firstHeight: height(columns.height[0] ?? 0),
      lastHeight: height(columns.height[columns.length - 1] ?? 0),
    };
    const turns: TracedTurn[] = [];
    runBacktest({
      market,
      strategies: new Map([[task.strategy, strategy]]),
      accounts: [accountOf(task.options, { strategy: task.strategy, parameters: task.parameters })],
      fills: expected,
      settings: settingsOf(task.options, market),
      onTurn: (turn, at, decided) => turns.push(traced(turn, at, decided)),
    });
    return turns;
  };
}
