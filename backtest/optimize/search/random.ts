import { drawCandidates } from './draw.ts';
import type { SearchMethod } from './search.ts';

/** Candidates drawn uniformly (Bergstra & Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012). */
export const random: SearchMethod = {
  name: 'random',
  description: '--trials candidates drawn uniformly',
  start: ({ space, random: source, trials }) => {
    const candidates = drawCandidates(space, source, trials);
    return (function* () {
      yield candidates.map((candidate) => ({ candidate, budget: 1 }));
    })();
  },
};
