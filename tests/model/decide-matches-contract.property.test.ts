import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type GridErrorName, gridErrors } from '../../src/contract/index.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { everyAnswer } from './every-answer.ts';
import { type Draft, draftArbitrary } from './random-calls.ts';
import { cast, inhabit, openPairs, type Pair, step, sweep } from './side-by-side.ts';

let openPair: () => Pair;
beforeAll(async () => {
  openPair = await openPairs();
});

interface History {
  readonly inhabited: boolean;
  readonly drafts: readonly { readonly draft: Draft; readonly pause: number }[];
}

const history: fc.Arbitrary<History> = fc.record({
  inhabited: fc.nat(5).map((die) => die > 0),
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
  const pair = openPair();
  const { contract } = pair;
  const calls = [inhabited ? 'in an inhabited market' : 'in an empty market'];
  try {
    if (inhabited) inhabit(pair);
    for (const [index, { draft, pause }] of drafts.entries()) {
      if (pause > 0) contract.wait(pause);
      const call = draft.bind(pair.state, contract.nextHeight);
      calls.push(`${contract.nextHeight}: ${draft.caller} ${inspect(call, { depth: 5, breakLength: Infinity })}`);
      step(pair, draft.caller, call);
      if (index % 20 === 19) sweep(pair);
    }
    sweep(pair);
  } catch (cause) {
    throw new Error(calls.join('\n'), { cause });
  }
}

it('answers, prints and stores what the model does in any history', { timeout: FUZZ_TIMEOUT }, () => {
  fc.assert(fc.property(history, run), fuzzParameters('decide matches contract', { runs: 14 }));
});

/** No call of ours leads to these: amounts are checked before a transfer, and a batch's lists are made of entries. */
const unreachable: readonly GridErrorName[] = [
  'transferSameParty',
  'transferNotPositive',
  'transferNotSender',
  'listLengthsDiffer',
];

it('agrees on every function and every error at least once', () => {
  const pair = openPair();
  const kinds = everyAnswer(pair);
  sweep(pair);
  const errors = Object.keys(gridErrors).filter((name) => !(unreachable as readonly string[]).includes(name));
  expect([...pair.seen].sort()).toEqual([...kinds, ...errors].sort());
});
