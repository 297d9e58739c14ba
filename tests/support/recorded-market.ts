import { AccountIndex } from '../../backtest/data/accounts.ts';
import { columnsOf } from '../../backtest/data/columns-builder.ts';
import type { RecordedMarket } from '../../backtest/driver/backtest-input.ts';
import type { GridEvent } from '../../src/contract/index.ts';
import { height, type Principal } from '../../src/core/index.ts';
import { emptyMarket } from '../../src/market/index.ts';
import { createModelMarket, owner } from './model-market.ts';
import { playNeighbourhood } from './played-neighbourhood.ts';
import { testPrincipal } from './test-principal.ts';

export const homes = Array.from({ length: 12 }, (_, index) => testPrincipal(500 + index));
const [surplus, need] = [testPrincipal(520), testPrincipal(521)];

/** Events of a contract from its first, as a backtest takes them. */
export function recordedMarket(events: readonly GridEvent[], deployer: Principal = owner): RecordedMarket {
  const accounts = new AccountIndex();
  const columns = columnsOf(events, accounts);
  return {
    opening: emptyMarket({ owner: deployer }),
    accounts,
    columns: () => [columns],
    firstHeight: height(columns.height[0] ?? 0),
    lastHeight: height(columns.height[columns.length - 1] ?? 0),
  };
}

/**
 * The demo's neighbours among themselves, over so many blocks.
 *
 * @param turn from that height on they act by another seed, so that the past stays and the future is another.
 */
export function recordNeighbourhood(
  blocks: number,
  seed: number,
  turn?: { readonly at: number; readonly seed: number },
): readonly GridEvent[] {
  const market = createModelMarket();
  for (const who of [...homes, surplus, need]) {
    market.act(who, { kind: 'registerProsumer' });
    market.act(who, { kind: 'addFunds', amount: 50_000_000n });
  }
  let neighbourhood = playNeighbourhood(market, { homes, surplus, need }, seed);
  for (let at = 11; at < 11 + blocks; at += 1) {
    if (at === turn?.at) neighbourhood = playNeighbourhood(market, { homes, surplus, need }, turn.seed);
    neighbourhood.act(at);
  }
  return market.events;
}
