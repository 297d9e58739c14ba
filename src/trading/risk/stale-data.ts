import type { RiskCheck } from './context.ts';
import { ALLOW, atMost } from './verdict.ts';

/** Denies on market data that lags behind the tip, or that was last confirmed too long ago. */
export const staleData: RiskCheck = (_intent, { height, nowMs, lastPoll }, { staleBlocks, staleSeconds }) => {
  const blocks = atMost('STALE_DATA', staleBlocks, height - lastPoll.height);
  if (blocks !== ALLOW) return blocks;
  return atMost('STALE_DATA', staleSeconds, Math.ceil((nowMs - lastPoll.atMs) / 1000));
};
