import fc from 'fast-check';
import type { EntryCall, GridCall } from '../../../src/contract/index.ts';
import type { Principal } from '../../../src/core/index.ts';
import { cast } from '../cast.ts';
import { type Act, type Move, move } from '../move.ts';
import { deal, dealDice } from './deal.ts';
import { MAX, pick, prosumersOf, stranger } from './draw.ts';
import { energyOf, fundsOf, nextId, registered } from './offers.ts';

export interface Purchase {
  readonly buyer: Principal;
  readonly tradeId: bigint;
  readonly amount: bigint;
  readonly maxPrice: bigint;
}

type MakePurchase = (purchase: Purchase) => GridCall | EntryCall;

/** What a prosumer that buys for itself may be answered, whichever function it calls. */
export function ownPurchaseMoves(kind: 'buyEnergy' | 'buyOneFor', make: MakePurchase): readonly Move[] {
  const any = { amount: 1n, maxPrice: 1n };
  return [
    move({
      name: `${kind}: ok`,
      expects: 'ok',
      weight: 3,
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice);
        if (made === null) return null;
        const { acts, buyer, id: tradeId, amount, price: maxPrice } = made;
        return [...acts, { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) }];
      },
    }),
    move({
      name: `${kind}: ok at the offer’s last height`,
      expects: 'ok',
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { openFor: 3 });
        if (made === null) return null;
        const { acts, buyer, id: tradeId, amount, price: maxPrice } = made;
        return [...acts, { wait: 2 }, { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) }];
      },
    }),
    move({
      name: `${kind}: notFound`,
      expects: 'notFound',
      dice: fc.bigInt(0n, 9n),
      bind: (_, tradeId) => [{ caller: stranger, call: make({ buyer: stranger, tradeId, ...any }) }],
    }),
    move({
      name: `${kind}: tradeNotFound`,
      expects: 'tradeNotFound',
      dice: fc.record({ die: fc.nat(), beyond: fc.constantFrom(null, 0n, MAX + 1n, 2n ** 128n - 1n) }),
      bind({ state }, { die, beyond }) {
        const buyer = pick(prosumersOf(state), die);
        return buyer && [{ caller: buyer, call: make({ buyer, tradeId: beyond ?? nextId(state), ...any }) }];
      },
    }),
    move({
      name: `${kind}: tradeNotOpen`,
      expects: 'tradeNotOpen',
      dice: fc.record({ deal: dealDice, bought: fc.boolean() }),
      bind(scene, dice) {
        const made = deal(scene, dice.deal);
        if (made === null) return null;
        const { acts, seller, buyer, id: tradeId, amount, price: maxPrice } = made;
        const again = { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) };
        return [...acts, dice.bought ? again : { caller: seller, call: { kind: 'cancelTrade', tradeId } }, again];
      },
    }),
    move({
      name: `${kind}: pastHeight`,
      expects: 'pastHeight',
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { openFor: 0 });
        if (made === null) return null;
        const { acts, buyer, id: tradeId, amount, price: maxPrice } = made;
        return [...acts, { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) }];
      },
    }),
    move({
      name: `${kind}: selfTrade`,
      expects: 'selfTrade',
      dice: dealDice,
      bind(scene, dice) {
        const made = deal(scene, dice, { funded: false });
        if (made === null) return null;
        const { acts, seller, id: tradeId, amount, price: maxPrice } = made;
        return [...acts, { caller: seller, call: make({ buyer: seller, tradeId, amount, maxPrice }) }];
      },
    }),
    move({
      name: `${kind}: unauthorized from a seller without the meter that is required`,
      expects: 'unauthorized',
      dice: dealDice,
      bind(scene, dice) {
        const unmetered = cast.everyone.filter(
          (account) => account !== cast.stranger && !scene.state.prosumers.get(account)?.meter,
        );
        const made = deal(scene, dice, { sellers: unmetered });
        if (made === null) return null;
        const { acts, buyer, id: tradeId, amount, price: maxPrice } = made;
        return [
          ...acts,
          { caller: cast.owner, call: { kind: 'requireMeters', required: true } },
          { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) },
        ];
      },
    }),
    move({
      name: `${kind}: insufficientFunds`,
      expects: 'insufficientFunds',
      dice: dealDice,
      bind(scene, dice) {
        const buyer = pick(cast.prosumers, dice.buyer);
        if (buyer === null) return null;
        const price = BigInt(fundsOf(scene.state, buyer) + 1);
        const made = deal(scene, dice, { funded: false, amount: 1n, price, buyers: [buyer] });
        if (made === null) return null;
        const { acts, id: tradeId } = made;
        return [...acts, { caller: buyer, call: make({ buyer, tradeId, amount: 1n, maxPrice: price }) }];
      },
    }),
    move({
      name: `${kind}: balanceCap`,
      expects: 'balanceCap',
      dice: dealDice,
      bind(scene, dice) {
        // A spare account, full once and for all but for what it consumes; it needs the funds for one Wh.
        const buyer = cast.owner;
        const { state } = scene;
        const made = deal(scene, dice, {
          amount: 1n,
          sellers: cast.everyone.filter((account) => account !== buyer && account !== cast.stranger),
          buyers: cast.prosumers,
        });
        if (made === null) return null;
        const room = MAX - BigInt(energyOf(state, buyer)) - BigInt(state.prosumers.get(buyer)?.escrowed ?? 0);
        const full = { caller: buyer, call: { kind: 'addEnergy', amount: room } } as const;
        const { acts, id: tradeId, price: maxPrice, cost } = made;
        const missing = cost - BigInt(fundsOf(state, buyer));
        return [
          ...acts,
          ...registered(state, buyer),
          ...(room > 0n ? [full] : []),
          ...(missing > 0n ? [{ caller: buyer, call: { kind: 'addFunds', amount: missing } } as const] : []),
          { caller: buyer, call: make({ buyer, tradeId, amount: 1n, maxPrice }) },
        ];
      },
    }),
    ...(['ok up to the cap of the seller’s funds', 'balanceCap of the seller’s funds'] as const).map((name) =>
      move({
        name: `${kind}: ${name}`,
        expects: name.startsWith('ok') ? 'ok' : 'balanceCap',
        dice: dealDice,
        bind(scene, dice) {
          const seller = cast.rich;
          const made = deal(scene, dice, { sellers: [seller] });
          if (made === null) return null;
          const { acts, buyer, id: tradeId, amount, price: maxPrice, cost } = made;
          const above = name.startsWith('ok') ? 0n : 1n;
          const missing = MAX - cost - BigInt(fundsOf(scene.state, seller)) + above;
          const filled: Act[] = [
            ...(missing > 0n ? [{ caller: seller, call: { kind: 'addFunds', amount: missing } } as const] : []),
            ...(missing < 0n ? [{ caller: seller, call: { kind: 'withdrawFunds', amount: -missing } } as const] : []),
          ];
          return [...acts, ...filled, { caller: buyer, call: make({ buyer, tradeId, amount, maxPrice }) }];
        },
      }),
    ),
  ];
}
