import type { GridCall } from '../../../contract/index.ts';
import type { Household } from '../model/energy.ts';
import type { HomeView } from './home-view.ts';
import { accountFor } from './metering.ts';

/** What the meter of one of the bot's clients reports in a slot. It reports and nothing else: the bot trades for it. */
export function planMeter(
  { world, holdings, meteredUntil }: Pick<HomeView, 'world' | 'holdings' | 'meteredUntil'>,
  household: Household,
  slot: number,
): readonly GridCall[] {
  return holdings === null ? [] : accountFor({ world, holdings, meteredUntil }, household, slot).calls;
}
