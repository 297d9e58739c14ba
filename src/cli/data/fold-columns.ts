import type { AccountIndex } from '../../../backtest/data/accounts.ts';
import { eventsOf } from '../../../backtest/data/columns-builder.ts';
import type { EventColumns } from '../../../backtest/data/event-columns.ts';
import { evolveRows } from '../../../backtest/market/columnar-evolve.ts';
import { columnarMarket } from '../../../backtest/market/columnar-market.ts';
import { evolve, type MarketState } from '../../market/index.ts';

/** Folds the parts of a recording onto its opening market: in columns where that is complete, else event by event. */
export function beginFold(opening: MarketState, accounts: AccountIndex): (columns: EventColumns) => void {
  if (opening.complete) {
    const market = columnarMarket(opening, accounts);
    return (columns) => evolveRows(market, columns, 0, columns.length);
  }
  let state = opening;
  return (columns) => {
    for (const event of eventsOf(columns)) state = evolve(state, event);
  };
}
