import { CorruptionError } from '../core/index.ts';
import type { VmEvent } from './vm/events.ts';

/** An account as of one block. */
export interface AccountState {
  readonly balance: bigint;
  /** The next nonce: the number of transactions mined for it. */
  readonly nonce: number;
}

export interface Turnover {
  readonly sent: bigint;
  readonly received: bigint;
  readonly fees: bigint;
}

interface Version extends AccountState {
  readonly height: number;
}

const NEW_ACCOUNT: AccountState = { balance: 0n, nonce: 0 };
const NO_TURNOVER: Turnover = { sent: 0n, received: 0n, fees: 0n };

/** STX balances and nonces at every height, kept from the transactions' own events. */
export class Accounts {
  readonly #versions = new Map<string, Version[]>();
  readonly #turnover = new Map<string, Turnover>();
  #height = 0;

  /** What is written from now on belongs to `height`. */
  beginBlock(height: number): void {
    this.#height = height;
  }

  get(address: string): AccountState {
    return this.#versions.get(address)?.at(-1) ?? NEW_ACCOUNT;
  }

  /** The account at the end of block `height`. */
  at(address: string, height: number): AccountState {
    return this.#versions.get(address)?.findLast((version) => version.height <= height) ?? NEW_ACCOUNT;
  }

  turnover(address: string): Turnover {
    return this.#turnover.get(address) ?? NO_TURNOVER;
  }

  /** Money that comes from nowhere: genesis and `mint`. */
  mint(address: string, amount: bigint): void {
    const account = this.get(address);
    this.#write(address, { ...account, balance: account.balance + amount });
  }

  /** Counts a mined transaction: takes its fee and its nonce, and pays the fee out. */
  charge(sender: string, fee: bigint, recipient: string): void {
    const account = this.get(sender);
    this.#write(sender, { balance: account.balance, nonce: account.nonce + 1 });
    const { sent, received, fees } = this.turnover(sender);
    this.#turnover.set(sender, { sent, received, fees: fees + fee });
    this.#move(sender, recipient, fee);
  }

  /** Moves the STX that `events` moved. */
  apply(events: readonly VmEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'stx') continue;
      this.#move(event.sender, event.recipient, event.amount);
      if (event.sender !== undefined) this.#count(event.sender, event.amount, 0n);
      if (event.recipient !== undefined) this.#count(event.recipient, 0n, event.amount);
    }
  }

  all(): IterableIterator<string> {
    return this.#versions.keys();
  }

  #move(from: string | undefined, to: string | undefined, amount: bigint): void {
    if (from !== undefined) {
      const account = this.get(from);
      if (account.balance < amount) {
        throw new CorruptionError(`expected ${from} to hold ${amount} µSTX, was ${account.balance}`);
      }
      this.#write(from, { ...account, balance: account.balance - amount });
    }
    if (to !== undefined) this.mint(to, amount);
  }

  #count(address: string, sent: bigint, received: bigint): void {
    const before = this.turnover(address);
    this.#turnover.set(address, { sent: before.sent + sent, received: before.received + received, fees: before.fees });
  }

  #write(address: string, state: AccountState): void {
    const version: Version = { balance: state.balance, nonce: state.nonce, height: this.#height };
    const versions = this.#versions.get(address);
    if (versions === undefined) this.#versions.set(address, [version]);
    else if (versions.at(-1)?.height === this.#height) versions[versions.length - 1] = version;
    else versions.push(version);
  }
}
