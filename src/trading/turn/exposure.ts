import type { MicroStx, Wh } from '../../core/index.ts';
import type { Intent, OpenIntent } from '../intent.ts';
import type { Exposure } from '../risk/index.ts';
import type { DayTotal } from './request.ts';

/** What one account's unconfirmed and earlier intents use; grows as intents are allowed. */
export class AccountExposure implements Exposure {
  buyCost = 0 as MicroStx;
  buyWh = 0 as Wh;
  listWh = 0 as Wh;
  lists = 0;
  cancelWh = 0 as Wh;
  turnCost = 0 as MicroStx;
  turnWh = 0 as Wh;
  turnIntents = 0;
  dayCost: MicroStx;
  dayFees: MicroStx;

  constructor(day: DayTotal | undefined, open: readonly OpenIntent[]) {
    this.dayCost = day?.spent ?? (0 as MicroStx);
    this.dayFees = day?.fees ?? (0 as MicroStx);
    for (const { intent, cost } of open) this.#hold(intent, cost);
  }

  /** Counts an intent that was just allowed, with its worst-case cost. */
  allow(intent: Intent, cost: MicroStx, fee: MicroStx): void {
    this.#hold(intent, cost);
    this.turnIntents += 1;
    this.turnCost = plus(this.turnCost, cost);
    this.dayCost = plus(this.dayCost, cost);
    this.dayFees = plus(this.dayFees, fee);
    if (intent.kind !== 'cancel') this.turnWh = plus(this.turnWh, intent.amount);
  }

  #hold(intent: Intent, cost: MicroStx): void {
    switch (intent.kind) {
      case 'buy':
        this.buyCost = plus(this.buyCost, cost);
        this.buyWh = plus(this.buyWh, intent.amount);
        break;
      case 'list':
        this.listWh = plus(this.listWh, intent.amount);
        this.lists += 1;
        break;
      case 'cancel':
        this.cancelWh = plus(this.cancelWh, intent.amount);
        break;
    }
  }
}

/** Sums stay exact: what was allowed fits in balances, and balances are at most 2^53 − 1. */
const plus = <Amount extends MicroStx | Wh>(one: Amount, other: Amount): Amount => (one + other) as Amount;
