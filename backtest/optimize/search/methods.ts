import { grid } from './grid.ts';
import { halving } from './halving.ts';
import { random } from './random.ts';
import type { SearchMethod } from './search.ts';

/** All ways to search, the default first. */
export const searchMethods: readonly SearchMethod[] = [halving, random, grid];
