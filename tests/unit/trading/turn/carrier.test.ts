import { describe, expect, it } from 'vitest';
import type { DelegationRecord } from '../../../../src/contract/index.ts';
import { height, microStx, type Principal } from '../../../../src/core/index.ts';
import type { Intent, LaneState } from '../../../../src/trading/index.ts';
import { turn } from '../../../support/one-turn.ts';
import { testPrincipal } from '../../../support/test-principal.ts';
import {
  accountOf,
  cancelOf,
  listOf,
  type SceneOffer,
  sceneAccount,
  sceneMarket,
  wideDelegation,
} from '../../../support/turn-scene.ts';

const [first, second, third] = [201, 202, 203].map(testPrincipal) as [Principal, Principal, Principal];
const operators = [first, second, third];
const lane = (operator: Principal, changes: Partial<LaneState> = {}): LaneState => ({
  operator,
  unconfirmed: 0,
  entriesLeft: 100,
  balance: microStx(1_000_000),
  ...changes,
});

/** One account with all the operators, and what it asks for in one turn. */
function decide(
  intents: readonly Intent[],
  {
    lanes = operators.map((operator) => lane(operator)),
    granted = operators,
    expired = [],
    offers = [],
    count = 1,
  }: {
    lanes?: readonly LaneState[];
    granted?: readonly Principal[];
    expired?: readonly Principal[];
    offers?: readonly SceneOffer[];
    count?: number;
  },
) {
  const accounts = Array.from({ length: count }, (_, index) => sceneAccount(index, { operators }));
  const market = {
    ...sceneMarket({ offers }),
    delegation: (_prosumer: Principal, operator: Principal): DelegationRecord | null =>
      granted.includes(operator)
        ? wideDelegation(expired.includes(operator) ? { expiresAt: height(1_000) } : {})
        : null,
  };
  return turn(() => intents, { accounts, market, request: { lanes } });
}

const carriers = (result: ReturnType<typeof decide>) => result.allowed.map(({ operator }) => operator);

describe('whose lane carries an intent', () => {
  it('behavior: the one with the fewest unconfirmed transactions, all of a turn alike', () => {
    const lanes = [lane(first, { unconfirmed: 3 }), lane(second, { unconfirmed: 1 }), lane(third, { unconfirmed: 2 })];
    expect(carriers(decide([listOf(10, 90)], { lanes, count: 3 }))).toEqual([second, second, second]);
  });

  it('behavior: the earlier in the config among equals', () => {
    expect(carriers(decide([listOf(10, 90)], {}))).toEqual([first]);
  });

  it('behavior: only one that the account has delegated to, and whose grant has not run out', () => {
    expect(carriers(decide([listOf(10, 90)], { granted: [second, third], expired: [second] }))).toEqual([third]);
  });

  it('behavior: never one without room, and the next once one is full', () => {
    const lanes = [lane(first, { entriesLeft: 0 }), lane(second, { entriesLeft: 2 }), lane(third, { unconfirmed: 9 })];
    expect(carriers(decide([listOf(10, 90)], { lanes, count: 4 }))).toEqual([second, second, third, third]);
  });

  it('behavior: an offer is cancelled by whoever listed it', () => {
    const lanes = [lane(first, { unconfirmed: 5 }), lane(second), lane(third)];
    const offers = [{ id: 1, amount: 100, price: 90, seller: accountOf(0), lister: first }];
    expect(carriers(decide([cancelOf(1, 100), listOf(10, 90)], { lanes, offers }))).toEqual([first, second]);
  });

  it('error: where the lister has no room the cancel waits', () => {
    const lanes = [lane(first, { entriesLeft: 0 }), lane(second), lane(third)];
    const offers = [{ id: 1, amount: 100, price: 90, seller: accountOf(0), lister: first }];
    const { decisions } = decide([cancelOf(1, 100)], { lanes, offers });
    expect(decisions[0]?.verdict).toMatchObject({ kind: 'deny', code: 'LANE_CAPACITY' });
  });

  it('error: where none may act the first is named', () => {
    const { decisions } = decide([listOf(10, 90)], { granted: [] });
    expect(decisions[0]?.verdict).toMatchObject({
      kind: 'deny',
      code: 'NO_DELEGATION',
      limit: `a delegation to ${first}`,
    });
  });
});
