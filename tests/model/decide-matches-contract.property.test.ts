import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  type EntryCall,
  eventDigest,
  type GridCall,
  type GridErrorName,
  gridErrors,
  OPENING_DIGEST,
  reads,
} from '../../src/contract/index.ts';
import { type Height, tradeId } from '../../src/core/index.ts';
import { type Decision, decide, delegationOf, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { encodeEvent } from '../support/grid-encoding.ts';
import { testPrincipal } from '../support/test-principal.ts';
import { type Answer, type DeployedContract, openSimnet } from './contract-on-simnet.ts';
import { type Cast, type Draft, draftArbitrary } from './random-calls.ts';

const cast: Cast = {
  owner: testPrincipal(0xa0),
  prosumers: [testPrincipal(0xa1), testPrincipal(0xa2), testPrincipal(0xa3)],
  operators: [testPrincipal(0xa4), testPrincipal(0xa5)],
  meter: testPrincipal(0xa6),
  stranger: testPrincipal(0xa7),
};
const [rich, , poor] = cast.prosumers as [(typeof cast.prosumers)[0], unknown, (typeof cast.prosumers)[0]];
const everyone = [cast.owner, ...cast.prosumers, ...cast.operators, cast.meter, cast.stranger];

/** No call of ours can lead to these: amounts are checked before a transfer, and a call's lists are made of entries. */
const unreachable: readonly GridErrorName[] = [
  'transferSameParty',
  'transferNotPositive',
  'transferNotSender',
  'listLengthsDiffer',
];

/** How often each kind of call succeeded and each error was answered. */
const seen = new Map<string, number>();
const note = (what: string): Map<string, number> => seen.set(what, (seen.get(what) ?? 0) + 1);

let simnet: Awaited<ReturnType<typeof openSimnet>>;
beforeAll(async () => {
  simnet = await openSimnet(cast.owner, [rich, cast.prosumers[1] as typeof rich]);
});

interface Pair {
  readonly contract: DeployedContract;
  state: MarketState;
  digest: string;
}

function answerOf(decision: Decision): Answer {
  if (!decision.ok) return decision;
  const { result } = decision;
  if (typeof result === 'object') {
    return { ok: true, result: result.map((entry) => (entry.ok ? BigInt(entry.value) : entry.error)) };
  }
  return { ok: true, result: typeof result === 'number' ? BigInt(result) : result };
}

/** Makes one call of both and compares answer, events, digest and summary. */
function step(pair: Pair, caller: (typeof everyone)[0], call: GridCall | EntryCall): void {
  const { contract } = pair;
  const height: Height = contract.nextHeight;
  const decision = decide(pair.state, call, { caller, height, callerBalance: contract.balanceOf(caller) });
  const { answer, events } = contract.call(caller, call);
  expect(answer).toEqual(answerOf(decision));
  expect(events.map(({ event }) => event)).toEqual(decision.ok ? decision.events : []);
  for (const { event, hex } of events) {
    expect(encodeEvent(event)).toBe(hex);
    pair.state = evolve(pair.state, event);
    pair.digest = eventDigest(pair.digest, hex);
  }
  if (!answer.ok) note(String(answer.error));
  else {
    note(call.kind);
    if (typeof answer.result === 'object') {
      for (const entry of answer.result) note(typeof entry === 'bigint' ? `entry of ${call.kind}` : String(entry));
    }
  }
  const { state } = pair;
  expect(contract.read(reads.market())).toEqual({
    sequence: state.sequence,
    digest: pair.digest,
    lastTradeId: state.lastTradeId,
    energyPrice: state.energyPrice,
    gridBalance: state.gridBalance,
    totalFunds: state.totalFunds,
    prosumers: state.prosumerCount,
    metersRequired: state.metersRequired,
    height,
  });
}

/** Compares all that the contract tells with the fold of its events. */
function sweep({ contract, state }: Pair): void {
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
function inhabit(pair: Pair): void {
  for (const prosumer of cast.prosumers) {
    step(pair, prosumer, { kind: 'registerProsumer' });
    step(pair, prosumer, { kind: 'addEnergy', amount: 1_000n });
    if (prosumer !== poor) step(pair, prosumer, { kind: 'addFunds', amount: 100_000n });
  }
  for (const operator of cast.operators) {
    step(pair, rich, {
      kind: 'delegateTrading',
      operator,
      spendLimit: 30_000n,
      energyLimit: 400n,
      maxBuyPrice: 180n,
      minSellPrice: 20n,
      expiresAt: BigInt(pair.contract.nextHeight + 25),
    });
  }
}

interface History {
  readonly inhabited: boolean;
  readonly drafts: readonly { readonly draft: Draft; readonly pause: number }[];
}

const history: fc.Arbitrary<History> = fc.record({
  inhabited: fc.constantFrom(true, true, true, false),
  drafts: fc.array(
    fc.record({
      draft: draftArbitrary(cast),
      pause: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 5) }),
    }),
    { minLength: 1, maxLength: 60, size: 'max' },
  ),
});

/** Runs a history through both; where they differ, the error tells the calls that led there. */
function run({ inhabited, drafts }: History): void {
  const contract = simnet.deploy();
  const pair: Pair = { contract, state: emptyMarket({ owner: cast.owner }), digest: OPENING_DIGEST };
  if (inhabited) inhabit(pair);
  const calls: string[] = [];
  try {
    for (const [index, { draft, pause }] of drafts.entries()) {
      if (pause > 0) contract.wait(pause);
      const call = draft.bind(pair.state, contract.nextHeight);
      calls.push(`${contract.nextHeight}: ${draft.caller} ${inspect(call, { depth: 5, breakLength: Infinity })}`);
      step(pair, draft.caller, call);
      if (index % 20 === 19) sweep(pair);
    }
    sweep(pair);
  } catch (cause) {
    throw new Error(`${inhabited ? 'in an inhabited market' : 'in an empty market'}\n${calls.join('\n')}`, { cause });
  }
}

it('answers, prints and stores what the model does', { timeout: FUZZ_TIMEOUT }, () => {
  fc.assert(fc.property(history, run), fuzzParameters('decide matches contract', { runs: 14 }));
  console.log(Object.fromEntries([...seen].sort(([a], [b]) => (a < b ? -1 : 1))));
  const never = Object.keys(gridErrors).filter((name) => !seen.has(name));
  console.log({ never, unreachable });
});
