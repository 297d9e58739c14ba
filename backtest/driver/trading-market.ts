import type { DelegationRecord, ProsumerRecord } from '../../src/contract/index.ts';
import type { Height, Price, Principal, Sequence, TradeId, Wh } from '../../src/core/index.ts';
import { type HistoryView, RecentPast, type TurnMarket } from '../../src/trading/index.ts';
import { EventKind, NO_GRANT } from '../data/event-columns.ts';
import { type ColumnarMarket, NO_SLOT } from '../market/columnar-market.ts';
import { delegationRecord, prosumerRecord } from '../market/plain-market.ts';
import { SortedBook, type SortedBookOptions } from './sorted-book.ts';

/** A columnar market as turns read it; what a turn does not look at is not put together. */
export class TradingMarket implements TurnMarket {
  readonly #market: ColumnarMarket;
  readonly offers: SortedBook;
  readonly #past: RecentPast;

  /** @param options.height of the tip. */
  constructor(market: ColumnarMarket, options: SortedBookOptions & { readonly height: Height }) {
    this.#market = market;
    this.offers = new SortedBook(market, options);
    this.#past = new RecentPast();
    this.#past.priced({ height: options.height, price: market.energyPrice as Price });
  }

  /** Hears the event that `market.next` holds, after it was applied. */
  hear({ next }: ColumnarMarket): void {
    const height = next.height[0] as Height;
    const price = next.price[0] as Price;
    switch (next.kind[0]) {
      case EventKind.tradeBought:
        this.#past.traded({ height, tradeId: next.trade[0] as TradeId, price, amount: next.amount[0] as Wh });
        return;
      case EventKind.energyPriceSet:
        this.#past.priced({ height, price });
        return;
      case EventKind.meterAssigned:
        this.offers.attest(next.account[0] as number);
        return;
      case EventKind.metersRequired:
        this.offers.rebuild();
        return;
    }
  }

  get sequence(): Sequence {
    return this.#market.sequence as Sequence;
  }

  get energyPrice(): Price {
    return this.#market.energyPrice as Price;
  }

  get metersRequired(): boolean {
    return this.#market.metersRequired;
  }

  get history(): HistoryView {
    return this.#past.view();
  }

  listedAt(offer: TradeId): Height | null {
    const slot = this.#market.slotOf(offer);
    return slot === NO_SLOT ? null : (this.#market.listedAt[slot] as Height);
  }

  prosumer(account: Principal): ProsumerRecord | null {
    const number = this.#market.accounts.find(account);
    return number === undefined ? null : prosumerRecord(this.#market, number);
  }

  isMetered(account: Principal): boolean {
    const number = this.#market.accounts.find(account);
    return number !== undefined && this.#market.isMetered(number);
  }

  delegation(prosumer: Principal, operator: Principal): DelegationRecord | null {
    const { accounts } = this.#market;
    const [who, whom] = [accounts.find(prosumer), accounts.find(operator)];
    if (who === undefined || whom === undefined) return null;
    const grant = this.#market.grantOf(who, whom);
    return grant === NO_GRANT ? null : delegationRecord(this.#market, grant);
  }
}
