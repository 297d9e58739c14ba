import { type Price, price } from '../../src/core/index.ts';
import { type GridPrices, gridPrices } from '../../src/trading/index.ts';
import { type EventColumns, EventKind, NO_HEIGHT } from '../data/event-columns.ts';
import type { BacktestAccount, BacktestSettings, RecordedMarket } from '../driver/backtest-input.ts';
import { type LeastFees, leastFees } from './least-fees.ts';

/** An offer of somebody else, and the blocks in which it could have been bought. */
export interface Supply {
  readonly amount: number;
  readonly price: number;
  readonly from: number;
  readonly until: number;
}

/** A recorded purchase, which would have taken an offer of the account instead: up to so many Wh, for up to that price. */
export interface Demand {
  readonly amount: number;
  readonly price: number;
  readonly height: number;
}

/** What befalls the account whatever it does, in the order of events. */
export type Flow =
  /** Its meter read, or it added, so many Wh; negative where it consumed more. */
  | { readonly kind: 'energy'; readonly height: number; readonly amount: number }
  /** It consumed by its own word, so the grid gives at once what it lacks, at the price of then. */
  | { readonly kind: 'consumption'; readonly height: number; readonly amount: number; readonly import: number }
  | { readonly kind: 'deposit'; readonly height: number; readonly amount: number };

/** The grid brings the account's free energy to its target after block `height`. */
export interface Settlement extends GridPrices {
  readonly height: number;
}

/** Wh of lots, summed by price. */
export interface Crowd {
  readonly supplied: ReadonlyMap<number, bigint>;
  readonly demanded: ReadonlyMap<number, bigint>;
}

/** So many lots are told apart; what comes after goes into the crowd, so that a long recording needs no more memory. */
const TOLD_APART = 100_000;

/** All that someone who knew the recording could have done with an account. Wh and µSTX. */
export interface Opportunities {
  readonly supplies: readonly Supply[];
  readonly demands: readonly Demand[];
  /** The lots that are not told apart; null where all are. */
  readonly crowd: Crowd | null;
  readonly flows: readonly Flow[];
  /** Oldest first; the last is the end, at which open offers are taken back first. */
  readonly settlements: readonly Settlement[];
  /** At first: on the account and in its open offers. */
  readonly energy: number;
  /** How far below zero the account is at first. */
  readonly debt: number;
  readonly funds: number;
  readonly target: number;
  readonly fees: LeastFees;
  /** What the idle account pays the grid. */
  readonly idleCost: bigint;
}

export interface BoundInput {
  readonly market: RecordedMarket;
  /** The only account that trades here. */
  readonly account: BacktestAccount;
  readonly settings: BacktestSettings;
}

/** Reads what an account could have done out of a recording. */
export function opportunitiesOf(input: BoundInput): Opportunities {
  return new Reading(input).read();
}

class Reading {
  readonly #input: BoundInput;
  readonly #open = new Map<number, Omit<Supply, 'until'> & { readonly openUntil: number }>();
  readonly #supplies: Supply[] = [];
  readonly #demands: Demand[] = [];
  readonly #crowd = { supplied: new Map<number, bigint>(), demanded: new Map<number, bigint>() };
  readonly #flows: Flow[] = [];
  readonly #settlements: Settlement[] = [];
  readonly #us: number;
  /** The first block in which an offer of the account could be sold. */
  readonly #salesFrom: number;
  readonly #hasOffers: boolean;
  readonly #target: number;
  #registered: boolean;
  #grid: GridPrices;
  #idle: number;
  #idleCost = 0n;
  /** The block whose end was settled last. */
  #settled: number;

  constructor(input: BoundInput) {
    const { market, account, settings } = input;
    this.#input = input;
    this.#us = market.accounts.numberOf(account.principal);
    this.#target = account.targetWh ?? 0;
    this.#grid = this.#pricesAt(market.opening.energyPrice);
    this.#settled = market.firstHeight - 1;
    this.#registered = account.opening !== null || market.opening.prosumers.has(account.principal);
    this.#idle = this.#openingEnergy();
    this.#hasOffers = market.opening.openOffers.some(({ seller }) => seller === account.principal);
    // A listing executes `latencyBlocks` after the first tip, and stands for a block at least before anyone takes it.
    this.#salesFrom = this.#hasOffers ? market.firstHeight : settings.from + settings.latencyBlocks + 1;
    for (const { id, seller, amount, price: asked, openUntil } of market.opening.openOffers) {
      if (seller === account.principal) continue;
      this.#list(id, { amount, price: asked, listedAt: market.firstHeight - 1, openUntil: openUntil ?? NO_HEIGHT });
    }
  }

