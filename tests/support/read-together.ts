import { ClarityType, type ClarityValue } from '@stacks/transactions';
import type { GridRead } from '../../src/contract/index.ts';

/**
 * The contract's bulk reads as one function, appended to it on a chain that asks for all of them after every call: each call
 * loads the whole contract, which takes longer than what it then does.
 */
export const READ_TOGETHER = `
(define-read-only (read-together
    (trade-ids (list 50 uint))
    (accounts (list 50 principal))
    (pairs (list 50 {
      prosumer: principal,
      operator: principal,
    }))
    (pages (list 90 uint))
  )
  {
    delegations: (get-delegations pairs),
    market: (get-market),
    pages: (get-open-pages pages),
    prosumers: (get-prosumers accounts),
    trades: (get-trades trade-ids),
  }
)`;

/** What each of the reads is asked; `market` asks nothing. */
export interface ReadsTogether<Market, Trades, Prosumers, Delegations, Pages> {
  readonly market: GridRead<Market>;
  readonly trades: GridRead<Trades>;
  readonly prosumers: GridRead<Prosumers>;
  readonly delegations: GridRead<Delegations>;
  readonly pages: GridRead<Pages>;
}

/** The call's arguments, in the order of `read-together`. */
export function argumentsTogether(reads: ReadsTogether<unknown, unknown, unknown, unknown, unknown>): ClarityValue[] {
  const { trades, prosumers, delegations, pages } = reads;
  return [trades, prosumers, delegations, pages].flatMap(({ functionArgs }) => [...functionArgs]);
}

/** Each read's answer, decoded as if it had been called alone. */
export function answersTogether<M, T, P, D, O>(reads: ReadsTogether<M, T, P, D, O>, answer: ClarityValue) {
  const part = (name: string): ClarityValue => {
    const value = answer.type === ClarityType.Tuple ? answer.value[name] : undefined;
    if (value === undefined) throw new Error(`expected read-together to answer ${name}, was ${answer.type}`);
    return value;
  };
  return {
    market: reads.market.decode(part('market')),
    trades: reads.trades.decode(part('trades')),
    prosumers: reads.prosumers.decode(part('prosumers')),
    delegations: reads.delegations.decode(part('delegations')),
    pages: reads.pages.decode(part('pages')),
  };
}
