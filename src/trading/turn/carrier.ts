import type { Height, Principal } from '../../core/index.ts';
import type { Intent } from '../intent.ts';
import type { AccountFacts } from './account-view.ts';
import type { Desk } from './desk.ts';
import type { Seat } from './engine.ts';
import type { TurnMarket } from './turn-market.ts';

/**
 * Whose lane carries an account's buys and listings in a turn: of the operators that may act for it and have room, the one
 * with the fewest unconfirmed transactions, the earlier in the config among equals. All of a turn goes one way, so that it
 * fits in few batches. Where none may act or has room risk says why; where there is but one, it is not asked.
 */
export function accountCarrier(
  { principal, operators }: Pick<Seat, 'principal' | 'operators'>,
  { desk, market, height }: { readonly desk: Desk; readonly market: TurnMarket; readonly height: Height },
): Principal {
  const [only] = operators;
  if (only !== undefined && operators.length === 1) return only;
  const mayAct = operators.filter((operator) => {
    if (operator === principal) return true;
    const delegation = market.delegation(principal, operator);
    return delegation !== null && delegation.expiresAt > height;
  });
  const withRoom = mayAct.filter((operator) => desk.lane(operator).entriesLeft > 0);
  const [choice = operators] = [withRoom, mayAct].filter(({ length }) => length > 0);
  return choice.reduce((best, one) => (desk.lane(one).unconfirmed < desk.lane(best).unconfirmed ? one : best));
}

/** Whose lane carries one intent: the contract takes a cancel only from whoever listed the offer. */
export function carrierOf(intent: Intent, { seat, operator }: AccountFacts, desk: Desk): Principal {
  if (intent.kind !== 'cancel') return operator;
  const lister = desk.offer(intent.tradeId)?.lister;
  return lister !== undefined && seat.operators.includes(lister) ? lister : operator;
}

/** The facts of an account that differ by the lane. */
export const laneOf = (operator: Principal, desk: Desk) => ({ operator, lane: desk.lane(operator) });
