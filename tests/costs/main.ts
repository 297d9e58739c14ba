/** Writes docs/costs.md; tests/contract/costs.test.ts fails where it differs. It takes half a minute. */
import { keepGeneratedFile } from '../../src/contract/generate/generated-file.ts';
import { measureCosts } from './measure.ts';
import { COSTS_PATH, costsPage } from './page.ts';

const costs = await measureCosts((line) => console.error(line));
keepGeneratedFile({ path: COSTS_PATH, text: await costsPage(costs), from: 'what calls cost now' });
