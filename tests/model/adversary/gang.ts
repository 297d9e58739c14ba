import fc from 'fast-check';
import type { Principal } from '../../../src/core/index.ts';
import type { MarketState } from '../../../src/market/index.ts';
import { cast } from '../cast.ts';
import { type Act, type Move, move } from '../move.ts';
import { MAX, pick } from '../moves/draw.ts';
import { energyOf, fundsOf, registered, withFunds } from '../moves/offers.ts';
import { grantsOf, portion, share, victims } from './victims.ts';

/** Who conspires: two operators, a prosumer on the other side of their trades, and one who is not registered. */
const [, accomplice] = cast.prosumers;
const gang: readonly Principal[] = [...cast.operators, accomplice, cast.stranger];

/** At the limit, a little inside, or a little outside. */
const slip = fc.constantFrom(0n, 0n, 0n, 1n, -1n);

const least = (...values: readonly bigint[]): bigint => values.reduce((low, value) => (value < low ? value : low));
const atLeastOne = (value: bigint): bigint => (value < 1n ? 1n : value);

/** The accomplice's energy: made up where nobody looks, else what its meter vouches for. */
function conjured(state: MarketState, caller: Principal, amount: bigint): readonly Act[] {
  const missing = amount - BigInt(energyOf(state, caller));
  return missing > 0n && !state.metersRequired ? [{ caller, call: { kind: 'addEnergy', amount: missing } }] : [];
}

