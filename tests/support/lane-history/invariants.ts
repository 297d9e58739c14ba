import { expect } from 'vitest';
import type { Attempt, Transaction } from '../../../src/execution/index.ts';
import { reconcile } from '../../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../../src/execution/ports/transaction.ts';
import type { LaneHistory } from './history.ts';

const attemptsOf = (transaction: Transaction): readonly Attempt[] =>
  transaction.state === 'claimed' ? [] : transaction.attempts;

/** Checks T1 to T5, T7 and T10 after a move, against the chain's own blocks; keeps what it must compare with next time. */
export class LaneInvariants {
  readonly #history: LaneHistory;
  #before = new Map<number, readonly Attempt[]>();

  constructor(history: LaneHistory) {
    this.#history = history;
  }

  async check(): Promise<void> {
    const { ledger, chain, faults } = this.#history;
    expect(faults).toEqual([]);
    const transactions = await ledger.transactions({ states: TRANSACTION_STATES });
    this.#attemptsOnlyGrow(transactions);
    const holding = transactions.filter(({ state }) => state !== 'superseded').map(({ nonce }) => nonce);
    expect(new Set(holding).size, 'T3: a nonce has one transaction').toBe(holding.length);

    const carried = transactions.flatMap(({ intentIds }) => intentIds);
    expect(new Set(carried).size, 'T2: an intent has one transaction').toBe(carried.length);
    const mined = new Map(chain.mined.map((one) => [one.id, one]));
    const intents = new Map((await ledger.intents(carried)).map((one) => [one.planned.id, one.state]));
    const open = new Set((await this.#history.execution.openIntents()).map(({ id }) => id));
    for (const transaction of transactions) {
      const { id, state, nonce, intentIds } = transaction;
      const ours = attemptsOf(transaction).filter(({ txId }) => mined.has(txId));
      expect(ours.length, `T2: attempts of ${id} that blocks hold`).toBeLessThanOrEqual(1);
      switch (state) {
        case 'final':
        case 'reverted':
        case 'cancelled': {
          const { txId, indexBlockHash } = transaction.inclusion;
          expect(mined.get(txId)?.status, `T5: ${state} ${id}`).toMatchObject({ indexBlockHash });
          expect(ours[0]?.noop, `T2: ${id} is cancelled exactly where the call did not execute`).toBe(
            state === 'cancelled',
          );
          break;
        }
        case 'superseded':
          expect(ours, `T4: ${id} is superseded`).toEqual([]);
          expect(nonce, `T4: ${id} is superseded`).toBeLessThan(chain.nonce);
          break;
        case 'included':
          break;
        default:
          for (const intent of intentIds) {
            const isExpired = intents.get(intent) === 'expired';
            if (!isExpired) expect(intents.get(intent), `T7: ${intent} of ${id} (${state})`).toBe('claimed');
            else
              expect(chain.height, `T5: ${intent} of ${id} is released`).toBeGreaterThan(transaction.call.validUntil);
            expect(open.has(intent), `T7: ${intent} of ${id} (${state}) is exposure`).toBe(!isExpired);
          }
      }
    }
  }

  /** Everything has ended, as the chain has it. */
  async checkEnd(): Promise<void> {
    await this.check();
    const { ledger, chain, intents } = this.#history;
    const report = await reconcile({ chain, ledger });
    expect(report.differences).toEqual([]);
    expect(report.pending).toBe(0);
    const records = await ledger.intents(intents);
    expect(records.map(({ planned }) => planned.id).sort()).toEqual([...intents].sort());
    const executed = new Map<string, number>();
    for (const transaction of await ledger.transactions({ states: TRANSACTION_STATES })) {
      const calls = new Set(attemptsOf(transaction).flatMap(({ noop, txId }) => (noop ? [] : [txId])));
      const times = chain.mined.filter(({ id, status }) => calls.has(id) && status.status === 'success').length;
      for (const intent of transaction.intentIds) executed.set(intent, (executed.get(intent) ?? 0) + times);
    }
    for (const { planned, state } of records) {
      const times = executed.get(planned.id) ?? 0;
      expect([planned.id, state, times]).toEqual([
        planned.id,
        expect.stringMatching(/done|failed|expired|cancelled|superseded/),
        times,
      ]);
      expect(times, `${planned.id} is ${state}`).toBe(state === 'done' ? 1 : 0);
    }
    expect(this.#history.lane.paused).toBeNull();
  }

  #attemptsOnlyGrow(transactions: readonly Transaction[]): void {
    const now = new Map(transactions.map((one) => [one.id, attemptsOf(one)]));
    for (const [id, attempts] of this.#before) {
      expect(now.get(id)?.slice(0, attempts.length), `T1: attempts of ${id}`).toEqual(attempts);
    }
    for (const [id, attempts] of now) {
      const fees = attempts.map(({ fee }) => fee);
      expect(fees, `T10: fees of ${id}`).toEqual([...new Set(fees)].sort((one, other) => one - other));
      const noops = attempts.map(({ noop }) => Number(noop));
      expect(noops, `${id} does not come back from doing nothing`).toEqual([...noops].sort());
    }
    this.#before = now;
  }
}
