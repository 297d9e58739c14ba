import { expect } from 'vitest';
import { type EntryCall, eventDigest, type GridCall, OPENING_DIGEST, reads } from '../../src/contract/index.ts';
import { type Height, height, type Principal, tradeId } from '../../src/core/index.ts';
import { type Decision, decide, delegationOf, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { encodeEvent } from '../support/grid-encoding.ts';
import { summaryOf } from '../support/model-market.ts';
import { testPrincipal } from '../support/test-principal.ts';
import { type Answer, type DeployedContract, openSimnet } from './contract-on-simnet.ts';
import type { Cast } from './random-calls.ts';

/** Two have STX of their own; the poor one has none. */
export const rich = testPrincipal(0xa1);
export const middling = testPrincipal(0xa2);
export const poor = testPrincipal(0xa3);
export const broker = testPrincipal(0xa4);

export const cast: Cast = {
  owner: testPrincipal(0xa0),
  prosumers: [rich, middling, poor],
  operators: [broker, testPrincipal(0xa5)],
  meter: testPrincipal(0xa6),
  stranger: testPrincipal(0xa7),
};

const everyone: readonly Principal[] = [cast.owner, ...cast.prosumers, ...cast.operators, cast.meter, cast.stranger];

/** The contract and the model, as far as they have been taken together. */
export interface Pair {
  readonly contract: DeployedContract;
  state: MarketState;
  digest: string;
  /** The kinds of calls that succeeded and the names of the errors that were answered, entries of batches included. */
  readonly seen: Set<string>;
}

/** Answers a function that sets up a fresh contract beside a fresh model. */
export async function openPairs(): Promise<() => Pair> {
  const simnet = await openSimnet(cast.owner, [rich, middling]);
  return () => ({
    contract: simnet.deploy(),
    state: emptyMarket({ owner: cast.owner }),
    digest: OPENING_DIGEST,
    seen: new Set(),
  });
}

function answerOf(decision: Decision): Answer {
  if (!decision.ok) return decision;
  const { result } = decision;
  if (typeof result === 'object') {
    return { ok: true, result: result.map((entry) => (entry.ok ? BigInt(entry.value) : entry.error)) };
  }
  return { ok: true, result: typeof result === 'number' ? BigInt(result) : result };
}

/** Makes one call of both and compares answer and events, and the digest and the summary after them. */
export function step(pair: Pair, caller: Principal, call: GridCall | EntryCall): void {
  const { contract } = pair;
  const at = contract.nextHeight;
  const decision = decide(pair.state, call, { caller, height: at, callerBalance: contract.balanceOf(caller) });
  const { answer, events } = contract.call(caller, call);
  expect(answer).toEqual(answerOf(decision));
  expect(events.map(({ event }) => event)).toEqual(decision.ok ? decision.events : []);
  for (const { event, hex } of events) {
    expect(encodeEvent(event)).toBe(hex);
    pair.state = evolve(pair.state, event);
    pair.digest = eventDigest(pair.digest, hex);
  }
  pair.seen.add(answer.ok ? call.kind : String(answer.error));
  if (answer.ok && typeof answer.result === 'object') {
    for (const entry of answer.result) if (typeof entry === 'string') pair.seen.add(entry);
  }
  if (events.length > 0) compareSummary(pair, at);
}

function compareSummary({ contract, state, digest }: Pair, at: Height): void {
  expect(contract.read(reads.market())).toEqual(summaryOf(state, { height: at, digest }));
}

/** Compares all that the contract tells with the fold of its events. */
export function sweep(pair: Pair): void {
  const { contract, state } = pair;
  compareSummary(pair, height(contract.nextHeight - 1));
  expect(contract.read(reads.prosumers(everyone))).toEqual(everyone.map((who) => state.prosumers.get(who) ?? null));
  const pairs = everyone.flatMap((prosumer) => cast.operators.map((operator) => ({ prosumer, operator })));
  expect(contract.read(reads.delegations(pairs))).toEqual(
    pairs.map(({ prosumer, operator }) => delegationOf(state, prosumer, operator) ?? null),
  );
  const ids = Array.from({ length: state.lastTradeId + 2 }, (_, id) => tradeId(id));
  for (let start = 0; start < ids.length; start += 50) {
    const chunk = ids.slice(start, start + 50);
    expect(contract.read(reads.trades(chunk))).toEqual(chunk.map((id) => state.trades.get(id) ?? null));
  }
  const pages = Array.from({ length: Math.floor(state.lastTradeId / 128) + 2 }, (_, page) => page);
  expect(contract.read(reads.openPages(pages))).toEqual(state.openOffers.map(({ id }) => id).sort((a, b) => a - b));
  expect(contract.read(reads.energyPrice())).toBe(state.energyPrice);
  expect(contract.read(reads.gridBalance())).toBe(state.gridBalance);
  const newest = state.trades.get(state.lastTradeId);
  const info = contract.read(reads.tradeInfo(state.lastTradeId));
  if (newest === undefined) expect(info).toBeNull();
  else expect(newest).toMatchObject(info ?? {});
}

/** Most histories begin with an inhabited market, so that few calls are needed to get anywhere. */
export function inhabit(pair: Pair): void {
  for (const prosumer of cast.prosumers) {
    step(pair, prosumer, { kind: 'registerProsumer' });
    step(pair, prosumer, { kind: 'addEnergy', amount: 1_000n });
    if (prosumer !== poor) step(pair, prosumer, { kind: 'addFunds', amount: 100_000n });
  }
  for (const prosumer of cast.prosumers) {
    if (prosumer !== poor) step(pair, cast.owner, { kind: 'assignMeter', prosumer, meter: cast.meter });
    for (const operator of cast.operators) {
      step(pair, prosumer, {
        kind: 'delegateTrading',
        operator,
        spendLimit: 30_000n,
        energyLimit: 400n,
        maxBuyPrice: 180n,
        minSellPrice: 20n,
        expiresAt: BigInt(pair.contract.nextHeight + 60),
      });
    }
    for (const price of [40n, 90n, 160n]) step(pair, prosumer, { kind: 'tradeEnergy', amount: price, price });
  }
}
