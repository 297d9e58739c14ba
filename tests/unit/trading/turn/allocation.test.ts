import { describe, expect, it } from 'vitest';
import { microStx, wh } from '../../../../src/core/index.ts';
import { createTurnEngine, runTurn } from '../../../../src/trading/index.ts';
import bargainBuyer from '../../../../strategies/bargain-buyer/index.ts';
import { buyAll, codesOf, turn } from '../../../support/one-turn.ts';
import {
  accountOf,
  botOperator,
  buyOf,
  listOf,
  sceneAccount,
  sceneMarket,
  turnRequest,
  wideDelegation,
} from '../../../support/turn-scene.ts';

describe('allocation', () => {
  it('behavior: fifty accounts and one cheap offer make one claim', () => {
    const accounts = Array.from({ length: 50 }, (_, index) =>
      sceneAccount(index, { strategy: 'bargain-buyer', targetWh: wh(50_000) }),
    );
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const engine = createTurnEngine(new Map([['bargain-buyer', bargainBuyer]]), { run: 'r', seed: 1, accounts });
    const { allowed, decisions } = runTurn({ engine, market }, turnRequest());
    expect(allowed).toHaveLength(1);
    expect(decisions).toHaveLength(1);
    expect(allowed[0]?.intent).toMatchObject({ kind: 'buy', tradeId: 1 });
  });

  it('behavior: who gets it changes fairly from turn to turn', () => {
    const accounts = Array.from({ length: 10 }, (_, index) => sceneAccount(index));
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const winners = Array.from({ length: 10 }, (_, index) =>
      turn(buyAll, { accounts, market, request: { turn: index } }),
    ).map(({ allowed }) => allowed[0]?.account);
    expect(new Set(winners).size).toBe(10);
  });

  it('behavior: a rival that names the offer all the same is denied', () => {
    const accounts = [sceneAccount(0), sceneAccount(1)];
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    const { decisions } = turn(() => [buyOf(1, 1_000, 50)], { accounts, market });
    expect(codesOf(decisions)).toEqual(['allow', 'OFFER_TAKEN']);
  });

  it('behavior: an offer that risk refused to one account is left to the next', () => {
    const accounts = [0, 1].map((index) =>
      sceneAccount(index, { limits: { spendPerTurn: microStx(index === 0 ? 1 : 100_000) } }),
    );
    const market = sceneMarket({ offers: [{ id: 1, amount: 1_000, price: 50 }] });
    for (const at of [0, 1]) {
      const { allowed } = turn(buyAll, { accounts, market, request: { turn: at } });
      expect(allowed.map(({ account }) => account)).toEqual([accountOf(1)]);
    }
  });

  it('behavior: accounts of one operator share its lane', () => {
    const accounts = Array.from({ length: 4 }, (_, index) => sceneAccount(index, { operators: [botOperator] }));
    const delegations = new Map(accounts.map(({ principal }) => [principal, wideDelegation()]));
    const lanes = [{ operator: botOperator, unconfirmed: 0, entriesLeft: 3, balance: microStx(1_000_000) }];
    const { decisions } = turn(() => [listOf(10, 90)], {
      accounts,
      market: sceneMarket({ delegations }),
      request: { lanes },
    });
    expect(codesOf(decisions)).toEqual(['allow', 'allow', 'allow', 'LANE_CAPACITY']);
  });
});
