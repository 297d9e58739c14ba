import type { MicroStx, Wh } from '../../core/index.ts';
import type { Intent, OpenIntent } from '../intent.ts';
import type { Exposure } from '../risk/index.ts';
import type { DayTotal } from './request.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

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
    add(this, 'turnCost', cost);
    add(this, 'dayCost', cost);
    add(this, 'dayFees', fee);
    if (intent.kind !== 'cancel') add(this, 'turnWh', intent.amount);
  }

  #hold(intent: Intent, cost: MicroStx): void {
    switch (intent.kind) {
      case 'buy':
        add(this, 'buyCost', cost);
        add(this, 'buyWh', intent.amount);
        break;
      case 'list':
        add(this, 'listWh', intent.amount);
        this.lists += 1;
        break;
      case 'cancel':
        add(this, 'cancelWh', intent.amount);
        break;
    }
  }
}

/** Sums stay exact: what was allowed fits in balances, and balances are at most 2^53 − 1. */
function add<Key extends keyof Exposure>(target: Mutable<Exposure>, key: Key, amount: number): void {
  target[key] = ((target[key] as number) + amount) as Mutable<Exposure>[Key];
}
