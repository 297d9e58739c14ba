import { CorruptionError } from '../core/index.ts';
import type { VmEvent } from './vm/events.ts';

/** An account as of one block. Amounts are µSTX; `sent` and `received` count transfers, `fees` what its transactions paid. */
export interface AccountState {
  readonly balance: bigint;
  /** The next nonce: the number of transactions mined for it. */
  readonly nonce: number;
  readonly sent: bigint;
  readonly received: bigint;
  readonly fees: bigint;
}

interface Version extends AccountState {
  readonly height: number;
}

const NEW_ACCOUNT: AccountState = { balance: 0n, nonce: 0, sent: 0n, received: 0n, fees: 0n };

/** STX balances and nonces at every height, kept from the transactions' own events. */
export class Accounts {
  readonly #versions = new Map<string, Version[]>();
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

  /** Money that comes from nowhere: genesis and `mint`. */
  mint(address: string, amount: bigint): void {
    this.#change(address, ({ balance }) => ({ balance: balance + amount }));
  }

  /** Counts a mined transaction: takes its fee and its nonce, and pays the fee out. */
  charge(sender: string, fee: bigint, recipient: string): void {
    this.#change(sender, ({ nonce, fees }) => ({ nonce: nonce + 1, fees: fees + fee }));
    this.#move(sender, recipient, fee);
  }

  /** Moves the STX that `events` moved. */
  apply(events: readonly VmEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'stx') continue;
      const { sender, recipient, amount } = event;
      this.#move(sender, recipient, amount);
      if (sender !== undefined) this.#change(sender, ({ sent }) => ({ sent: sent + amount }));
      if (recipient !== undefined) this.#change(recipient, ({ received }) => ({ received: received + amount }));
    }
  }

  #move(from: string | undefined, to: string | undefined, amount: bigint): void {
    if (from !== undefined) {
      const { balance } = this.get(from);
      if (balance < amount) {
        throw new CorruptionError(`expected ${from} to hold ${amount} µSTX, was ${balance}`);
      }
      this.#change(from, () => ({ balance: balance - amount }));
    }
    if (to !== undefined) this.mint(to, amount);
  }

  #change(address: string, change: (before: AccountState) => Partial<AccountState>): void {
    const before = this.get(address);
    const version: Version = { ...before, ...change(before), height: this.#height };
    const versions = this.#versions.get(address);
    if (versions === undefined) this.#versions.set(address, [version]);
    else if (versions.at(-1)?.height === this.#height) versions[versions.length - 1] = version;
    else versions.push(version);
  }
}
