import type { EntryCall, GridCall } from '../../src/contract/index.ts';
import { broker, cast, inhabit, middling, type Pair, poor, rich, step } from './side-by-side.ts';

type Kind = (GridCall | EntryCall)['kind'];

/** Every function of the contract; the compiler holds that none is missing. */
const kinds: Record<Kind, true> = {
  registerProsumer: true,
  addEnergy: true,
  consumeEnergy: true,
  addFunds: true,
  withdrawFunds: true,
  tradeEnergy: true,
  buyEnergy: true,
  cancelTrade: true,
  setEnergyPrice: true,
  requireMeters: true,
  assignMeter: true,
  recordReading: true,
  delegateTrading: true,
  revokeDelegation: true,
  buyOneFor: true,
  tradeOneFor: true,
  cancelOneFor: true,
  buyEnergyFor: true,
  tradeEnergyFor: true,
  cancelTradeFor: true,
};

const MAX = 2n ** 53n - 1n;

/** One history in which each function succeeds and each error occurs; answers the functions' kinds. */
export function everyAnswer(pair: Pair): readonly string[] {
  const { owner, meter, stranger } = cast;
  inhabit(pair);
  limitsExactly(pair);
  const ahead = (blocks: number): bigint => BigInt(pair.contract.nextHeight + blocks);
  const limits = { spendLimit: 100n, energyLimit: 50n, maxBuyPrice: 100n, minSellPrice: 50n } as const;

  step(pair, rich, { kind: 'registerProsumer' });
  step(pair, stranger, { kind: 'addEnergy', amount: 1n });
  step(pair, rich, { kind: 'addEnergy', amount: 0n });
  step(pair, rich, { kind: 'addEnergy', amount: MAX });
  step(pair, poor, { kind: 'addFunds', amount: 1n });
  step(pair, rich, { kind: 'consumeEnergy', amount: 100_000n });
  step(pair, rich, { kind: 'consumeEnergy', amount: 1n });
  step(pair, rich, { kind: 'withdrawFunds', amount: MAX });
  step(pair, rich, { kind: 'withdrawFunds', amount: 1n });
  step(pair, rich, { kind: 'tradeEnergy', amount: 1n, price: 0n });
  step(pair, rich, { kind: 'setEnergyPrice', price: 1n });
  step(pair, owner, { kind: 'setEnergyPrice', price: 110n });

  // Inhabitants list trades 1 to 3 (rich), 4 to 6 (middling) and 7 to 9 (poor), of 40, 90 and 160 Wh at as many µSTX.
  step(pair, rich, { kind: 'buyEnergy', tradeId: 1n });
  step(pair, rich, { kind: 'buyEnergy', tradeId: 999n });
  step(pair, rich, { kind: 'buyEnergy', tradeId: 4n });
  step(pair, rich, { kind: 'buyEnergy', tradeId: 4n });
  step(pair, rich, { kind: 'buyOneFor', buyer: rich, tradeId: 5n, amount: 89n, maxPrice: 90n });
  step(pair, broker, { kind: 'buyOneFor', buyer: rich, tradeId: 5n, amount: 90n, maxPrice: 90n });
  step(pair, broker, {
    kind: 'buyEnergyFor',
    validUntil: ahead(0),
    entries: [
      { buyer: middling, tradeId: 7n, amount: 40n, maxPrice: 40n },
      { buyer: middling, tradeId: 7n, amount: 40n, maxPrice: 40n },
      { buyer: stranger, tradeId: 8n, amount: 90n, maxPrice: 90n },
    ],
  });
  step(pair, rich, { kind: 'cancelTrade', tradeId: 1n });
  step(pair, rich, { kind: 'cancelOneFor', seller: rich, tradeId: 2n });
  step(pair, rich, { kind: 'tradeOneFor', seller: rich, amount: 1n, price: 1n, openUntil: ahead(-1) });
  step(pair, rich, { kind: 'tradeOneFor', seller: rich, amount: 1n, price: 1n, openUntil: ahead(0) });

  step(pair, rich, { kind: 'delegateTrading', operator: broker, ...limits, expiresAt: ahead(6) });
  const list = { kind: 'tradeOneFor', seller: rich, openUntil: ahead(50) } as const;
  step(pair, broker, { ...list, amount: 1n, price: 49n });
  step(pair, broker, { ...list, amount: 51n, price: 50n });
  step(pair, broker, { ...list, amount: 50n, price: 50n });
  step(pair, broker, { kind: 'buyOneFor', buyer: rich, tradeId: 8n, amount: 90n, maxPrice: 90n });
  step(pair, broker, {
    kind: 'cancelTradeFor',
    validUntil: ahead(0),
    entries: [{ seller: rich, tradeId: BigInt(pair.state.lastTradeId) }],
  });
  pair.contract.wait(3);
  step(pair, broker, { ...list, amount: 1n, price: 50n });
  step(pair, rich, { kind: 'revokeDelegation', operator: broker });
  step(pair, broker, { ...list, amount: 1n, price: 50n });

  const flood = Array.from({ length: 100 }, () => ({ seller: rich, amount: 1n, price: 100n }));
  step(pair, rich, { kind: 'tradeEnergyFor', validUntil: ahead(0), openUntil: ahead(0), entries: flood });
  step(pair, rich, { kind: 'tradeEnergyFor', validUntil: ahead(0), openUntil: ahead(0), entries: [] });

  step(pair, owner, { kind: 'assignMeter', prosumer: poor, meter });
  step(pair, owner, { kind: 'requireMeters', required: true });
  step(pair, meter, { kind: 'recordReading', prosumer: poor, readingId: 1n, produced: 0n, consumed: MAX });
  for (const readingId of [1n, 1n, 2n]) {
    step(pair, meter, { kind: 'recordReading', prosumer: poor, readingId, produced: 5n, consumed: 6n });
  }
  return Object.keys(kinds);
}

