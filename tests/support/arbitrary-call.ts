import fc from 'fast-check';
import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import { MAX_AMOUNT, type Principal } from '../../src/core/index.ts';

/** Who calls what; all numbers are small enough that calls meet each other, with the edges now and then. */
export interface ArbitraryCall {
  readonly caller: Principal;
  readonly call: GridCall | EntryCall;
}

export interface ArbitraryCallOptions {
  readonly owner: Principal;
  readonly prosumers: readonly Principal[];
  readonly operators: readonly Principal[];
  readonly meter: Principal;
  /** Heights that the calls name lie within this range. */
  readonly heights: readonly [number, number];
}

const number = (low: number, high: number): fc.Arbitrary<bigint> => fc.bigInt(BigInt(low), BigInt(high));
const edges = fc.constantFrom(0n, BigInt(MAX_AMOUNT), BigInt(MAX_AMOUNT) + 1n, 2n ** 128n - 1n);
const amount = fc.oneof({ weight: 12, arbitrary: number(1, 60) }, { weight: 1, arbitrary: edges });
const price = fc.oneof({ weight: 12, arbitrary: number(1, 12) }, { weight: 1, arbitrary: edges });
const tradeId = number(0, 14);

/** Random calls by random callers: prosumers for themselves, operators for prosumers, meters, the owner, and strangers. */
export function arbitraryCall(options: ArbitraryCallOptions): fc.Arbitrary<ArbitraryCall> {
  const { owner, prosumers, operators, meter, heights } = options;
  const prosumer = fc.constantFrom(...prosumers);
  const operator = fc.constantFrom(...operators);
  const anyone = fc.constantFrom(owner, meter, ...prosumers, ...operators);
  const until = number(...heights);
  const buyEntry = fc.record({ buyer: prosumer, tradeId, amount: fc.oneof(number(1, 9), amount), maxPrice: price });
  const listEntry = fc.record({ seller: prosumer, amount, price });
  const cancelEntry = fc.record({ seller: prosumer, tradeId });
  const entries = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { maxLength: 6 });
  const by = (caller: fc.Arbitrary<Principal>, weight: number, call: fc.Arbitrary<GridCall | EntryCall>) => ({
    weight,
    arbitrary: fc.record({
      caller: fc.oneof({ weight: 9, arbitrary: caller }, { weight: 1, arbitrary: anyone }),
      call,
    }),
  });
  const kind = <Kind extends string>(name: Kind) => fc.constant(name);
  return fc.oneof(
    by(anyone, 1, fc.record({ kind: kind('registerProsumer') })),
    by(prosumer, 3, fc.record({ kind: kind('addEnergy'), amount })),
    by(prosumer, 1, fc.record({ kind: kind('consumeEnergy'), amount })),
    by(prosumer, 3, fc.record({ kind: kind('addFunds'), amount })),
    by(prosumer, 2, fc.record({ kind: kind('withdrawFunds'), amount })),
    by(prosumer, 5, fc.record({ kind: kind('tradeEnergy'), amount: number(1, 9), price })),
    by(prosumer, 5, fc.record({ kind: kind('buyEnergy'), tradeId })),
    by(anyone, 3, fc.record({ kind: kind('cancelTrade'), tradeId })),
    by(fc.constant(owner), 1, fc.record({ kind: kind('setEnergyPrice'), price })),
    by(fc.constant(owner), 1, fc.record({ kind: kind('requireMeters'), required: fc.boolean() })),
    by(fc.constant(owner), 2, fc.record({ kind: kind('assignMeter'), prosumer, meter: fc.constant(meter) })),
    by(
      fc.constant(meter),
      3,
      fc.record({
        kind: kind('recordReading'),
        prosumer,
        readingId: number(1, 40),
        produced: amount,
        consumed: amount,
      }),
    ),
    by(
      prosumer,
      3,
      fc.record({
        kind: kind('delegateTrading'),
        operator,
        spendLimit: number(0, 400),
        energyLimit: number(0, 60),
        maxBuyPrice: number(0, 12),
        minSellPrice: number(0, 6),
        expiresAt: until,
      }),
    ),
    by(prosumer, 1, fc.record({ kind: kind('revokeDelegation'), operator })),
    by(
      operator,
      4,
      fc.record({ kind: kind('tradeEnergyFor'), validUntil: until, openUntil: until, entries: entries(listEntry) }),
    ),
    by(operator, 6, fc.record({ kind: kind('buyEnergyFor'), validUntil: until, entries: entries(buyEntry) })),
    by(operator, 3, fc.record({ kind: kind('cancelTradeFor'), validUntil: until, entries: entries(cancelEntry) })),
    by(
      operator,
      3,
      fc.record({ kind: kind('tradeOneFor'), seller: prosumer, amount: number(1, 9), price, openUntil: until }),
    ),
  );
}
