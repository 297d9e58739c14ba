/** The trading thread: holds the market and runs turns on it. It has no environment and no keys. */
import { parentPort, workerData } from 'node:worker_threads';
import { FatalError } from '../../core/index.ts';
import type { Strategy } from '../strategy.ts';
import { createTurnEngine, runTurn } from '../turn/index.ts';
import { loadStrategy } from './load-strategy.ts';
import { MarketFold } from './market-fold.ts';
import { NO_STRATEGY, type TurnMessage, type WorkerAnswer, type WorkerStart } from './messages.ts';
import { pack } from './portable-error.ts';

const port = parentPort;
if (port === null) throw new FatalError('expected to run as a worker thread, was the main thread');
const { settings, directory, journal, marker } = workerData.start as WorkerStart;

const running = new Int32Array(marker);
const onStrategy = (index: number): void => {
  Atomics.store(running, 0, index);
};
const answer = (message: WorkerAnswer): void => port.postMessage(message);

async function loadAll(): Promise<ReadonlyMap<string, Strategy<never>>> {
  const references = [...new Set(settings.accounts.map(({ strategy }) => strategy))];
  const strategies = new Map<string, Strategy<never>>();
  for (const [index, reference] of references.entries()) {
    onStrategy(index);
    strategies.set(reference, await loadStrategy(reference, directory));
  }
  onStrategy(NO_STRATEGY);
  return strategies;
}

try {
  const engine = createTurnEngine(await loadAll(), settings);
  const fold = new MarketFold();
  if (journal.base !== null) {
    if ('checkpoint' in journal.base) fold.restore(journal.base.checkpoint);
    else fold.apply({ kind: 'restarted', snapshot: journal.base.snapshot });
    fold.apply({ kind: 'advanced', entries: journal.entries });
  }
  port.on('message', ({ update, request, benched, checkpoint }: TurnMessage) => {
    try {
      if (update !== null) fold.apply(update);
      const result = runTurn({ engine, market: fold.market(), benched: new Set(benched), onStrategy }, request);
      answer({ kind: 'turned', result, checkpoint: checkpoint ? fold.checkpoint() : null });
    } catch (thrown) {
      answer({ kind: 'failed', error: pack(thrown) });
    }
  });
  const accounts = settings.accounts.map((account, index) => {
    const { parameters = {}, limits = {} } = engine.seats[index] ?? {};
    return { ...account, parameters, limits };
  });
  answer({ kind: 'ready', accounts });
} catch (thrown) {
  answer({ kind: 'failed', error: pack(thrown) });
}
