import fc from 'fast-check';
import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import type { MarketState } from '../../src/market/index.ts';

/** A call that is not yet bound to a state: what it names is made from the state that it meets. */
export interface Draft {
  readonly caller: Principal;
  readonly bind: (state: MarketState, height: number) => GridCall | EntryCall;
}

export interface Cast {
  readonly owner: Principal;
  readonly prosumers: readonly Principal[];
  readonly operators: readonly Principal[];
  readonly meter: Principal;
  /** Never registers. */
  readonly stranger: Principal;
}

const MAX = 2n ** 53n - 1n;
const edge = fc.constantFrom(0n, 1n, MAX - 1n, MAX, MAX + 1n, 2n ** 64n, 2n ** 127n, 2n ** 128n - 1n);
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

const amount = mostly(fc.bigInt(1n, 300n), edge);
const price = mostly(fc.bigInt(1n, 200n), edge);
const limit = mostly(fc.bigInt(0n, 20_000n), edge);
/** Blocks from the height of the call on. */
const delay = mostly(fc.integer({ min: 0, max: 8 }), fc.constantFrom(-1, -2));
const heightFrom = mostly(
  delay.map((blocks) => (height: number) => BigInt(Math.max(0, height + blocks))),
  edge.map((named) => () => named),
  20,
);

type Pick = (state: MarketState) => bigint;
const openTrade: fc.Arbitrary<Pick> = fc.nat(200).map((nth) => (state: MarketState): bigint => {
  const offer = state.openOffers[nth % Math.max(1, state.openOffers.length)];
  return BigInt(offer?.id ?? 1);
});
const anyTrade: fc.Arbitrary<Pick> = fc.oneof(fc.bigInt(0n, 30n), edge).map((id) => () => id);
const trade = mostly(openTrade, anyTrade, 6);

