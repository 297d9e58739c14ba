import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { height } from '../../../src/core/index.ts';
import { emptyMarket } from '../../../src/market/index.ts';
import { fuzzParameters } from '../../support/fuzz.ts';
import { epochs } from '../../support/simnet.ts';
import { cast } from '../cast.ts';
import { compareEverything } from '../compare.ts';
import { sweepInvariants } from '../invariants.ts';
import { ModelScene } from '../model-scene.ts';
import { openStage, perform } from '../stage.ts';
import { type Outcome, play, type Step, steps, type World } from './play.ts';

/** On the model a plot takes milliseconds, so there are many. */
const MODEL_RUNS = 3_000;
/** Beside the contract it takes most of a second. */
const CONTRACT_RUNS = 25;
/** Refusals that show the gang to have pushed against every limit. */
const LIMITS = ['priceLimit', 'spendLimit', 'energyLimit', 'delegationExpired', 'unauthorized', 'tradeNotOpen'];

function modelWorld(): World {
  const balances = new Map(cast.everyone.map((account) => [account, account === cast.poor ? 1_000n : 100_000_000n]));
  const scene = new ModelScene({ state: emptyMarket({ owner: cast.owner }), height: height(5), balances });
  return { scene, act: (act) => scene.act(act) };
}

/** Counts the answers of all plots; says how near a grant came to its bound. */
function tally() {
  const counts = new Map<string, number>();
  let reached = 0;
  return {
    counts,
    add(outcome: Outcome) {
      for (const answer of outcome.answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
      reached = Math.max(reached, outcome.reached);
    },
    print(name: string) {
      const sums = [...counts].sort(([, a], [, b]) => b - a).map(([answer, count]) => `${answer} ${count}`);
      console.log(`${name}: at most ${(reached * 100).toFixed(1)} % of a bound lost; ${sums.join(', ')}`);
    },
  };
}

describe('operators who conspire against the prosumers they trade for', () => {
  it('never exceed a grant, its loss bound or their rights: any plot, on the model', { timeout: 0 }, () => {
    const all = tally();
    const property = fc.property(steps(40), fc.boolean(), (drawn, attested) => {
      all.add(play(modelWorld(), drawn, attested));
    });
    fc.assert(property, fuzzParameters('adversary, model', { runs: MODEL_RUNS }) as fc.Parameters<[Step[], boolean]>);
    all.print('adversary, model');
    for (const limit of LIMITS) expect(all.counts.get(limit) ?? 0, limit).toBeGreaterThan(0);
  });

  it.each(epochs)('never do so on the contract either, in epoch %s', { timeout: 0 }, async (epoch) => {
    const all = tally();
    const property = fc.asyncProperty(steps(40), fc.boolean(), async (drawn, attested) => {
      const stage = await openStage(epoch);
      all.add(play({ scene: stage, act: (act) => perform(stage, act) }, drawn, attested));
      compareEverything(stage);
      sweepInvariants(stage);
    });
    const parameters = fuzzParameters(`adversary, epoch ${epoch}`, { runs: CONTRACT_RUNS });
    await fc.assert(property, parameters as fc.Parameters<[Step[], boolean]>);
    all.print(`adversary, epoch ${epoch}`);
  });
});
