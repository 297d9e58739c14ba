import { ConfigError } from '../../../src/core/index.ts';
import { drawCandidates } from './draw.ts';
import { byScore, type SearchMethod } from './search.ts';

/** Of each rung one in so many goes on, with so many times the data. */
const ETA = 3;
const MOST_RUNGS = 4;

/**
 * Successive halving over the length of the data: many candidates on its last part, the best third of them on three times as
 * much, and so on to the whole (Jamieson & Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
 * AISTATS 2016; one bracket of Hyperband, Li et al., JMLR 18, 2018).
 */
export const halving: SearchMethod = {
  name: 'halving',
  description: '--trials candidates on a part of the data, each time the best third of them on three times as much',
  start({ space, random, trials, minBudget }) {
    const rungs = Array.from({ length: MOST_RUNGS }, (_, rung) => rung).filter(
      (rung) => ETA ** rung <= trials && ETA ** -rung >= minBudget,
    );
    if (rungs.length < 2) {
      throw new ConfigError(`expected at least ${ETA} trials and enough blocks to train on a third of them`, {
        hints: ['Give more --trials or a longer --train, or search with --method random.'],
      });
    }
    const drawn = drawCandidates(space, random, trials);
    return (function* () {
      let candidates = drawn;
      for (const rung of rungs.toReversed()) {
        const scores = yield candidates.map((candidate) => ({ candidate, budget: ETA ** -rung }));
        const scored = candidates.map((candidate, index) => ({ candidate, score: scores[index] ?? null }));
        const keep = Math.max(1, Math.floor(candidates.length / ETA));
        candidates = byScore(scored, ({ score }) => score)
          .slice(0, keep)
          .map(({ candidate }) => candidate);
      }
    })();
  },
};
