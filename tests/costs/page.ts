import { testAccount } from '../support/devnet.ts';
import { signGridDeployment } from '../support/sign-grid-call.ts';
import type { EpochCosts } from './measure.ts';
import { renderCosts } from './render.ts';

/** From the root of the project. */
export const COSTS_PATH = 'docs/costs.md';

/** The page of what was measured. */
export async function costsPage(costs: readonly EpochCosts[]): Promise<string> {
  const { hex } = await signGridDeployment(testAccount(0), 0);
  return renderCosts(costs, hex.length / 2);
}
