import fc from 'fast-check';
import type { EntryCall, GridCall } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import { type Move, move } from '../move.ts';
import { deal, dealDice } from './deal.ts';
import { MAX, someone } from './draw.ts';
import { grantTo, nextId } from './offers.ts';

type MakeCancellation = (cancellation: {
  readonly seller: Principal;
  readonly tradeId: bigint;
}) => GridCall | EntryCall;

/** What a cancel may be answered, whichever function is called. */
export function cancellationMoves(kind: 'cancelTrade' | 'cancelOneFor', make: MakeCancellation): readonly Move[] {
  const byLister = (label: string, then: 'nothing' | 'revoked' | 'replaced'): Move =>
    move({
      name: `${kind}: ok by its lister${label}`,
      expects: 'ok',
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { funded: false, amount: 1n });
        if (made === null) return null;
        const { acts, seller, operator } = made;
        const before = acts.slice(0, -1);
        const height = scene.height + before.length;
        const openUntil = BigInt(height + 30);
        return [
          ...before,
          grantTo(seller, operator, height, { minSellPrice: 1n }),
          { caller: operator, call: { kind: 'tradeOneFor', seller, amount: 1n, price: dice.price, openUntil } },
          ...(then === 'revoked' ? [{ caller: seller, call: { kind: 'revokeDelegation', operator } } as const] : []),
          ...(then === 'replaced' ? [grantTo(seller, operator, height + 2, { energyLimit: 7n })] : []),
          { caller: operator, call: make({ seller, tradeId: made.id }) },
        ];
      },
    });
  return [
    move({
      name: `${kind}: ok by its seller`,
      expects: 'ok',
      weight: 2,
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { funded: false });
        return made && [...made.acts, { caller: made.seller, call: make({ seller: made.seller, tradeId: made.id }) }];
      },
    }),
    byLister('', 'nothing'),
    byLister(' after its grant was revoked', 'revoked'),
    byLister(' after its grant was replaced', 'replaced'),
    move({
      name: `${kind}: ok by anyone once its height has passed`,
      expects: 'ok',
      dice: fc.record({ deal: dealDice, caller: someone }),
      bind(scene, { deal: dice, caller }) {
        const made = deal(scene, dice, { funded: false, openFor: 0 });
        return made && [...made.acts, { caller, call: make({ seller: made.seller, tradeId: made.id }) }];
      },
    }),
    move({
      name: `${kind}: tradeNotFound`,
      expects: 'tradeNotFound',
      dice: fc.record({ caller: someone, beyond: fc.constantFrom(null, 0n, MAX + 1n, 2n ** 128n - 1n) }),
      bind: ({ state }, { caller, beyond }) => [
        { caller, call: make({ seller: caller, tradeId: beyond ?? nextId(state) }) },
      ],
    }),
    move({
      name: `${kind}: tradeNotOpen`,
      expects: 'tradeNotOpen',
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { funded: false });
        if (made === null) return null;
        const again = { caller: made.seller, call: make({ seller: made.seller, tradeId: made.id }) };
        return [...made.acts, again, again];
      },
    }),
    move({
      name: `${kind}: unauthorized up to its last height`,
      expects: 'unauthorized',
      dice: fc.record({ deal: dealDice, caller: someone, openFor: fc.constantFrom(1, 5) }),
      bind(scene, { deal: dice, caller, openFor }) {
        const made = deal(scene, dice, { funded: false, openFor });
        if (made === null || caller === made.seller) return null;
        const wait = openFor - 1;
        return [
          ...made.acts,
          ...(wait > 0 ? [{ wait }] : []),
          { caller, call: make({ seller: made.seller, tradeId: made.id }) },
        ];
      },
    }),
  ];
}