/** What the gang tries. */
export const schemes: readonly Move[] = [
  move({
    name: 'the operator buys dear from an accomplice',
    expects: 'anything',
    weight: 4,
    dice: fc.record({ die: fc.nat(), slip, portion, copies: fc.constantFrom(0, 1, 2, 3) }),
    bind({ state, height }, { die, slip, portion, copies }) {
      const held = pick(grantsOf(state), die);
      if (held === null) return null;
      const { prosumer: buyer, operator: caller, grant } = held;
      const price = atLeastOne(BigInt(grant.maxBuyPrice) + slip);
      const within = least(BigInt(grant.spendLeft), BigInt(fundsOf(state, buyer)));
      const amount = atLeastOne(share(within / price, portion));
      const tradeId = BigInt(state.lastTradeId + 1);
      const entry = { buyer, tradeId, amount, maxPrice: MAX };
      const before = [
        ...registered(state, accomplice),
        ...conjured(state, accomplice, amount),
        { caller: accomplice, call: { kind: 'tradeEnergy', amount, price } } as const,
      ];
      if (copies === 0) return [...before, { caller, call: { kind: 'buyOneFor', ...entry } }];
      // The same offer again and again in one batch, and every other one that is open.
      const entries = [
        ...Array.from({ length: copies }, () => entry),
        ...state.openOffers.slice(0, 20).map(({ id, amount }) => ({
          buyer,
          tradeId: BigInt(id),
          amount: BigInt(amount),
          maxPrice: MAX,
        })),
      ];
      return [...before, { caller, call: { kind: 'buyEnergyFor', validUntil: BigInt(height + 9), entries } }];
    },
  }),
  move({
    name: 'the operator offers cheap, and an accomplice buys',
    expects: 'anything',
    weight: 4,
    dice: fc.record({ die: fc.nat(), slip, portion, pieces: fc.constantFrom(0, 1, 3, 100), openFor: fc.nat(20) }),
    bind({ state, height }, { die, slip, portion, pieces, openFor }) {
      const held = pick(grantsOf(state), die);
      if (held === null) return null;
      const { prosumer: seller, operator: caller, grant } = held;
      const price = atLeastOne(BigInt(grant.minSellPrice) + slip);
      const all = share(least(BigInt(grant.energyLeft), BigInt(Math.max(0, energyOf(state, seller)))), portion);
      const openUntil = BigInt(height + openFor);
      const tradeId = BigInt(state.lastTradeId + 1);
      if (pieces === 0) {
        const amount = atLeastOne(all);
        return [
          ...registered(state, accomplice),
          ...withFunds(state, accomplice, Number(amount * price)),
          { caller, call: { kind: 'tradeOneFor', seller, amount, price, openUntil: MAX } },
          { caller: accomplice, call: { kind: 'buyEnergy', tradeId } },
        ];
      }
      // Piecemeal, each as large as if it were the only one where there are few.
      const amount = atLeastOne(pieces === 100 ? all / 100n : all);
      const entries = Array.from({ length: pieces }, () => ({ seller, amount, price }));
      return [{ caller, call: { kind: 'tradeEnergyFor', validUntil: MAX, openUntil, entries } }];
    },
  }),
  move({
    name: 'an accomplice buys what stands open',
    expects: 'anything',
    weight: 2,
    dice: fc.record({ die: fc.nat(), by: fc.nat(1) }),
    bind({ state, height, balanceOf }, { die, by }) {
      const offer = pick(
        state.openOffers.filter(({ seller }) => victims.includes(seller)),
        die,
      );
      const buyer = [accomplice, cast.operators[0]][by] as Principal;
      if (offer === null || balanceOf(buyer) < BigInt(offer.cost)) return null;
      const buy: Act = { caller: buyer, call: { kind: 'buyEnergy', tradeId: BigInt(offer.id) } };
      const scene = [...registered(state, buyer), ...withFunds(state, buyer, offer.cost)];
      return height > (offer.openUntil ?? height) ? [buy] : [...scene, buy];
    },
  }),
  move({
    name: 'the operator cancels and lists again',
    expects: 'anything',
    weight: 3,
    dice: fc.record({ die: fc.nat(), slip }),
    bind({ state }, { die, slip }) {
      const held = pick(grantsOf(state), die);
      if (held === null) return null;
      const { prosumer: seller, operator: caller, grant } = held;
      const own = state.openOffers.filter((offer) => offer.lister === caller && offer.seller === seller);
      if (own.length === 0) return null;
      const entries = own.flatMap(({ id }) => [
        { seller, tradeId: BigInt(id) },
        { seller, tradeId: BigInt(id) },
      ]);
      const amount = own.reduce((sum, offer) => sum + BigInt(offer.amount), BigInt(grant.energyLeft));
      const price = atLeastOne(BigInt(grant.minSellPrice) + slip);
      return [
        { caller, call: { kind: 'cancelTradeFor', validUntil: MAX, entries: entries.slice(0, 100) } },
        { caller, call: { kind: 'tradeOneFor', seller, amount, price, openUntil: MAX } },
      ];
    },
  }),
  move({
    name: 'one victim’s energy is sold to the other',
    expects: 'anything',
    weight: 2,
    dice: fc.record({ from: fc.nat(), to: fc.nat(), dear: fc.boolean(), portion }),
    bind({ state }, { from, to, dear, portion }) {
      const seller = pick(grantsOf(state), from);
      const buyer = pick(grantsOf(state), to);
      if (seller === null || buyer === null) return null;
      const price = atLeastOne(BigInt(dear ? buyer.grant.maxBuyPrice : seller.grant.minSellPrice));
      const amount = atLeastOne(share(BigInt(seller.grant.energyLeft), portion));
      const tradeId = BigInt(state.lastTradeId + 1);
      const terms = { amount, maxPrice: price };
      return [
        {
          caller: seller.operator,
          call: { kind: 'tradeOneFor', seller: seller.prosumer, amount, price, openUntil: MAX },
        },
        { caller: buyer.operator, call: { kind: 'buyOneFor', buyer: buyer.prosumer, tradeId, ...terms } },
      ];
    },
  }),
  move({
    name: 'the gang waits for a grant’s last height, or for the one after',
    expects: 'anything',
    dice: fc.record({ die: fc.nat(), after: fc.nat(1) }),
    bind({ state, height }, { die, after }) {
      const held = pick(grantsOf(state), die);
      const wait = (held?.grant.expiresAt ?? 0) + after - height;
      return wait > 0 ? [{ wait }] : null;
    },
  }),
  move({
    name: 'the gang meddles with a victim’s offers',
    expects: 'anything',
    weight: 2,
    dice: fc.record({ die: fc.nat(), by: fc.constantFrom(...gang) }),
    bind({ state }, { die, by: caller }) {
      const offer = pick(
        state.openOffers.filter(({ seller }) => victims.includes(seller)),
        die,
      );
      return offer && [{ caller, call: { kind: 'cancelTrade', tradeId: BigInt(offer.id) } }];
    },
  }),
];
