import { seededRandom, wh } from '../../src/core/index.ts';
import { createTurnEngine, runTurn, type TradingAccount } from '../../src/trading/index.ts';
import bargainBuyer from '../../strategies/bargain-buyer/index.ts';
import marketMaker from '../../strategies/market-maker/index.ts';
import surplusSeller from '../../strategies/surplus-seller/index.ts';
import { accountOf, botOperator, sceneMarket, turnRequest, wideDelegation } from '../support/turn-scene.ts';
import type { Bench, BenchResult } from './bench-result.ts';

const OFFERS = 500;
const ACCOUNTS = [1, 100, 1_000];
const ROUNDS = 15;
/** After so long the trading host ends a turn, unless told otherwise. */
const DEADLINE_MS = 5_000;

/** Time of a turn over a book of 500 offers, a third of the accounts on each of the three built-in strategies. */
export const turnBench: Bench = async (progress) => {
  const rows = ACCOUNTS.map((count) => {
    progress(`turn: measuring with ${count} accounts`);
    return measure(count);
  });
  return {
    name: 'turn',
    rows,
    limits: [
      'the turn alone, in process: live, the fold of new events and the way to the trading thread and back come on top',
      'at most: the deadline at which the trading host ends a turn; the slowest turn is held against it',
      'the first of 15 turns runs cold and is the slowest',
    ],
  };
};

function measure(count: number): BenchResult['rows'][number] {
  const random = seededRandom(1);
  const names = ['bargain-buyer', 'surplus-seller', 'market-maker'] as const;
  const accounts = Array.from({ length: count }, (_, index): TradingAccount => {
    const strategy = names[index % names.length] ?? 'bargain-buyer';
    const targetWh = wh(strategy === 'bargain-buyer' ? random.integer(10_000, 20_000) : 0);
    return { principal: accountOf(index), operators: [botOperator], strategy, targetWh };
  });
  const market = sceneMarket({
    offers: Array.from({ length: OFFERS }, (_, index) => ({
      id: index + 1,
      amount: random.integer(50, 1_000),
      price: random.integer(45, 120),
    })),
    delegations: new Map(accounts.map(({ principal }) => [principal, wideDelegation()])),
  });
  const strategies = new Map(
    [bargainBuyer, surplusSeller, marketMaker].map((strategy) => [strategy.name, strategy] as const),
  );
  const engine = createTurnEngine(strategies, { run: 'bench', seed: 1, accounts });
  let intents = 0;
  const times = Array.from({ length: ROUNDS }, (_, turn) => {
    const before = performance.now();
    intents = runTurn({ engine, market }, turnRequest({ turn })).allowed.length;
    return performance.now() - before;
  }).sort((a, b) => a - b);
  const slowest = times.at(-1) ?? 0;
  return {
    accounts: count,
    'open offers': OFFERS,
    intents,
    'median ms': Number(times[Math.floor(ROUNDS / 2)]?.toFixed(1)),
    'slowest ms': Number(slowest.toFixed(1)),
    'at most ms': DEADLINE_MS,
    'of limit': `${((100 * slowest) / DEADLINE_MS).toFixed(1)} %`,
  };
}
