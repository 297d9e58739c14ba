import type { GridCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { busyMarket, createModelChain } from '../support/model-chain.ts';
import { alice, bob, operator, owner } from '../support/model-market.ts';
import { testPrincipal } from '../support/test-principal.ts';
import { OFFER_PRICE, OFFER_WH, type PollMarket } from './poll-market.ts';

const SELLERS = Array.from({ length: 50 }, (_, index) => testPrincipal(1_000 + index));
const EVENTS_PER_BLOCK = 10;

/** A market on the model of the chain, in this process: no network, but every answer is encoded and decoded. */
export function pollMarketInProcess({
  historic,
  open,
}: {
  readonly historic: number;
  readonly open: number;
}): PollMarket {
  const state = busyMarket({ owner, buyer: bob, sellers: SELLERS, historic: historic - open, open });
  const chain = createModelChain({ owner, state });
  return {
    runsOn: 'model in process',
    port: chain.port,
    historic,
    open,
    sellers: SELLERS.length,
    owner,
    prosumers: [alice, bob],
    delegations: [{ prosumer: alice, operator }],
    async trade(events) {
      let next = BigInt(chain.state.lastTradeId);
      const calls = Array.from({ length: events }, (_, index): readonly [Principal, GridCall] => {
        if (index % 2 === 1) return [bob, { kind: 'buyEnergy', tradeId: next }];
        next += 1n;
        const seller = SELLERS[index % SELLERS.length] as Principal;
        return [seller, { kind: 'tradeEnergy', amount: OFFER_WH, price: OFFER_PRICE }];
      });
      for (let start = 0; start < calls.length; start += EVENTS_PER_BLOCK) {
        for (const decision of chain.mine(...calls.slice(start, start + EVENTS_PER_BLOCK))) {
          if (!decision.ok) throw new Error(`a trade of the benchmark was refused: ${decision.error}`);
        }
      }
    },
  };
}
