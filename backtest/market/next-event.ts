import { type Sequence, sequence } from '../../src/core/index.ts';
import type { AccountIndex } from '../data/accounts.ts';
import { type EventColumns, NONE } from '../data/event-columns.ts';

/** Room for one event, written anew for each: what a decision would print. Columns that its kind does not use hold rests. */
export class NextEvent implements EventColumns {
  readonly length = 1;
  firstSequence: Sequence = sequence(0);
  readonly accounts: AccountIndex;
  readonly kind = new Uint8Array(1);
  readonly height = new Uint32Array(1);
  /** Not known before it is in a block. */
  readonly transaction = new Uint32Array(1).fill(NONE);
  readonly account = new Uint32Array(1);
  readonly other = new Uint32Array(1);
  readonly operator = new Uint32Array(1);
  readonly trade = new Uint32Array(1);
  readonly grant = new Uint32Array(1);
  readonly amount = new Float64Array(1);
  readonly price = new Float64Array(1);
  readonly second = new Float64Array(1);
  readonly mark = new Float64Array(1);
  readonly energy = new Float64Array(1);
  readonly funds = new Float64Array(1);
  readonly buyerEnergy = new Float64Array(1);
  readonly buyerFunds = new Float64Array(1);

  constructor(accounts: AccountIndex) {
    this.accounts = accounts;
  }
}