/** Random calls by the cast: usually sensible, often wrong, sometimes at the edges of what a uint holds. */
export function draftArbitrary(cast: Cast): fc.Arbitrary<Draft> {
  const prosumer = fc.constantFrom(...cast.prosumers);
  const operator = fc.constantFrom(...cast.operators);
  const anyone = mostly(prosumer, fc.constantFrom(cast.stranger, cast.owner, cast.meter, ...cast.operators));
  const trader = fc.oneof(operator, prosumer);
  const principal = fc.oneof({ weight: 8, arbitrary: prosumer }, { weight: 1, arbitrary: fc.constant(cast.stranger) });
  const owner = mostly(fc.constant(cast.owner), prosumer, 5);

  const listEntry = fc.record({ seller: principal, amount, price });
  const buyEntry = fc
    .record({
      buyer: principal,
      pick: trade,
      off: mostly(fc.constant(0n), fc.constantFrom(1n, -1n), 8),
      slack: fc.constantFrom(0n, 0n, 5n, -1n),
    })
    .map(({ buyer, pick, off, slack }) => (state: MarketState) => {
      const tradeId = pick(state);
      const known = tradeId <= MAX ? state.trades.get(Number(tradeId) as never) : undefined;
      const terms = { amount: BigInt(known?.amount ?? 1) + off, maxPrice: BigInt(known?.price ?? 1) + slack };
      return { buyer, tradeId, ...terms };
    });
  const cancelEntry = fc
    .record({ pick: trade, other: mostly(fc.constant(null), principal, 5) })
    .map(({ pick, other }) => (state: MarketState) => {
      const tradeId = pick(state);
      const known = tradeId <= MAX ? state.trades.get(Number(tradeId) as never) : undefined;
      return { seller: other ?? known?.seller ?? cast.stranger, tradeId };
    });

  const draft = (caller: fc.Arbitrary<Principal>, bind: fc.Arbitrary<Draft['bind']>): fc.Arbitrary<Draft> =>
    fc.record({ caller, bind });
  const plain = (call: fc.Arbitrary<GridCall | EntryCall>): fc.Arbitrary<Draft['bind']> =>
    call.map((made) => () => made);

  const account = draft(
    anyone,
    plain(
      fc.oneof(
        fc.constant({ kind: 'registerProsumer' as const }),
        fc.record({ kind: fc.constantFrom('addEnergy', 'consumeEnergy'), amount: mostly(amount, edge, 5) }),
        fc.record({
          kind: fc.constantFrom('addFunds', 'withdrawFunds'),
          amount: mostly(fc.bigInt(1n, 30_000n), edge, 5),
        }),
      ) as fc.Arbitrary<GridCall>,
    ),
  );
  const own = draft(
    anyone,
    fc.oneof(
      plain(fc.record({ kind: fc.constant('tradeEnergy' as const), amount, price })),
      trade.map(
        (pick) =>
          (state: MarketState): GridCall => ({ kind: 'buyEnergy', tradeId: pick(state) }),
      ),
      trade.map(
        (pick) =>
          (state: MarketState): GridCall => ({ kind: 'cancelTrade', tradeId: pick(state) }),
      ),
    ),
  );
  const delegating = draft(
    anyone,
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .record({
            operator: fc.oneof({ weight: 6, arbitrary: operator }, { weight: 1, arbitrary: prosumer }),
            spendLimit: limit,
            energyLimit: mostly(fc.bigInt(0n, 600n), edge),
            maxBuyPrice: mostly(fc.bigInt(50n, 200n), edge),
            minSellPrice: mostly(fc.bigInt(0n, 100n), edge),
            expires: fc.oneof(
              heightFrom,
              fc.constant((height: number) => BigInt(height + 100)),
            ),
          })
          .map(({ expires, ...limits }) => (_: MarketState, height: number): GridCall => {
            return { kind: 'delegateTrading', ...limits, expiresAt: expires(height) };
          }),
      },
      { weight: 1, arbitrary: plain(fc.record({ kind: fc.constant('revokeDelegation' as const), operator })) },
    ),
  );
  const batch = draft(
    trader,
    fc.oneof(
      fc
        .record({ valid: heightFrom, until: heightFrom, entries: fc.array(listEntry, { maxLength: 6 }) })
        .map(({ valid, until, entries }) => (_: MarketState, height: number): GridCall => {
          return { kind: 'tradeEnergyFor', validUntil: valid(height), openUntil: until(height), entries };
        }),
      fc
        .record({ valid: heightFrom, entries: fc.array(buyEntry, { maxLength: 6 }) })
        .map(({ valid, entries }) => (state: MarketState, height: number): GridCall => {
          return { kind: 'buyEnergyFor', validUntil: valid(height), entries: entries.map((entry) => entry(state)) };
        }),
      fc
        .record({ valid: heightFrom, entries: fc.array(cancelEntry, { maxLength: 6 }) })
        .map(({ valid, entries }) => (state: MarketState, height: number): GridCall => {
          return { kind: 'cancelTradeFor', validUntil: valid(height), entries: entries.map((entry) => entry(state)) };
        }),
    ),
  );
  const single = draft(
    trader,
    fc.oneof(
      fc.record({ entry: listEntry, until: heightFrom }).map(({ entry, until }) => (_: MarketState, height: number) => {
        return { kind: 'tradeOneFor' as const, ...entry, openUntil: until(height) };
      }),
      buyEntry.map((entry) => (state: MarketState) => ({ kind: 'buyOneFor' as const, ...entry(state) })),
      cancelEntry.map((entry) => (state: MarketState) => ({ kind: 'cancelOneFor' as const, ...entry(state) })),
    ),
  );
  /** A hundred small offers of the caller: the bounds of a batch and of an account. */
  const flood: fc.Arbitrary<Draft> = prosumer.map((caller) => ({
    caller,
    bind: (_, height) => {
      const entries = Array.from({ length: 100 }, () => ({ seller: caller, amount: 1n, price: 100n }));
      return { kind: 'tradeEnergyFor', validUntil: BigInt(height), openUntil: BigInt(height + 3), entries };
    },
  }));
  const ruling = draft(
    owner,
    plain(
      fc.oneof(
        fc.record({ kind: fc.constant('setEnergyPrice' as const), price }),
        fc.record({
          kind: fc.constant('requireMeters' as const),
          required: mostly(fc.constant(false), fc.constant(true), 2),
        }),
        fc.record({ kind: fc.constant('assignMeter' as const), prosumer: principal, meter: fc.constant(cast.meter) }),
      ) as fc.Arbitrary<GridCall>,
    ),
  );
  const reading = draft(
    mostly(fc.constant(cast.meter), prosumer, 5),
    plain(
      fc.record({
        kind: fc.constant('recordReading' as const),
        prosumer: principal,
        readingId: mostly(fc.bigInt(1n, 60n), edge),
        produced: mostly(fc.bigInt(0n, 400n), edge, 8),
        consumed: mostly(fc.bigInt(0n, 400n), edge, 8),
      }),
    ),
  );
  return fc.oneof(
    { weight: 12, arbitrary: account },
    { weight: 20, arbitrary: own },
    { weight: 10, arbitrary: delegating },
    { weight: 20, arbitrary: batch },
    { weight: 12, arbitrary: single },
    { weight: 1, arbitrary: flood },
    { weight: 5, arbitrary: ruling },
    { weight: 6, arbitrary: reading },
  );
}
