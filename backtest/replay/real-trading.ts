import { type Principal, type TradeId, wh } from '../../src/core/index.ts';
import type { MarketState } from '../../src/market/index.ts';
import { type GridPrices, type GridSettings, gridPrices, type TradingAccount } from '../../src/trading/index.ts';
import { type EventColumns, EventKind } from '../data/event-columns.ts';
import { ProfitAccount } from '../driver/profit-account.ts';
import type { RunFill } from './compare-fills.ts';

/** What the accounts of a run really did, by its events. */
export interface RealTrading {
  readonly fills: readonly RunFill[];
  /** Their profit before network fees, in µSTX, reckoned as a backtest does. */
  readonly profit: bigint;
  /** The height at which an account's purchase of an offer came about. */
  boughtAt(account: Principal, offer: TradeId): number | undefined;
}

/** Whose trading is read off, and the energy that it wants to hold at the end. */
type Traded = Pick<TradingAccount, 'principal' | 'targetWh'>;

/** What one account holds and has earned. */
interface Holder {
  readonly name: Principal;
  readonly profit: ProfitAccount;
  /** Wh, those in open offers included. */
  held: number;
  readonly target: number;
}

/** Reads off the events what the accounts traded, and what that came to. */
export function realTrading(
  market: { readonly opening: MarketState; readonly columns: () => Iterable<EventColumns> },
  accounts: readonly Traded[],
  grid: GridSettings,
): RealTrading {
  const holders = new Map(accounts.map((account) => [account.principal, holderOf(account, market.opening, grid)]));
  const fills: RunFill[] = [];
  const purchases = new Map<string, number>();
  const hear = (columns: EventColumns, row: number): void => {
    const [amount, price] = [columns.amount[row] as number, columns.price[row] as number];
    switch (columns.kind[row]) {
      case EventKind.tradeBought: {
        const [seller, buyer] = [nameIn(columns, 'account', row), nameIn(columns, 'other', row)];
        const height = columns.height[row] as number;
        trade(holders.get(seller), 'sold', { amount, price, height });
        trade(holders.get(buyer), 'bought', { amount, price, height });
        if (holders.has(buyer)) purchases.set(`${buyer} ${columns.trade[row]}`, height);
        return;
      }
      case EventKind.energyPriceSet:
        for (const { profit } of holders.values()) profit.reprice(gridPrices(grid, price as GridPrices['import']));
        return;
      case EventKind.energyAdded:
        produce(holders.get(nameIn(columns, 'account', row)), amount);
        return;
      case EventKind.energyConsumed:
        produce(holders.get(nameIn(columns, 'account', row)), -amount);
        return;
      case EventKind.readingRecorded:
        produce(holders.get(nameIn(columns, 'account', row)), amount - (columns.second[row] as number));
        return;
    }
  };
  function trade(
    holder: Holder | undefined,
    side: RunFill['side'],
    { amount, price, height }: Omit<RunFill, 'account' | 'side'>,
  ): void {
    if (holder === undefined) return;
    holder.held += side === 'bought' ? amount : -amount;
    if (side === 'bought') holder.profit.bought(amount, price);
    else holder.profit.sold(amount, price);
    fills.push({ account: holder.name, side, height, amount, price });
  }

  for (const columns of market.columns()) for (let row = 0; row < columns.length; row += 1) hear(columns, row);
  return {
    fills,
    profit: [...holders.values()].reduce((sum, holder) => sum + close(holder), 0n),
    boughtAt: (account, offer) => purchases.get(`${account} ${offer}`),
  };
}

function holderOf({ principal, targetWh = wh(0) }: Traded, opening: MarketState, grid: GridSettings): Holder {
  const { energy = 0, escrowed = 0 } = opening.prosumers.get(principal) ?? {};
  const held = energy + escrowed;
  const profit = new ProfitAccount(gridPrices(grid, opening.energyPrice), held);
  return { name: principal, profit, held, target: targetWh };
}

function produce(holder: Holder | undefined, change: number): void {
  if (holder === undefined) return;
  holder.held += change;
  holder.profit.produced(change);
}

/** What is left above or below the stated need goes to or comes from the grid, as at the end of a backtest. */
function close({ profit, held, target }: Holder): bigint {
  profit.fromGrid(BigInt(target - held));
  profit.settleIdle(BigInt(target));
  const { net, fees } = profit.close();
  return net - fees;
}

const nameIn = (columns: EventColumns, column: 'account' | 'other', row: number): Principal =>
  columns.accounts.nameOf(columns[column][row] as number);
