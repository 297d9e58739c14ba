import { describe, expect, it } from 'vitest';
import type { GridErrorName } from '../../src/contract/index.ts';
import { namedErrors } from '../support/contract-errors.ts';
import { epochs } from '../support/simnet.ts';
import { playEveryMove, playHistories } from './history.ts';
import { moves } from './moves/index.ts';

/** The mutants of `npm run test:mutation` fall to 25. */
const RUNS = 50;

/** Named by code that a function shares with another, but out of reach of its calls. */
const beyondReach: Readonly<Record<string, readonly GridErrorName[]>> = {
  // On its own account a caller needs no grant, and these two calls name neither a height nor terms.
  tradeEnergy: ['delegationExpired', 'energyLimit', 'pastHeight', 'priceLimit'],
  buyEnergy: ['delegationExpired', 'priceLimit', 'spendLimit', 'termsDiffer'],
  // The seller of a trade is always registered; the seed's cancel names no seller.
  cancelTrade: ['notFound', 'termsDiffer'],
  cancelOneFor: ['notFound'],
};

describe('the contract and its model', () => {
  it('have a move for every error of every function', () => {
    const names = moves.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const missing = Object.entries(namedErrors()).flatMap(([kind, errors]) =>
      errors
        .filter((error) => !beyondReach[kind]?.includes(error))
        .filter((error) => !names.some((name) => name.startsWith(`${kind}: ${error}`)))
        .map((error) => `${kind}: ${error}`),
    );
    expect(missing).toEqual([]);
    for (const kind of Object.keys(namedErrors())) {
      expect(
        names.some((name) => name.startsWith(`${kind}: ok`)),
        kind,
      ).toBe(true);
    }
  });

  it.each(epochs)('agree on every move at least once, in epoch %s', { timeout: 60_000 }, async (epoch) => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() | 0);
    console.log(`every move, epoch ${epoch}: FUZZ_SEED=${seed}`);
    expect(await playEveryMove(epoch, moves, seed)).toEqual([]);
  });

  it('agree on every move though all who are registered have meters by then', { timeout: 60_000 }, async () => {
    expect(await playEveryMove('3.3', moves, 534_498_893)).toEqual([]);
  });

  it('answer, print and store the same in any history, and C1 to C8 hold', { timeout: 0 }, async () => {
    await playHistories({ epoch: '3.3', moves, runs: RUNS });
  });
});
