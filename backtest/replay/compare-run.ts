import { type Height, height, microStx } from '../../src/core/index.ts';
import type { Strategy, TurnRequest } from '../../src/trading/index.ts';
import { EventKind } from '../data/event-columns.ts';
import { recordedEvents } from '../data/recording/open-recording.ts';
import type { BacktestInput, BacktestSettings, RecordedMarket } from '../driver/backtest-input.ts';
import { runBacktest } from '../driver/run-backtest.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import { completeOpening } from '../market/complete-opening.ts';
import type { FillModel } from '../venue/fill-model.ts';
import { compareFills, type FillCounts, type RunFill } from './compare-fills.ts';
import type { RecordedRun } from './read-run.ts';
import { type RealTrading, realTrading } from './real-trading.ts';

/** What a backtest of a run comes to by one fill model, beside what really came of it. Money in µSTX, before fees. */
export interface RunComparison extends FillCounts {
  readonly model: FillModel['name'];
  readonly profit: { readonly real: bigint; readonly simulated: bigint };
}

export interface ComparedRun {
  /** Blocks from the tip of a turn to the block of its purchases, the median of the run; null where it bought nothing. */
  readonly latencyBlocks: number | null;
  readonly models: readonly RunComparison[];
}

export interface CompareOptions {
  readonly fills: readonly FillModel[];
  /** In place of the run's own. */
  readonly latencyBlocks?: number;
  readonly toleranceBlocks: number;
}

const MAX_ENTRIES = 100;
const WALLET = microStx(1_000_000_000_000);

/**
 * Plays a run's events through the venue, once for each fill model, with its own strategies deciding anew on what comes of
 * it; and compares the fills with the real ones. Null for a run that holds no event or no turn.
 */
export function compareRun(
  run: RecordedRun,
  strategies: ReadonlyMap<string, Strategy<never>>,
  { fills, latencyBlocks: wanted, toleranceBlocks }: CompareOptions,
): ComparedRun | null {
  if (run.recording.events === 0) return null;
  const recorded = recordedEvents(run.recording);
  const market = { ...recorded, opening: completeOpening(recorded.opening, recorded.columns()) };
  const { accounts } = run.head.settings;
  const real = realTrading(market, accounts, run.head.grid);
  const pace = paceOf(run, real);
  if (pace === null || pace.from > market.lastHeight || pace.to < market.firstHeight) return null;
  const { latencyBlocks } = pace;
  const settings = settingsOf(run, market, { ...pace, latencyBlocks: wanted ?? latencyBlocks ?? 1 });
  const models = fills.map((model): RunComparison => {
    const simulated = simulate(run, { market, strategies, fills: model, settings });
    const counts = compareFills(real.fills, simulated.fills, { toleranceBlocks });
    return { model: model.name, ...counts, profit: { real: real.profit, simulated: simulated.profit } };
  });
  return { latencyBlocks, models };
}

/** When a run decided, and how fast it and its chain were. */
interface Pace {
  readonly from: Height;
  readonly to: Height;
  readonly blockMs: number;
  readonly latencyBlocks: number | null;
  readonly wallet: number;
}

function paceOf(run: RecordedRun, real: RealTrading): Pace | null {
  const latencies: number[] = [];
  let first: TurnRequest | null = null;
  let last: TurnRequest | null = null;
  let wallet = 0;
  for (const { turn } of run.turns()) {
    const { request, decided } = turn;
    first ??= request;
    last = request;
    for (const { balance } of request.lanes) wallet = Math.max(wallet, balance);
    for (const { account, intent, verdict } of decided.decisions) {
      if (intent.kind !== 'buy' || verdict.kind === 'deny') continue;
      const at = real.boughtAt(account, intent.tradeId);
      if (at !== undefined && at > request.height) latencies.push(at - request.height);
    }
  }
  if (first === null || last === null) return null;
  const blocks = Math.max(1, last.height - first.height);
  return {
    from: first.height,
    to: last.height,
    blockMs: Math.max(1, Math.round((last.nowMs - first.nowMs) / blocks)),
    latencyBlocks: latencies.sort((a, b) => a - b)[Math.floor(latencies.length / 2)] ?? null,
    wallet,
  };
}

function settingsOf(
  { head }: RecordedRun,
  market: RecordedMarket,
  pace: Omit<Pace, 'latencyBlocks'> & { readonly latencyBlocks: number },
): BacktestSettings {
  const { sending, settings, grid } = head;
  return {
    ...sending,
    seed: settings.seed,
    latencyBlocks: pace.latencyBlocks,
    maxEntries: MAX_ENTRIES,
    wallet: pace.wallet > 0 ? microStx(pace.wallet) : WALLET,
    grid,
    settleBlocks: null,
    blockMs: pace.blockMs,
    periodBlocks: Math.max(1, market.lastHeight - market.firstHeight),
    from: pace.from,
    to: height(Math.min(pace.to, market.lastHeight)),
  };
}

function simulate(
  { head }: RecordedRun,
  input: Pick<BacktestInput, 'market' | 'strategies' | 'fills' | 'settings'>,
): { readonly fills: readonly RunFill[]; readonly profit: bigint } {
  const fills: RunFill[] = [];
  const ours = new Set(head.settings.accounts.map(({ principal }) => principal));
  const onEvent = ({ next, accounts }: ColumnarMarket): void => {
    if (next.kind[0] !== EventKind.tradeBought) return;
    const terms = {
      height: next.height[0] as number,
      amount: next.amount[0] as number,
      price: next.price[0] as number,
    };
    const [seller, buyer] = [accounts.nameOf(next.account[0] as number), accounts.nameOf(next.other[0] as number)];
    if (ours.has(seller)) fills.push({ account: seller, side: 'sold', ...terms });
    if (ours.has(buyer)) fills.push({ account: buyer, side: 'bought', ...terms });
  };
  const { accounts } = runBacktest({
    ...input,
    accounts: head.settings.accounts.map((account) => ({ ...account, name: account.principal, opening: null })),
    onEvent,
  });
  return { fills, profit: accounts.reduce((sum, { profit }) => sum + profit.net - profit.fees, 0n) };
}
