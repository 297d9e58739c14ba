import { EventKind } from '../../../backtest/data/event-columns.ts';
import { ConfigError, type Height, type Price, principal } from '../../core/index.ts';
import { gridPrices } from '../../trading/index.ts';
import type { LoadedMarket } from './load-market.ts';
import { type BacktestOptions, settingsOf } from './run-settings.ts';

/**
 * Finds out before anything is played whether a recording has the account to trade in place of, and a grid that never pays
 * more than it asks: it would be bought from and sold to without end.
 *
 * @throws ConfigError where it has not.
 */
export function checkScene(options: BacktestOptions, loaded: LoadedMarket): void {
  const { as: known, import: asked, feedIn } = options;
  if (known !== undefined) assertKnown(known, loaded);
  if (asked === undefined && feedIn === undefined) return;
  const { market } = loaded;
  const { grid } = settingsOf(options, market);
  const check = (energyPrice: Price, height: Height): void => {
    const prices = gridPrices(grid, energyPrice);
    if (prices.feedIn <= prices.import) return;
    throw new ConfigError(
      `expected a grid that pays at most what it asks, was ${prices.feedIn} against ${prices.import} µSTX/Wh at height ${height} of "${loaded.folder}"`,
      {
        hints: [
          'A grid that pays more than it asks would be bought from and sold to without end.',
          'Without --import it asks the energy price; without --feed-in it pays 40 % of that.',
        ],
      },
    );
  };
  check(market.opening.energyPrice, market.firstHeight);
  if (asked !== undefined && feedIn !== undefined) return;
  for (const { kind, price, height, length } of market.columns()) {
    for (let row = 0; row < length; row += 1) {
      if (kind[row] === EventKind.energyPriceSet) check(price[row] as Price, height[row] as Height);
    }
  }
}

function assertKnown(name: string, { folder, market }: LoadedMarket): void {
  if (market.opening.prosumers.has(principal(name))) return;
  const number = market.accounts.find(principal(name));
  for (const { kind, account, length } of number === undefined ? [] : market.columns()) {
    for (let row = 0; row < length; row += 1) {
      if (kind[row] === EventKind.prosumerRegistered && account[row] === number) return;
    }
  }
  throw new ConfigError(`expected an account that "${folder}" knows, was "${name}"`, {
    hints: ['`wattmaker data export` lists its accounts. Without --as a new account trades.'],
  });
}