/** Limits and heights on the very edge and one beyond: a delegation's, then an offer's. */
function limitsExactly(pair: Pair): void {
  const last = (): bigint => BigInt(pair.state.lastTradeId);
  const next = (): bigint => BigInt(pair.contract.nextHeight);
  const lot = { kind: 'tradeOneFor', seller: middling, amount: 10n, price: 40n } as const;
  step(pair, rich, { kind: 'tradeEnergy', amount: 10n, price: 40n });
  const expiresAt = next() + 4n;
  step(pair, middling, {
    kind: 'delegateTrading',
    operator: broker,
    spendLimit: 400n,
    energyLimit: 20n,
    maxBuyPrice: 40n,
    minSellPrice: 40n,
    expiresAt,
  });
  step(pair, broker, { kind: 'buyOneFor', buyer: middling, tradeId: last(), amount: 10n, maxPrice: 40n });
  step(pair, broker, { ...lot, openUntil: expiresAt });
  step(pair, broker, { ...lot, amount: 11n, openUntil: expiresAt });
  step(pair, broker, { ...lot, openUntil: expiresAt });
  step(pair, broker, { ...lot, openUntil: expiresAt + 1n });

  const openUntil = next() + 2n;
  const entries = [{ seller: rich, amount: 10n, price: 40n }];
  step(pair, rich, { kind: 'tradeEnergyFor', validUntil: next(), openUntil, entries: [...entries, ...entries] });
  step(pair, cast.stranger, { kind: 'cancelTrade', tradeId: last() });
  step(pair, middling, { kind: 'buyEnergy', tradeId: last() - 1n });
  step(pair, middling, { kind: 'buyEnergy', tradeId: last() });
  step(pair, cast.stranger, { kind: 'cancelTrade', tradeId: last() });
  step(pair, rich, { kind: 'tradeEnergyFor', validUntil: next() - 1n, openUntil: next(), entries });
}
