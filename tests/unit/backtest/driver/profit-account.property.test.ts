import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProfitAccount } from '../../../../backtest/driver/profit-account.ts';
import type { GridPrices } from '../../../../src/trading/index.ts';
import { fuzzParameters } from '../../../support/fuzz.ts';

const grid = (importPrice: number, feedIn: number) => ({ import: importPrice, feedIn }) as GridPrices;

type Step =
  | { readonly kind: 'bought' | 'sold'; readonly amount: number; readonly price: number }
  | { readonly kind: 'fee' | 'produced' | 'grid' | 'settle'; readonly amount: number }
  | { readonly kind: 'reprice'; readonly import: number; readonly feedIn: number };

const amount = fc.integer({ min: 1, max: 1_000_000 });
const signed = fc.integer({ min: -1_000_000, max: 1_000_000 });
const price = fc.integer({ min: 1, max: 500 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('bought' as const, 'sold' as const), amount, price }),
  fc.record({ kind: fc.constant('fee' as const), amount }),
  fc.record({ kind: fc.constantFrom('produced' as const, 'grid' as const, 'settle' as const), amount: signed }),
  fc.record({ kind: fc.constant('reprice' as const), import: price, feedIn: price }),
);

/** An account kept the long way: cash and energy alone, with and without trading. */
class Books {
  readonly account = new ProfitAccount(grid(100, 40), 1_000);
  #prices = grid(100, 40);
  #energy = 1_000n;
  #idleEnergy = 1_000n;
  #cash = 0n;
  #idleCash = 0n;

  take(step: Step): void {
    const { account } = this;
    switch (step.kind) {
      case 'bought':
        account.bought(step.amount, step.price);
        this.#energy += BigInt(step.amount);
        this.#cash -= BigInt(step.amount * step.price);
        break;
      case 'sold':
        account.sold(step.amount, step.price);
        this.#energy -= BigInt(step.amount);
        this.#cash += BigInt(step.amount * step.price);
        break;
      case 'fee':
        account.paidFee(step.amount);
        this.#cash -= BigInt(step.amount);
        break;
      case 'produced':
        account.produced(step.amount);
        this.#energy += BigInt(step.amount);
        this.#idleEnergy += BigInt(step.amount);
        break;
      case 'grid':
        account.fromGrid(BigInt(step.amount));
        this.#energy += BigInt(step.amount);
        this.#cash += this.#toGrid(BigInt(-step.amount));
        break;
      case 'settle':
        this.settle(BigInt(step.amount));
        break;
      case 'reprice':
        this.#prices = grid(step.import, step.feedIn);
        account.reprice(this.#prices);
        break;
    }
  }

  settle(target: bigint): void {
    this.account.fromGrid(target - this.#energy);
    this.account.settleIdle(target);
    this.#cash += this.#toGrid(this.#energy - target);
    this.#idleCash += this.#toGrid(this.#idleEnergy - target);
    this.#energy = target;
    this.#idleEnergy = target;
  }

  #toGrid(energy: bigint): bigint {
    return energy * BigInt(energy > 0n ? this.#prices.feedIn : this.#prices.import);
  }

  get gain(): bigint {
    return this.#cash - this.#idleCash;
  }
}

describe('the profit of an account', () => {
  it('property: is what it has more than an idle one, and its parts sum to it exactly', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const books = new Books();
        for (const one of steps) books.take(one);
        books.settle(0n);
        const { net, spread, inventory, fees, grid: part } = books.account.close();
        expect(net).toBe(books.gain);
        expect(spread + inventory + fees + part).toBe(net);
      }),
      fuzzParameters('profit account', { runs: 500 }) as never,
    );
  });

  it('default: a lot bought and sold within the spread earns the spread', () => {
    // The mark is (100 + 40) / 2 = 70.
    const account = new ProfitAccount(grid(100, 40), 0);
    account.bought(10, 60);
    account.sold(10, 75);
    account.paidFee(30);
    expect(account.close()).toEqual({ net: 120n, spread: 150n, inventory: 0n, fees: -30n, grid: 0n });
  });

  it('behavior: a move of the price while energy is held is inventory, and what the grid takes of it is grid', () => {
    const account = new ProfitAccount(grid(100, 40), 0);
    account.bought(10, 60);
    account.reprice(grid(120, 40));
    account.fromGrid(-10n);
    expect(account.close()).toEqual({ net: -200n, spread: 100n, inventory: 100n, fees: 0n, grid: -400n });
  });

  it('error: energy left over', () => {
    const account = new ProfitAccount(grid(100, 40), 0);
    account.bought(10, 60);
    expect(() => account.close()).toThrow('expected no energy left over, was 10 Wh');
  });
});
