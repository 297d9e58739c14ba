import type { RiskCheck } from './context.ts';
import { ALLOW, atMost } from './verdict.ts';

/** Denies what moves more energy in one turn than the account may; cancels move none. */
export const energyPerTurn: RiskCheck = (intent, { exposure }, limits) =>
  intent.kind === 'cancel' ? ALLOW : atMost('ENERGY_PER_TURN', limits.energyPerTurn, exposure.turnWh + intent.amount);
