import { describe, expect, it } from 'vitest';
import type { GridEvent } from '../../../src/contract/index.ts';
import { actors, freshGrid, type Grid } from '../../support/simnet.ts';
import { boundOf, type LossOptions, lossesByGrant } from './loss.ts';

const { owner, alice, bob, operator, meter } = actors;
const FAIR = 100n;
const FAR = 9_000n;

/** Alice has 1,000 Wh and 10,000 µSTX and lets the operator spend 8,000 and sell 300; Bob conspires with the operator. */
async function conspire(attested: boolean): Promise<{ grid: Grid; events: GridEvent[] }> {
  const grid = await freshGrid();
  const events: GridEvent[] = [];
  const must: Grid['must'] = (caller, call) => {
    const printed = grid.must(caller, call);
    events.push(...printed);
    return printed;
  };
  for (const prosumer of [alice, bob]) {
    must(prosumer, { kind: 'registerProsumer' });
    must(prosumer, { kind: 'addFunds', amount: prosumer === alice ? 10_000n : 50_000n });
    if (attested) {
      must(owner, { kind: 'assignMeter', prosumer, meter });
      must(meter, { kind: 'recordReading', prosumer, readingId: 1n, produced: 1_000n, consumed: 0n });
    } else must(prosumer, { kind: 'addEnergy', amount: 1_000n });
  }
  if (attested) must(owner, { kind: 'requireMeters', required: true });
  must(alice, {
    kind: 'delegateTrading',
    operator,
    spendLimit: 8_000n,
    energyLimit: 300n,
    maxBuyPrice: 160n,
    minSellPrice: 30n,
    expiresAt: FAR,
  });
  must(bob, { kind: 'tradeEnergy', amount: 50n, price: 160n });
  must(operator, { kind: 'buyOneFor', buyer: alice, tradeId: 1n, amount: 50n, maxPrice: 160n });
  must(operator, { kind: 'tradeOneFor', seller: alice, amount: 300n, price: 30n, openUntil: FAR });
  must(bob, { kind: 'buyEnergy', tradeId: 2n });
  return { grid, events };
}

describe('the worst that a colluding operator can do', () => {
  it.each([
    { attested: true, buying: 3_000n, what: '8,000 × (1 − 100 ÷ 160)' },
    { attested: false, buying: 8_000n, what: 'all that was spent' },
  ])('is reached exactly, and then nothing is left: $what and 300 × (100 − 30)', async ({ attested, buying }) => {
    const { grid, events } = await conspire(attested);
    const options: LossOptions = { prosumer: alice, fair: FAIR, attested };
    const [loss] = lossesByGrant(events, options);
    expect(loss).toMatchObject({ buying, selling: 21_000n });
    expect(loss && boundOf(loss, options)).toEqual({ buying, selling: 21_000n });

    grid.must(bob, { kind: 'tradeEnergy', amount: 1n, price: 1n });
    const more = { kind: 'buyOneFor', buyer: alice, tradeId: 3n, amount: 1n, maxPrice: 160n } as const;
    expect(grid.call(operator, more).result).toMatchObject({ error: 'spendLimit' });
    const again = { kind: 'tradeOneFor', seller: alice, amount: 1n, price: 200n, openUntil: FAR } as const;
    expect(grid.call(operator, again).result).toMatchObject({ error: 'energyLimit' });
  });
});
