import { expect } from 'vitest';
import type { GridCall, GridEvent } from '../../src/contract/index.ts';
import { height, type MicroStx, microStx, price, sequence, tradeId, wh } from '../../src/core/index.ts';
import type { MarketSnapshot } from '../../src/market/index.ts';
import { loadStrategy, MarketFold } from '../../src/trading/host/index.ts';
import {
  createTurnEngine,
  type OpenIntent,
  type PlannedIntent,
  runTurn,
  type Strategy,
  type TradingAccount,
} from '../../src/trading/index.ts';
import { createModelMarket, delegation, type ModelMarket, operator, owner } from './model-market.ts';
import { testPrincipal } from './test-principal.ts';

export const FEE = microStx(400);
/** Blocks from a turn's tip to the block that executes its transactions: long enough that turns overlap. */
const DELAY = 2;
export const neighbours = Array.from({ length: 12 }, (_, index) => testPrincipal(500 + index));
export const anna = testPrincipal(600);
export const ben = testPrincipal(601);
const accountsOf = (need: number): readonly TradingAccount[] => [
  { principal: anna, operators: [operator], strategy: 'surplus-seller' },
  { principal: ben, operators: [operator], strategy: 'bargain-buyer', targetWh: wh(need) },
  { principal: operator, operators: [operator], strategy: 'market-maker' },
];

const origin: MarketSnapshot = {
  owner,
  indexBlockHash: '00'.repeat(32),
  summary: {
    sequence: sequence(0),
    digest: '00'.repeat(32),
    lastTradeId: tradeId(0),
    energyPrice: price(100),
    gridBalance: 0n,
    totalFunds: 0n,
    prosumers: 0,
    metersRequired: false,
    height: height(1),
  },
  offers: [],
  prosumers: [],
  delegations: [],
};

function openMarket(): ModelMarket {
  const market = createModelMarket();
  for (const who of [...neighbours, anna, ben, operator]) {
    market.act(who, { kind: 'registerProsumer' });
    market.act(who, { kind: 'addFunds', amount: 50_000_000n });
  }
  for (const client of [anna, ben]) {
    const wide = { spendLimit: 1_000_000_000n, energyLimit: 1_000_000n, maxBuyPrice: 400n, minSellPrice: 20n };
    market.act(client, delegation({ ...wide, expiresAt: 1_000_000n }));
  }
  return market;
}

/** What an intent becomes on the chain; one call each keeps the test plain. */
function callOf({ account, intent }: PlannedIntent, at: number): GridCall {
  const validUntil = BigInt(at + 10);
  switch (intent.kind) {
    case 'buy': {
      const { tradeId: id, amount, maxPrice } = intent;
      const entry = { buyer: account, tradeId: BigInt(id), amount: BigInt(amount), maxPrice: BigInt(maxPrice) };
      return { kind: 'buyEnergyFor', validUntil, entries: [entry] };
    }
    case 'list': {
      const entry = { seller: account, amount: BigInt(intent.amount), price: BigInt(intent.price) };
      return { kind: 'tradeEnergyFor', validUntil, openUntil: BigInt(intent.openUntil), entries: [entry] };
    }
    case 'cancel':
      return { kind: 'cancelTradeFor', validUntil, entries: [{ seller: account, tradeId: BigInt(intent.tradeId) }] };
  }
}

const costOf = ({ intent }: PlannedIntent): MicroStx =>
  microStx(intent.kind === 'buy' ? intent.amount * intent.maxPrice : 0);

export interface TradingRun {
  readonly events: readonly GridEvent[];
  /** Of our own entries: how many succeeded, and why the others did not. */
  readonly succeeded: number;
  readonly failed: readonly string[];
  readonly planned: readonly PlannedIntent[];
  readonly denied: readonly string[];
  /** Energy of the operator's own account after each block, that in open offers included. */
  readonly inventory: readonly number[];
}

export interface TradingOptions {
  readonly seed: number;
  readonly blocks: number;
  /** The energy in Wh that Ben wants to hold. */
  readonly need: number;
  /** Everyone else: acts in block `at`, before our entries. */
  readonly others: (market: ModelMarket) => { act(at: number): void };
}

/** Our three accounts trade among others, each with a strategy of the repository and its default parameters. */
export async function trade({ seed, blocks, need, others }: TradingOptions): Promise<TradingRun> {
  const market = openMarket();
  const { act } = others(market);
  const accounts = accountsOf(need);
  const names = ['surplus-seller', 'bargain-buyer', 'market-maker'];
  const strategies = new Map<string, Strategy<never>>();
  for (const name of names) strategies.set(name, await loadStrategy(name, '.'));
  const engine = createTurnEngine(strategies, { run: 'loop', seed, accounts });
  const fold = new MarketFold();
  fold.apply({ kind: 'restarted', snapshot: origin });

  const failed: string[] = [];
  const planned: PlannedIntent[] = [];
  const denied: string[] = [];
  const inventory: number[] = [];
  let waiting: readonly (OpenIntent & { readonly due: number })[] = [];
  let folded = 0;
  let succeeded = 0;

  for (let tip = 10; tip < 10 + blocks; tip += 1) {
    fold.apply({
      kind: 'advanced',
      entries: market.events.slice(folded).map((event) => ({ event, height: height(tip) })),
    });
    folded = market.events.length;
    const result = runTurn(
      { engine, market: fold.market() },
      {
        turn: tip,
        height: height(tip),
        nowMs: tip * 2_000,
        lastPoll: { atMs: tip * 2_000, height: height(tip) },
        haltState: 'active',
        openIntents: waiting,
        dayTotals: [],
        lanes: [],
        feePerEntry: FEE,
      },
    );
    expect(result.benched).toEqual([]);
    planned.push(...result.allowed);
    denied.push(...result.decisions.flatMap(({ verdict }) => (verdict.kind === 'deny' ? [verdict.code] : [])));
    waiting = [...waiting, ...result.allowed.map((intent) => ({ ...intent, cost: costOf(intent), due: tip + DELAY }))];

    const at = tip + 1;
    act(at);
    for (const intent of waiting.filter(({ due }) => due === at)) {
      const decision = market.act(operator, callOf(intent, at), { height: at });
      const [entry] = decision.result as readonly { readonly ok: boolean; readonly error?: string }[];
      if (entry?.ok) succeeded += 1;
      else failed.push(`${intent.intent.kind} ${entry?.error}`);
    }
    waiting = waiting.filter(({ due }) => due > at);
    const held = market.state.prosumers.get(operator);
    inventory.push((held?.energy ?? 0) + (held?.escrowed ?? 0));
  }
  return { events: market.events, succeeded, failed, planned, denied, inventory };
}