  #openingEnergy(): number {
    const { account, market } = this.#input;
    if (account.opening !== null) return account.opening.energy;
    const record = market.opening.prosumers.get(account.principal);
    return record === undefined ? 0 : record.energy + record.escrowed;
  }

  #pricesAt(energyPrice: Price): GridPrices {
    return gridPrices(this.#input.settings.grid, energyPrice);
  }

  read(): Opportunities {
    const { market, account, settings } = this.#input;
    for (const columns of market.columns()) {
      for (let row = 0; row < columns.length; row += 1) {
        this.#settleUntil((columns.height[row] as number) - 1);
        this.#hear(columns, row);
      }
    }
    this.#settleUntil(market.lastHeight);
    this.#settle(market.lastHeight);
    for (const id of [...this.#open.keys()]) this.#close(id, market.lastHeight);
    const record = market.opening.prosumers.get(account.principal);
    const fees = leastFees(account.principal, settings);
    return {
      supplies: this.#supplies,
      demands: this.#demands,
      crowd: this.#isFull ? this.#crowd : null,
      flows: this.#flows,
      settlements: this.#settlements,
      energy: this.#openingEnergy(),
      debt: account.opening === null ? Math.max(0, -(record?.energy ?? 0)) : 0,
      funds: account.opening?.funds ?? record?.funds ?? 0,
      target: this.#target,
      // What stands open at first was listed before, and sells without a fee of ours.
      fees: this.#hasOffers ? { ...fees, list: 0 } : fees,
      idleCost: this.#idleCost,
    };
  }

  #settleUntil(height: number): void {
    const { settleBlocks } = this.#input.settings;
    for (let at = this.#settled + 1; settleBlocks !== null && at <= height; at += 1) {
      if (at % settleBlocks === 0 && this.#registered) this.#settle(at);
    }
    this.#settled = Math.max(this.#settled, height);
  }

  #settle(height: number): void {
    this.#settlements.push({ height, ...this.#grid });
    const amount = this.#target - this.#idle;
    this.#idleCost += BigInt(amount) * BigInt(amount > 0 ? this.#grid.import : this.#grid.feedIn);
    this.#idle = this.#target;
  }

  #hear(columns: EventColumns, row: number): void {
    const height = columns.height[row] as number;
    const amount = columns.amount[row] as number;
    const asked = columns.price[row] as number;
    const trade = columns.trade[row] as number;
    const ours = columns.account[row] === this.#us;
    switch (columns.kind[row]) {
      case EventKind.tradeListed:
        if (!ours)
          this.#list(trade, { amount, price: asked, listedAt: height, openUntil: columns.mark[row] as number });
        return;
      case EventKind.tradeCancelled:
        this.#close(trade, height);
        return;
      case EventKind.tradeBought:
        this.#close(trade, height);
        if (columns.other[row] !== this.#us && height >= this.#salesFrom) {
          if (this.#isFull) join(this.#crowd.demanded, asked, amount);
          else this.#demands.push({ amount, price: asked, height });
        }
        return;
      case EventKind.energyPriceSet:
        this.#grid = this.#pricesAt(price(asked));
        return;
      default:
        if (ours) this.#befall(columns, row, { height, amount });
    }
  }

  #befall(columns: EventColumns, row: number, { height, amount }: { height: number; amount: number }): void {
    switch (columns.kind[row]) {
      case EventKind.prosumerRegistered:
        this.#registered = true;
        return;
      case EventKind.energyAdded:
        this.#change({ kind: 'energy', height, amount }, amount);
        return;
      case EventKind.readingRecorded: {
        const net = amount - (columns.second[row] as number);
        this.#change({ kind: 'energy', height, amount: net }, net);
        return;
      }
      case EventKind.energyConsumed:
        this.#change({ kind: 'consumption', height, amount, import: this.#grid.import }, -amount);
        return;
      // A withdrawal fails where the funds were spent, so it takes away nothing that could have been spent.
      case EventKind.fundsAdded:
        this.#flows.push({ kind: 'deposit', height, amount });
        return;
    }
  }

  #change(flow: Flow, amount: number): void {
    this.#flows.push(flow);
    this.#idle += amount;
  }

  /** A turn sees the offer at the tip of its block, and buys it `latencyBlocks` later at the soonest. */
  #list(
    id: number,
    offer: Pick<Supply, 'amount' | 'price'> & { readonly listedAt: number; readonly openUntil: number },
  ): void {
    const { settings } = this.#input;
    const { amount, price: asked, listedAt, openUntil } = offer;
    const from = Math.max(listedAt, settings.from) + settings.latencyBlocks;
    this.#open.set(id, { amount, price: asked, from, openUntil });
  }

  /** Ours may come first in the block that takes it away. */
  #close(id: number, height: number): void {
    const { settings } = this.#input;
    const offer = this.#open.get(id);
    if (offer === undefined) return;
    this.#open.delete(id);
    const { openUntil, ...supply } = offer;
    const until = Math.min(
      height,
      settings.to + settings.latencyBlocks,
      openUntil === NO_HEIGHT ? Number.POSITIVE_INFINITY : openUntil,
    );
    if (supply.from > until) return;
    if (this.#isFull) join(this.#crowd.supplied, supply.price, supply.amount);
    else this.#supplies.push({ ...supply, until });
  }

  get #isFull(): boolean {
    return this.#supplies.length + this.#demands.length >= TOLD_APART;
  }
}

function join(crowd: Map<number, bigint>, price: number, amount: number): void {
  crowd.set(price, (crowd.get(price) ?? 0n) + BigInt(amount));
}
