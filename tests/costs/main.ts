/** Writes docs/costs.md, or with `--check` compares it with the committed file. It takes half a minute. */
import { keepGeneratedFile } from '../../src/contract/generate/generated-file.ts';
import { testAccount } from '../support/devnet.ts';
import { signGridDeployment } from '../support/sign-grid-call.ts';
import { measureCosts } from './measure.ts';
import { renderCosts } from './render.ts';

const costs = await measureCosts((line) => console.error(line));
const { hex } = await signGridDeployment(testAccount(0), 0);
keepGeneratedFile({ path: 'docs/costs.md', text: renderCosts(costs, hex.length / 2), from: 'what calls cost now' });
