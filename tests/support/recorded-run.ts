import { fileDisk } from '../../backtest/data/recording/disk.ts';
import type { LogUpdate } from '../../backtest/data/recording/recorder.ts';
import { type RecordingPlace, type RecordRunDeps, recordRun } from '../../backtest/replay/record-run.ts';
import { eventDigest, OPENING_DIGEST } from '../../src/contract/index.ts';
import { height, microStx, price, sequence, wh } from '../../src/core/index.ts';
import type { MarketSnapshot, MarketUpdate } from '../../src/market/index.ts';
import { MarketFold } from '../../src/trading/host/index.ts';
import {
  createTurnEngine,
  type EngineSettings,
  type PlannedIntent,
  runTurn,
  type Strategy,
  type TurnRequest,
} from '../../src/trading/index.ts';
import bargainBuyer from '../../strategies/bargain-buyer/index.ts';
import { alice, bob, createNeighbourhood, type ModelMarket, owner, summaryOf } from './model-market.ts';
import { chainHead, type LogEntry, logEntry } from './recorded-events.ts';

/** What happens in a block. */
type Deed = (market: ModelMarket, at: number) => void;

const settings: EngineSettings = {
  run: 'r1',
  seed: 7,
  allowOwnTrades: false,
  accounts: [
    { principal: bob, operators: [bob], strategy: 'bargain-buyer', parameters: {}, limits: {}, targetWh: wh(100_000) },
  ],
};

export interface RunSceneOptions {
  readonly folder: string;
  readonly place?: Partial<RecordingPlace>;
  readonly deps?: Partial<RecordRunDeps>;
}

/**
 * A bot that trades for Bob on a market in memory, as the service's would: each block is folded and decided on by a turn,
 * which is recorded. What the turn allows is executed in the next block.
 */
export function runScene({ folder, place = {}, deps = {} }: RunSceneOptions) {
  const warnings: string[] = [];
  let nowMs = Date.UTC(2026, 5, 1);
  const recorder = recordRun(
    { disk: fileDisk, now: () => nowMs, warn: (message) => warnings.push(message), version: 'test', ...deps },
    {
      chain: chainHead.chain as NonNullable<typeof chainHead.chain>,
      owner,
      settings,
      grid: { import: null, feedIn: null },
      sending: {
        fee: { ratePerByte: 1.2, floor: microStx(300), cap: microStx(100_000) },
        validityBlocks: 10,
        maxUnconfirmed: 20,
      },
      finalDepth: 3,
      directory: '.',
    },
    { folder, days: 30, maxMiB: 100, ...place },
  );
  const engine = createTurnEngine(new Map([['bargain-buyer', bargainBuyer as unknown as Strategy<never>]]), settings);
  const fold = new MarketFold();
  let deeds: { readonly at: number; readonly deed: Deed }[] = [];
  let market = createNeighbourhood();
  let seen: readonly LogEntry[] = [];
  let pending: readonly PlannedIntent[] = [];
  let tip = 10;
  let turn = 0;

  const logged = (): LogEntry[] => market.events.map((event, index) => logEntry(event, index));

  function take(update: MarketUpdate & Partial<LogUpdate>, changes: Partial<TurnRequest> = {}) {
    fold.apply(update as MarketUpdate);
    const request: TurnRequest = {
      turn,
      height: height(tip),
      nowMs,
      lastPoll: { atMs: nowMs, height: height(tip) },
      haltState: 'active',
      openIntents: [],
      dayTotals: [{ account: bob, spent: microStx(0), fees: microStx(0) }],
      lanes: [{ operator: bob, unconfirmed: 0, entriesLeft: 2_000, balance: microStx(10_000_000) }],
      feePerEntry: microStx(150),
      grid: { import: null, feedIn: null },
      targets: [],
      ...changes,
    };
    const result = runTurn({ engine, market: fold.market() }, request);
    const last = sequence(logged().at(-1)?.event.sequence ?? 0);
    recorder.note({
      update: { ...update, height: height(tip), sequence: last } as never,
      request,
      benched: [],
      result,
    });
    turn += 1;
    nowMs += 2_000;
    pending = result.allowed;
    seen = logged();
    return result;
  }

  /** Bob's purchases of the last turn that the market still takes. */
  const purchases =
    (planned: readonly PlannedIntent[]): Deed =>
    (on, at) => {
      for (const { intent } of planned) {
        if (intent.kind !== 'buy') continue;
        const call = { kind: 'buyEnergy', tradeId: BigInt(intent.tradeId) } as const;
        if (on.ask(bob, call, { height: at }).ok) on.act(bob, call, { height: at });
      }
    };

  function snapshot(): MarketSnapshot {
    const { state } = market;
    const digest = logged().reduce((before, { hex }) => eventDigest(before, hex), OPENING_DIGEST as string);
    return {
      owner,
      indexBlockHash: '00'.repeat(32),
      summary: summaryOf(state, { height: height(tip), digest }),
      offers: state.openOffers.map(({ id }) => ({ id, trade: state.trades.get(id) as never })),
      prosumers: [...state.prosumers].map(([prosumer, record]) => ({ prosumer, record })),
      delegations: [],
    };
  }

  return {
    warnings,
    recorder,
    pass: (ms: number) => {
      nowMs += ms;
    },
    /** The bot begins: it reads the market anew. */
    begin: () => take({ kind: 'restarted', snapshot: snapshot() }),
    /** A block in which Alice lists at a price, and Bob's purchases arrive. */
    block(asked: number, changes: Partial<TurnRequest> = {}) {
      tip += 1;
      const bought = purchases(pending);
      const deed: Deed = (on, at) => {
        bought(on, at);
        on.act(alice, { kind: 'tradeEnergy', amount: 10n, price: BigInt(price(asked)) }, { height: at });
      };
      deeds = [...deeds, { at: tip, deed }];
      deed(market, tip);
      return take({ kind: 'advanced', entries: entriesAfter(seen.length) } as never, changes);
    },
    /** A block in which nothing happens. */
    idle(changes: Partial<TurnRequest> = {}) {
      tip += 1;
      return take({ kind: 'idle' }, changes);
    },
    /** The last blocks that held something never were: instead of them Alice listed once, at a price. */
    reorg(blocks: number, asked: number) {
      const at = deeds.at(-blocks)?.at ?? tip;
      const instead: Deed = (on, when) => {
        on.act(alice, { kind: 'tradeEnergy', amount: 10n, price: BigInt(asked) }, { height: when });
      };
      deeds = [...deeds.slice(0, -blocks), { at, deed: instead }];
      market = createNeighbourhood();
      for (const each of deeds) each.deed(market, each.at);
      const now = logged();
      const common = seen.findIndex(({ hex }, index) => hex !== now[index]?.hex);
      return take({
        kind: 'rewound',
        toSequence: sequence(common),
        entries: entriesAfter(common),
      } as never);
    },
  };

  function entriesAfter(count: number) {
    return logged()
      .slice(count)
      .map((entry) => ({ ...entry, height: entry.event.height }));
  }
}
