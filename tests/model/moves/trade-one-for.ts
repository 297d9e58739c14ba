import fc from 'fast-check';
import type { GridErrorName } from '../../../src/contract/index.ts';
import { type Move, move } from '../move.ts';
import { type Deal, deal, dealDice } from './deal.ts';
import { edge, MAX, someone } from './draw.ts';
import { ownListingMoves } from './listing.ts';
import { grantTo } from './offers.ts';

type Limits = Parameters<typeof grantTo>[3];

/** A listing by an operator under a grant with these limits, `wait` blocks after the grant. */
function delegated(
  name: string,
  expects: 'ok' | GridErrorName,
  limitsOf: (made: Deal, grantedAt: number) => Limits,
  options: { readonly wait?: number; readonly openUntil?: (height: number) => bigint } = {},
): Move {
  return move({
    name: `tradeOneFor: ${name}`,
    expects,
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice, { funded: false });
      if (made === null) return null;
      const { seller, operator, amount, price } = made;
      const before = made.acts.slice(0, -1);
      const grantedAt = scene.height + before.length;
      const { wait = 0, openUntil = (height: number) => BigInt(height) } = options;
      const limits = { energyLimit: amount, minSellPrice: price, ...limitsOf(made, grantedAt) };
      const until = openUntil(grantedAt + 1 + wait);
      return [
        ...before,
        grantTo(seller, operator, grantedAt, limits),
        ...(wait > 0 ? [{ wait }] : []),
        { caller: operator, call: { kind: 'tradeOneFor', seller, amount, price, openUntil: until } },
      ];
    },
  });
}

/** `trade-one-for`: a prosumer or its operator offers energy up to a height. */
export const tradeOneForMoves: readonly Move[] = [
  ...ownListingMoves('tradeOneFor', (listing) => ({ kind: 'tradeOneFor', ...listing })),
  delegated('ok by an operator at its exact limits', 'ok', () => ({})),
  delegated('ok at the grant’s last height', 'ok', (_, grantedAt) => ({ expiresAt: BigInt(grantedAt + 3) }), {
    wait: 2,
  }),
  delegated('ok open for ever', 'ok', () => ({}), { openUntil: () => MAX }),
  delegated('delegationExpired', 'delegationExpired', (_, grantedAt) => ({ expiresAt: BigInt(grantedAt) })),
  delegated('pastHeight', 'pastHeight', () => ({}), { openUntil: (height) => BigInt(height - 1) }),
  delegated('pastHeight above MAX', 'pastHeight', () => ({}), { openUntil: () => MAX + 1n }),
  delegated('priceLimit', 'priceLimit', ({ price }) => ({ minSellPrice: price + 1n })),
  delegated('energyLimit', 'energyLimit', ({ amount }) => ({ energyLimit: amount - 1n })),
  move({
    name: 'tradeOneFor: unauthorized without a grant',
    expects: 'unauthorized',
    dice: dealDice,
    bind(scene, dice) {
      const made = deal(scene, dice, { funded: false });
      if (made === null) return null;
      const { seller, operator, next } = made;
      const call = { kind: 'tradeOneFor', seller, amount: 1n, price: 1n, openUntil: BigInt(next + 9) } as const;
      return [
        ...made.acts,
        grantTo(seller, operator, next),
        { caller: seller, call: { kind: 'revokeDelegation', operator } },
        { caller: operator, call },
      ];
    },
  }),
  move({
    name: 'tradeOneFor: anything',
    expects: 'anything',
    dice: fc.record({ caller: someone, seller: someone, amount: edge, price: edge, openUntil: edge }),
    bind: (_, { caller, ...listing }) => [{ caller, call: { kind: 'tradeOneFor', ...listing } }],
  }),
];
