import type { RiskCheck } from './context.ts';
import { ALLOW, atLeast, atMost } from './verdict.ts';

/** Denies what exceeds the account's intents per turn, or the room in the operator's lane. */
export const capacity: RiskCheck = (_intent, { exposure, lane }, { intentsPerTurn }) => {
  const account = atMost('INTENTS_PER_TURN', intentsPerTurn, exposure.turnIntents + 1);
  return account === ALLOW ? atLeast('LANE_CAPACITY', 1, lane.entriesLeft) : account;
};
