import { costOf, type Height, height, type MicroStx, microStx, type Principal } from '../../src/core/index.ts';
import { feeOfOneEntry, feeShare } from '../../src/execution/fee.ts';
import type { FeePolicy } from '../../src/execution/index.ts';
import { batchCall, batchIntents, batchKinds } from '../../src/execution/pack.ts';
import type { DayTotal, LaneState, OpenIntent, PlannedIntent } from '../../src/trading/index.ts';
import type { OwnTransaction } from '../venue/own-transaction.ts';
import { FeeTable } from './fee-table.ts';

export interface LaneOptions {
  readonly operators: readonly Principal[];
  readonly accounts: readonly Principal[];
  readonly fee: FeePolicy;
  /** Blocks between the tip that a transaction was sent at and the block that executes it; at least 1. */
  readonly latencyBlocks: number;
  /** Blocks after the tip of its turn in which a batch may still execute. */
  readonly validityBlocks: number;
  readonly maxUnconfirmed: number;
  readonly maxEntries: number;
  /** What each operator owns to pay fees with. */
  readonly wallet: MicroStx;
}

/** A transaction of ours. Its call is made where somebody asks for it: the venue goes by the intents. */
class SentBatch implements OwnTransaction {
  readonly operator: OwnTransaction['operator'];
  readonly nonce: number;
  readonly validUntil: Height;
  readonly intents: OwnTransaction['intents'];
  readonly fee: MicroStx;
  readonly dueAt: Height;

  constructor(sent: Omit<OwnTransaction, 'call'>) {
    this.operator = sent.operator;
    this.nonce = sent.nonce;
    this.validUntil = sent.validUntil;
    this.intents = sent.intents;
    this.fee = sent.fee;
    this.dueAt = sent.dueAt;
  }

  get call(): OwnTransaction['call'] {
    return batchCall(this.intents, this.validUntil);
  }
}

interface Lane {
  readonly operator: Principal;
  nonce: number;
  balance: number;
}

/** What an account has used of its limits in the day that `number` counts. */
interface Day {
  number: number;
  spent: number;
  fees: number;
}

/**
 * Our operators' transactions: packed as live, each with the next nonce and the fee of its bytes, executed in the order of
 * their nonces. A lane without room or money sends nothing more, which risk learns at the next turn.
 */
export class Lanes {
  readonly feePerEntry: MicroStx;
  readonly #options: LaneOptions;
  readonly #fees: FeeTable;
  readonly #lanes: readonly Lane[];
  readonly #days = new Map<Principal, Day>();
  /** Oldest first. */
  #underWay: OwnTransaction[] = [];
  // What turns are told, null where it has changed since it was put together.
  #openIntents: readonly OpenIntent[] | null = null;
  #states: readonly LaneState[] | null = null;
  #dayTotals: { readonly day: number; readonly totals: readonly DayTotal[] } | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#fees = new FeeTable(options.fee);
    this.feePerEntry = feeOfOneEntry(options.fee);
    this.#lanes = options.operators.map((operator) => ({ operator, nonce: 0, balance: options.wallet }));
    for (const account of options.accounts) this.#days.set(account, { number: 0, spent: 0, fees: 0 });
  }

  /** Sends what a turn allowed; the answer is what was sent. */
  send(allowed: readonly PlannedIntent[], tip: Height, day: number): readonly OwnTransaction[] {
    if (allowed.length === 0) return NOTHING;
    const { latencyBlocks, validityBlocks, maxEntries, maxUnconfirmed } = this.#options;
    const [validUntil, dueAt] = [height(tip + validityBlocks), height(tip + latencyBlocks)];
    const sent: OwnTransaction[] = [];
    for (const lane of this.#lanes) {
      const { operator } = lane;
      const mine = allowed.filter((planned) => planned.operator === operator);
      for (const intents of batchIntents(mine, maxEntries)) {
        const kind = batchKinds[intents[0].intent.kind];
        const fee = this.#fees.of(
          kind,
          intents.map(({ account }) => account),
        );
        if (this.#unconfirmed(operator) >= maxUnconfirmed || fee > lane.balance) continue;
        const transaction = new SentBatch({ operator, nonce: lane.nonce, validUntil, intents, fee, dueAt });
        lane.nonce += 1;
        lane.balance -= fee;
        this.#underWay.push(transaction);
        this.#forgetUnderWay();
        sent.push(transaction);
        this.#charge(transaction, day);
      }
    }
    return sent;
  }

  #charge({ intents, fee }: OwnTransaction, day: number): void {
    const entries = intents.length;
    this.#dayTotals = null;
    for (let entry = 0; entry < entries; entry += 1) {
      const { account, intent } = intents[entry] as PlannedIntent;
      const total = this.#day(account, day);
      total.fees += feeShare(fee, { entry, entries });
      if (intent.kind === 'buy') total.spent += costOf(intent.amount, intent.maxPrice);
    }
  }

  /** Gives back what a buy was counted at and did not cost, where that was today. */
  refund(account: Principal, amount: number, day: number): void {
    const total = this.#days.get(account);
    if (total === undefined || total.number !== day) return;
    total.spent = Math.max(total.spent - amount, 0);
    this.#dayTotals = null;
  }

  #day(account: Principal, number: number): Day {
    const known = this.#days.get(account);
    if (known?.number === number) return known;
    const day = { number, spent: 0, fees: 0 };
    this.#days.set(account, day);
    return day;
  }

  /** Takes the transactions that the block at `at` executes. */
  takeDue(at: Height): readonly OwnTransaction[] {
    if (this.#underWay.length === 0) return NOTHING;
    const due = this.#underWay.filter(({ dueAt }) => dueAt <= at);
    if (due.length > 0) {
      this.#underWay = this.#underWay.filter(({ dueAt }) => dueAt > at);
      this.#forgetUnderWay();
    }
    return due;
  }

  #unconfirmed(operator: Principal): number {
    let count = 0;
    for (const transaction of this.#underWay) if (transaction.operator === operator) count += 1;
    return count;
  }

  #forgetUnderWay(): void {
    this.#openIntents = null;
    this.#states = null;
  }

  openIntents(): readonly OpenIntent[] {
    this.#openIntents ??= this.#underWay.flatMap(({ intents }) => intents.map(openIntent));
    return this.#openIntents;
  }

  states(): readonly LaneState[] {
    const { maxUnconfirmed, maxEntries } = this.#options;
    this.#states ??= this.#lanes.map(({ operator, balance }) => {
      const unconfirmed = this.#unconfirmed(operator);
      const entriesLeft = Math.max(maxUnconfirmed - unconfirmed, 0) * maxEntries;
      return { operator, unconfirmed, entriesLeft, balance: microStx(balance) };
    });
    return this.#states;
  }

  dayTotals(day: number): readonly DayTotal[] {
    if (this.#dayTotals?.day !== day) {
      const totals = this.#options.accounts.map((account) => {
        const { spent, fees } = this.#day(account, day);
        return { account, spent: microStx(spent), fees: microStx(fees) };
      });
      this.#dayTotals = { day, totals };
    }
    return this.#dayTotals.totals;
  }
}

const NOTHING: readonly never[] = Object.freeze([]);

function openIntent(planned: PlannedIntent): OpenIntent {
  const { intent } = planned;
  return { ...planned, cost: intent.kind === 'buy' ? costOf(intent.amount, intent.maxPrice) : microStx(0) };
}
