import { describe, expect, it } from 'vitest';
import { height, microStx, principal, txId } from '../../../src/core/index.ts';
import type { Transaction } from '../../../src/execution/index.ts';
import type { Evidence, MinedTransaction } from '../../chaos/evidence.ts';
import { countOf, judge } from '../../chaos/judge.ts';
import { planRound, themes } from '../../chaos/plan.ts';
import { type JournalLine, killPoints, zombieWrites } from '../../chaos/steps.ts';
import { testAccount } from '../../support/devnet.ts';
import { planList } from '../../support/trading-fixtures.ts';

const LANE = principal(testAccount(1).address);
const idOf = (digit: string) => txId(digit.repeat(64));
const call = {
  kind: 'tradeEnergyFor',
  validUntil: 100n,
  openUntil: 200n,
  entries: [{ seller: LANE, amount: 500n, price: 90n }],
} as const;

const inLedger = (id: number, changes: Partial<Transaction> = {}): Transaction =>
  ({
    id,
    lane: LANE,
    nonce: id,
    call,
    intentIds: [`intent-${id}`],
    claimedAt: 0,
    state: 'final',
    attempts: [{ txId: idOf(String(id)), hex: '', sha256: '', fee: microStx(300), noop: false, createdAt: 0 }],
    ...changes,
  }) as Transaction;

const onChain = (id: number, changes: Partial<MinedTransaction> = {}): MinedTransaction => ({
  txId: idOf(String(id)),
  lane: LANE,
  nonce: id,
  height: 10 + id,
  // No two listings are alike.
  call: { ...call, openUntil: BigInt(200 + id) },
  done: [true],
  ...changes,
});

const intent = (id: number, state: Evidence['intents'][number]['state'] = 'done'): Evidence['intents'][number] => ({
  planned: planList({ id: `intent-${id}`, operator: LANE, at: height(5), openUntil: height(200) }),
  state,
  transactionId: id,
});

/** Two transactions of one lane, each with an intent that the chain carried out. */
const well: Evidence = {
  mined: [onChain(0), onChain(1)],
  nonces: { [LANE]: 2 },
  foreign: new Set(),
  overwritten: [],
  past: new Set(),
  zombies: [],
  transactions: [inLedger(0), inLedger(1)],
  intents: [intent(0), intent(1)],
  recorded: ['intent-0', 'intent-1'],
  jobs: 0,
  unread: 0,
  differences: [],
};

const judged = (changes: Partial<Evidence>) => judge({ ...well, ...changes });

