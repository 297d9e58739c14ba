import fc from 'fast-check';
import type { GridErrorName } from '../../../src/contract/index.ts';
import { type Move, move, type Scene } from '../move.ts';
import { type Deal, deal, dealDice } from './deal.ts';
import { edge, someone } from './draw.ts';
import { grantTo } from './offers.ts';
import { ownPurchaseMoves } from './purchase.ts';

type Limits = Parameters<typeof grantTo>[3];

/** A purchase by an operator under a grant with these limits, `wait` blocks after the grant. */
function delegated(
  name: string,
  expects: 'ok' | GridErrorName,
  limitsOf: (made: Deal, grantedAt: number) => Limits,
  wait = 0,
): Move {
  return move({
    name: `buyOneFor: ${name}`,
    expects,
    dice: dealDice,
    bind(scene: Scene, dice) {
      const made = deal(scene, dice);
      if (made === null) return null;
      const { acts, buyer, operator, id: tradeId, amount, price: maxPrice, next } = made;
      const call = { kind: 'buyOneFor', buyer, tradeId, amount, maxPrice } as const;
      return [
        ...acts,
        grantTo(buyer, operator, next, { maxBuyPrice: maxPrice, spendLimit: made.cost, ...limitsOf(made, next) }),
        ...(wait > 0 ? [{ wait }] : []),
        { caller: operator, call },
      ];
    },
  });
}

/** `buy-one-for`: a prosumer or its operator buys an offer on terms. */
export const buyOneForMoves: readonly Move[] = [
  ...ownPurchaseMoves('buyOneFor', (purchase) => ({ kind: 'buyOneFor', ...purchase })),
  delegated('ok by an operator at its exact limits', 'ok', () => ({})),
  delegated('ok at the grant’s last height', 'ok', (_, grantedAt) => ({ expiresAt: BigInt(grantedAt + 3) }), 2),
  delegated('delegationExpired', 'delegationExpired', (_, grantedAt) => ({ expiresAt: BigInt(grantedAt) })),
  delegated('priceLimit', 'priceLimit', ({ price }) => ({ maxBuyPrice: price - 1n })),
  delegated('spendLimit', 'spendLimit', ({ cost }) => ({ spendLimit: cost - 1n })),
  move({
    name: 'buyOneFor: unauthorized without a grant',
    expects: 'unauthorized',
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice);
      if (made === null) return null;
      const { acts, buyer, seller, operator, id: tradeId, amount, price: maxPrice, next } = made;
      const call = { kind: 'buyOneFor', buyer, tradeId, amount, maxPrice } as const;
      // A grant of another prosumer gives no right for this one.
      return [
        ...acts,
        grantTo(buyer, operator, next),
        { caller: buyer, call: { kind: 'revokeDelegation', operator } },
        grantTo(seller, operator, next + 2),
        { caller: operator, call },
      ];
    },
  }),
  move({
    name: 'buyOneFor: termsDiffer',
    expects: 'termsDiffer',
    dice: fc.record({ deal: dealDice, off: fc.constantFrom('more', 'less', 'dearer') }),
    bind(scene, { deal: dice, off }) {
      const made = deal(scene, dice);
      if (made === null) return null;
      const { acts, buyer, id: tradeId } = made;
      const amount = made.amount + (off === 'more' ? 1n : off === 'less' ? -1n : 0n);
      const maxPrice = made.price - (off === 'dearer' ? 1n : 0n);
      return [...acts, { caller: buyer, call: { kind: 'buyOneFor', buyer, tradeId, amount, maxPrice } }];
    },
  }),
  move({
    name: 'buyOneFor: anything',
    expects: 'anything',
    weight: 2,
    dice: fc.record({
      caller: someone,
      buyer: someone,
      tradeId: fc.oneof(fc.bigInt(1n, 30n), edge),
      amount: fc.oneof(fc.constantFrom(1n, 40n), edge),
      maxPrice: edge,
    }),
    bind: (_, { caller, ...purchase }) => [{ caller, call: { kind: 'buyOneFor', ...purchase } }],
  }),
];
