import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microStx, wh } from '../../../../src/core/index.ts';
import {
  createTurnEngine,
  type Intent,
  type RiskLimits,
  runTurn,
  type Strategy,
  type TradingAccount,
} from '../../../../src/trading/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../../../support/fuzz.ts';
import {
  accountOf,
  botOperator,
  buyOf,
  cancelOf,
  listOf,
  openIntent,
  sceneMarket,
  turnRequest,
  wideDelegation,
} from '../../../support/turn-scene.ts';

const OFFERS = 12;
const ACCOUNTS = 4;

const intents = fc.oneof(
  fc
    .tuple(fc.nat(OFFERS + 2), fc.nat(150))
    .map(([id, maxPrice]): [number, (amount: number) => Intent] => [id, (amount) => buyOf(id, amount, maxPrice)]),
  fc
    .tuple(fc.nat(600), fc.nat(200), fc.integer({ min: 990, max: 1_010 }))
    .map(([amount, unitPrice, until]): [number, (amount: number) => Intent] => [
      0,
      () => listOf(amount, unitPrice, until),
    ]),
  fc.nat(OFFERS + 2).map((id): [number, (amount: number) => Intent] => [id, (amount) => cancelOf(id, amount)]),
);

const scenes = fc.record({
  offers: fc.array(
    fc.record({ amount: fc.integer({ min: 1, max: 400 }), price: fc.integer({ min: 1, max: 150 }), seller: fc.nat(8) }),
    {
      minLength: OFFERS,
      maxLength: OFFERS,
    },
  ),
  wants: fc.array(fc.array(intents, { maxLength: 15 }), { minLength: ACCOUNTS, maxLength: ACCOUNTS }),
  held: fc.array(fc.tuple(fc.nat(ACCOUNTS - 1), fc.nat(OFFERS)), { maxLength: 4 }),
  funds: fc.nat(60_000),
  energy: fc.integer({ min: -100, max: 1_500 }),
  spendPerTurn: fc.nat(60_000),
  spendLeft: fc.nat(60_000),
  energyLeft: fc.nat(1_000),
  entriesLeft: fc.nat(20),
  openOffers: fc.nat(5),
  turn: fc.nat(100),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('runTurn', () => {
  it('behavior: whatever strategies ask for, what is allowed stays within every limit', {
    timeout: FUZZ_TIMEOUT,
  }, () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const offers = scene.offers.map((offer, index) => ({
          ...offer,
          id: index + 1,
          // Some are offers of the bot's own accounts.
          seller: accountOf(offer.seller),
          lister: botOperator,
        }));
        const limits: Partial<RiskLimits> = {
          spendPerTurn: microStx(scene.spendPerTurn),
          openOffers: scene.openOffers,
        };
        const accounts = Array.from({ length: ACCOUNTS }, (_, index): TradingAccount => {
          return { principal: accountOf(index), operators: [botOperator], strategy: `s${index}`, limits };
        });
        const strategies = new Map(
          scene.wants.map((wanted, index): [string, Strategy<never>] => [
            `s${index}`,
            {
              apiVersion: 1,
              name: 'asker',
              description: 'Asks.',
              parameters: {},
              decide: () => wanted.map(([id, make]) => make(offers[id - 1]?.amount ?? 1)),
            },
          ]),
        );
        const prosumers = new Map(
          accounts.map(({ principal }) => [principal, { funds: microStx(scene.funds), energy: wh(scene.energy) }]),
        );
        const delegation = wideDelegation({ spendLeft: microStx(scene.spendLeft), energyLeft: wh(scene.energyLeft) });
        const market = sceneMarket({
          offers,
          prosumers,
          delegations: new Map(accounts.map(({ principal }) => [principal, delegation])),
        });
        const openIntents = scene.held.flatMap(([account, id]) => {
          const offer = offers[id - 1];
          if (offer === undefined) return [];
          const cost = offer.amount * offer.price;
          return [openIntent(accountOf(account), buyOf(id, offer.amount, offer.price), cost)];
        });
        const engine = createTurnEngine(strategies, { run: 'r', seed: 1, accounts });
        const lanes = [
          { operator: botOperator, unconfirmed: 0, entriesLeft: scene.entriesLeft, balance: microStx(10_000_000) },
        ];
        const request = turnRequest({ turn: scene.turn, openIntents, lanes });

        const result = runTurn({ engine, market }, request);
        expect(runTurn({ engine, market }, request)).toEqual(result);
        expect(result.benched).toEqual([]);
        expect(result.allowed.length).toBeLessThanOrEqual(scene.entriesLeft);

        const claims = [...openIntents, ...result.allowed].flatMap(({ intent }) =>
          intent.kind === 'list' ? [] : [intent.tradeId],
        );
        const fresh = claims.slice(openIntents.length);
        expect(new Set(fresh).size).toBe(fresh.length);
        for (const id of fresh) expect(claims.slice(0, openIntents.length)).not.toContain(id);

        for (const { principal } of accounts) {
          const mine = result.allowed.filter(({ account }) => account === principal).map(({ intent }) => intent);
          const before = openIntents.filter(({ account }) => account === principal);
          const costs = mine.map((intent) =>
            intent.kind === 'buy' ? (market.offers.offer(intent.tradeId)?.cost ?? Number.NaN) : 0,
          );
          const listed = mine.map((intent) => (intent.kind === 'list' ? intent.amount : 0));
          const pending = sum(before.map(({ cost }) => cost));
          const spent = sum(costs);
          expect(spent).toBeLessThanOrEqual(scene.spendPerTurn);
          if (spent > 0) expect(spent + pending).toBeLessThanOrEqual(Math.min(scene.funds, scene.spendLeft));
          if (sum(listed) > 0) expect(sum(listed)).toBeLessThanOrEqual(Math.min(scene.energy, scene.energyLeft));
          const open = market.prosumer(principal)?.openTrades ?? 0;
          const lists = listed.filter((amount) => amount > 0).length;
          if (lists > 0) expect(open + lists).toBeLessThanOrEqual(scene.openOffers);
          for (const intent of mine) {
            const offer = intent.kind === 'list' ? undefined : market.offers.offer(intent.tradeId);
            if (intent.kind === 'buy')
              expect(accounts.map((account) => account.principal)).not.toContain(offer?.seller);
            if (intent.kind === 'cancel') expect(offer?.seller).toBe(principal);
          }
        }
      }),
      fuzzParameters('runTurn', { runs: 200 }),
    );
  });
});