describe('the judge of a chaos round', () => {
  it('default: finds nothing where chain, ledger and journal agree', () => {
    expect(countOf({ ...judge(well), leaks: [] })).toBe(0);
  });

  it('behavior: an intent that was recorded and is gone is lost', () => {
    expect(judged({ intents: [intent(0)] }).lost).toEqual(['intent intent-1 was recorded and is not in the ledger']);
  });

  it('behavior: an intent without an end, or with another end than on the chain, is lost', () => {
    expect(judged({ intents: [intent(0), intent(1, 'claimed')] }).lost).toEqual(['intent intent-1 is still claimed']);
    expect(judged({ intents: [intent(0), intent(1, 'expired')] }).lost).toEqual([
      'intent intent-1 is done on the chain, expired in the ledger',
    ]);
    expect(judged({ mined: [onChain(0), onChain(1, { done: [false] })] }).lost).toEqual([
      'intent intent-1 is done in the ledger, not on the chain',
    ]);
  });

  it('behavior: an intent that two transactions carried out was executed twice', () => {
    const transactions = [inLedger(0), inLedger(1, { intentIds: ['intent-0'] })];
    expect(judged({ transactions, intents: [intent(0)], recorded: [] }).twice).toEqual([
      'intent intent-0 was executed 2 times',
    ]);
  });

  it('behavior: two listings that are alike are one that was executed twice, whatever the ledger says', () => {
    expect(judged({ mined: [onChain(0, { call }), onChain(1, { call })] }).twice).toHaveLength(1);
  });

  it('behavior: what the chain has of the key and the ledger has not is unexplained, unless a stranger signed it', () => {
    const transactions = [inLedger(0)];
    const intents = [intent(0)];
    const without = { transactions, intents, recorded: [] };
    expect(judged(without).unexplained).toHaveLength(1);
    expect(judged(without).nonces).toHaveLength(1);
    const explained = judged({ ...without, foreign: new Set([idOf('1')]) });
    expect(countOf({ ...explained, leaks: [] })).toBe(0);
  });

  it('behavior: a nonce is of one transaction, and the chain has used it', () => {
    expect(judged({ transactions: [inLedger(0), inLedger(1), inLedger(2, { nonce: 1 })] }).nonces).toHaveLength(1);
    expect(judged({ nonces: { [LANE]: 1 } }).nonces).toHaveLength(1);
    expect(judged({ foreign: new Set([idOf('1')]) }).nonces).toHaveLength(1);
    const superseded = [inLedger(0), inLedger(1), inLedger(2, { nonce: 1, state: 'superseded', intentIds: [] })];
    expect(judged({ transactions: superseded }).nonces).toEqual([]);
  });

  it('behavior: a nonce that the key had used before there was a ledger is given to no transaction', () => {
    const superseded = [inLedger(2, { nonce: 0, state: 'superseded', intentIds: [] }), inLedger(1)];
    const taken = { transactions: superseded, intents: [intent(1)], recorded: [], foreign: new Set([idOf('0')]) };
    expect(judged(taken).nonces).toEqual([]);
    expect(judged({ ...taken, past: taken.foreign }).nonces).toEqual([
      `nonce 0 of ${LANE} was used before transaction 2 was given it`,
    ]);
  });

  it('behavior: work that is left is unfinished', () => {
    expect(judged({ transactions: [inLedger(0), inLedger(1, { state: 'broadcast' })] }).unfinished).toHaveLength(1);
    expect(judged({ jobs: 2 }).unfinished).toEqual(['2 jobs are left in the queue']);
    expect(judged({ unread: 3 }).unfinished).toEqual(['3 events of the chain were never read']);
  });

  it('behavior: a stranger that was pushed out, a zombie and a difference that reconcile finds are unexplained', () => {
    expect(judged({ overwritten: [idOf('7')] }).unexplained).toHaveLength(1);
    expect(judged({ zombies: ['process 1 wrote claim'], differences: ['fee'] }).unexplained).toHaveLength(2);
  });
});

describe('zombieWrites', () => {
  const line = (pid: number, at: number, rest: Partial<JournalLine>): JournalLine => ({
    pid,
    at,
    from: at - 1,
    step: 'claim',
    ...rest,
  });
  const taken = line(2, 100, { step: 'acquireLanes', held: true });

  it('behavior: a write that began after another process had the lanes is one', () => {
    const lines = [line(1, 10, { step: 'acquireLanes', held: true }), line(1, 20, {}), taken, line(1, 120, {})];
    expect([...zombieWrites(lines)]).toEqual(['process 1 wrote claim while 2 held the lanes']);
  });

  it('behavior: one that began before is not, nor is a try to take the lanes, nor what needs no lane', () => {
    const lines = [
      line(1, 10, { step: 'acquireLanes', held: true }),
      taken,
      line(1, 120, { from: 90 }),
      line(1, 130, { step: 'acquireLanes', held: false }),
      line(1, 140, { step: 'sign' }),
      line(2, 150, {}),
    ];
    expect([...zombieWrites(lines)]).toEqual([]);
  });
});

describe('the plan of chaos rounds', () => {
  it('default: follows from seed and number alone', () => {
    expect(planRound(7, 12)).toEqual(planRound(7, 12));
    expect(planRound(7, 12)).not.toEqual(planRound(8, 12));
  });

  it('behavior: two hundred rounds have every theme and a death at every step', () => {
    const plans = Array.from({ length: 200 }, (_, round) => planRound(1, round));
    expect(new Set(plans.map(({ theme }) => theme))).toEqual(new Set(themes));
    const points = plans
      .flatMap(({ deaths }) => deaths)
      .flatMap((death) => (death.kind === 'step' ? [`${death.at.phase} ${death.at.step}`] : []));
    expect(new Set(points).size).toBe(killPoints.length);
  });
});
