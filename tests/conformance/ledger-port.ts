import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BatchCall } from '../../src/contract/index.ts';
import {
  height,
  LostLaneError,
  microStx,
  type Principal,
  price,
  sequence,
  type TxId,
  tradeId,
  txId,
  wh,
} from '../../src/core/index.ts';
import type { LaneLease, LaneLedger, LedgerPort } from '../../src/execution/ports/ledger.ts';
import type {
  ClaimOutcome,
  EntryResult,
  Fill,
  LedgerBinding,
  Listing,
} from '../../src/execution/ports/ledger-records.ts';
import type { Attempt, Inclusion } from '../../src/execution/ports/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { ALICE, BOB, NEIGHBOUR, OPERATOR, planBuy, planCancel, planList } from '../support/trading-fixtures.ts';

export interface LedgerHarness {
  /** Opens the ledger of that name again, or a new one. */
  open(name: string, binding: LedgerBinding): Promise<LedgerPort>;
  /** Forgets the ledger of that name, which is closed. */
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}

const binding: LedgerBinding = {
  identity: { chainId: 2147483648, genesis: 'ab'.repeat(32) },
  contractId: `${OPERATOR}.energy-grid`,
};
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const idOf = (name: string): TxId => txId(hashOf(name));

function attempt(name: string, overrides: Partial<Attempt> = {}): Attempt {
  return {
    txId: idOf(name),
    hex: '00ff',
    sha256: hashOf('00ff'),
    fee: microStx(400),
    noop: false,
    createdAt: 5,
    ...overrides,
  };
}

function inclusion(name: string, overrides: Partial<Inclusion> = {}): Inclusion {
  const block = 'cd'.repeat(32);
  return {
    txId: idOf(name),
    height: height(12),
    indexBlockHash: block,
    status: 'success',
    resultHex: '07',
    fee: microStx(400),
    ...overrides,
  };
}

/** What a lease and its lanes have besides writes that are fenced, and reads. */
const NO_WRITES = ['lanes', 'renew', 'release', 'lane', 'epoch'];

const call: BatchCall = {
  kind: 'buyEnergyFor',
  validUntil: 30n,
  entries: [
    { buyer: ALICE, tradeId: 7n, amount: 100n, maxPrice: 50n },
    { buyer: BOB, tradeId: 8n, amount: 9007199254740991n, maxPrice: 1n },
  ],
};

const noop: BatchCall = { kind: 'cancelTradeFor', validUntil: 9007199254740991n, entries: [] };

/** What every ledger adapter must do. */
export function describeLedgerPort(name: string, open: () => Promise<LedgerHarness>, skip: string | null = null): void {
  describe.skipIf(skip !== null)(`ledger port on ${name}`, () => {
    let harness: LedgerHarness;
    let ledger: LedgerPort;
    let lease: LaneLease;
    let lane: LaneLedger;
    let ledgers = 0;

    beforeAll(async () => {
      harness = await open();
    });
    beforeEach(async () => {
      ledger = await harness.open(`ledger_${++ledgers}`, binding);
      lease = await leaseOf('first', OPERATOR);
      lane = laneOf(lease);
      return async () => {
        await ledger.close();
        await harness.drop(`ledger_${ledgers}`);
      };
    });
    afterAll(() => harness?.close());

    const leaseOf = async (holder: string, ...lanes: Principal[]): Promise<LaneLease> => {
      const taken = await ledger.acquireLanes({ lanes, holder, ttlMs: 60_000 });
      if (taken === null) throw new Error(`expected a lease of ${lanes.join(', ')}, another has it`);
      return taken;
    };
    const laneOf = ({ lanes: [first] }: LaneLease): LaneLedger => {
      if (first === undefined) throw new Error('expected a lane');
      return first;
    };

    const twoBuys = [planBuy({ id: 'i-1' }), planBuy({ id: 'i-2', account: BOB, tradeId: tradeId(8) })];

    /** Records buys, two unless told, and claims a nonce for them. */
    async function claimed({ planned = twoBuys, chainNonce = 4, window = 20 } = {}) {
      await lease.recordIntents({ planned, at: 1 });
      const outcome = await lane.claim({
        call,
        intentIds: planned.map(({ id }) => id),
        chainNonce,
        window,
        at: 2,
      });
      return claimOf(outcome);
    }

    function claimOf(outcome: ClaimOutcome) {
      if (outcome.kind !== 'claimed') throw new Error(`expected a claim, was ${outcome.kind}`);
      return outcome.transaction;
    }

    async function included(results?: readonly EntryResult[], status: Inclusion['status'] = 'success') {
      const { id } = await claimed();
      await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
      const both: EntryResult[] = [
        { kind: 'ok', intentId: 'i-1', value: 4_500 },
        { kind: 'error', intentId: 'i-2', error: 'tradeNotOpen' },
      ];
      const applied = await lane.include({
        transactionId: id,
        inclusion: inclusion('a', { status }),
        results: results ?? both,
        at: 6,
      });
      expect(applied).toBe(true);
      return id;
    }

    const statesOf = async (...ids: string[]) => (await ledger.intents(ids)).map(({ state }) => state);

    describe('binding', () => {
      test('opens again for the same chain and contract, with all that it held', async () => {
        await lease.recordIntents({ planned: twoBuys, at: 1 });
        await ledger.close();
        ledger = await harness.open(`ledger_${ledgers}`, binding);
        expect(await ledger.allowedIntents()).toEqual(twoBuys);
      });

      test('error: another genesis', async () => {
        const other = { ...binding, identity: { ...binding.identity, genesis: 'ef'.repeat(32) } };
        await expect(harness.open(`ledger_${ledgers}`, other)).rejects.toThrow(
          `the ledger belongs to ${OPERATOR}.energy-grid on chain 2147483648 (genesis abababababab…), not to ` +
            `${OPERATOR}.energy-grid on chain 2147483648 (genesis efefefefefef…)`,
        );
      });

      test('error: another contract', async () => {
        const other = { ...binding, contractId: `${BOB}.energy-grid` };
        await expect(harness.open(`ledger_${ledgers}`, other)).rejects.toThrow(`not to ${BOB}.energy-grid`);
      });
    });

    describe('intents', () => {
      test('keeps every kind as it was planned, in the order of recording', async () => {
        const planned = [planCancel({ id: 'z' }), planBuy({ id: 'a' }), planList({ id: 'm', account: BOB })];
        expect(await lease.recordIntents({ planned, at: 1 })).toBe(3);
        expect(await ledger.allowedIntents()).toEqual(planned);
      });

      test('keeps the largest amounts exactly', async () => {
        const planned = [planList({ id: 'big', amount: wh(Number.MAX_SAFE_INTEGER), price: price(1) })];
        await lease.recordIntents({ planned, at: 1 });
        expect(await ledger.allowedIntents()).toEqual(planned);
      });

      test('a reason is of any text: half a character stands as a replacement character', async () => {
        const cut = planBuy({ id: 'cut' });
        const withReason = (reason: string) => ({ ...cut, intent: { ...cut.intent, reason } });
        await lease.recordIntents({ planned: [withReason('cheap \ud83d')], at: 1 });
        expect(await ledger.allowedIntents()).toEqual([withReason('cheap \ufffd')]);
      });

      test('records a known id once, and keeps what it was first', async () => {
        await lease.recordIntents({ planned: twoBuys, at: 1 });
        const changed = [planBuy({ id: 'i-1', amount: wh(1) }), planBuy({ id: 'i-3' })];
        expect(await lease.recordIntents({ planned: changed, at: 2 })).toBe(1);
        expect((await ledger.allowedIntents())[0]).toEqual(twoBuys[0]);
      });

      test('counts what is not settled as open, with its worst cost', async () => {
        await lease.recordIntents({ planned: [...twoBuys, planList({ id: 'i-3' })], at: 1 });
        const open = await ledger.openIntents();
        expect(open.map(({ id, cost }) => [id, cost])).toEqual([
          ['i-1', 5_000],
          ['i-2', 5_000],
          ['i-3', 0],
        ]);
      });

      test('cancels only what has no nonce', async () => {
        await claimed();
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        expect(await lane.cancelIntents({ ids: ['i-1', 'i-3'], at: 3 })).toBe(1);
        expect(await statesOf('i-1', 'i-3')).toEqual(['claimed', 'cancelled']);
      });

      test('a lane cancels only what is for it', async () => {
        await lease.recordIntents({ planned: twoBuys, at: 1 });
        const other = laneOf(await leaseOf('second', BOB));
        expect(await other.cancelIntents({ ids: ['i-1', 'i-2'], at: 3 })).toBe(0);
        expect(await statesOf('i-1', 'i-2')).toEqual(['allowed', 'allowed']);
      });
    });

    describe('lanes', () => {
      const take = (holder: string, options: { ttlMs?: number; soleHolder?: boolean; lanes?: Principal[] } = {}) =>
        ledger.acquireLanes({ lanes: [OPERATOR], ttlMs: 60_000, ...options, holder });

      test('the first holder has epoch 1, each later one the next', async () => {
        expect(lane).toMatchObject({ lane: OPERATOR, epoch: 1 });
        await lease.release();
        expect(await ledger.lanes()).toEqual([{ lane: OPERATOR, epoch: 1, holder: null, halt: null }]);
        expect(laneOf(await leaseOf('second', OPERATOR)).epoch).toBe(2);
        expect(await ledger.lanes()).toEqual([{ lane: OPERATOR, epoch: 2, holder: 'second', halt: null }]);
      });

      test('what another holds cannot be taken, until its time has run out', async () => {
        expect(await take('second')).toBeNull();
        await lease.renew({ ttlMs: 1 });
        await eventually(async () => expect(await take('second')).not.toBeNull());
        expect(await lease.renew({ ttlMs: 60_000 })).toBe(false);
        expect(await take('third')).toBeNull();
      });

      test('a lease that ran out while nobody wanted it can be renewed', async () => {
        await lease.renew({ ttlMs: 0 });
        expect(await lease.renew({ ttlMs: 60_000 })).toBe(true);
        expect(await take('second')).toBeNull();
      });

      test('who knows to be alone takes the lane of a dead holder at once', async () => {
        const second = await take('second', { soleHolder: true });
        expect(second?.lanes.map(({ epoch }) => epoch)).toEqual([2]);
        expect(await lease.renew({ ttlMs: 60_000 })).toBe(false);
      });

      test('of many who want an expired lane at once exactly one gets it', async () => {
        await lease.renew({ ttlMs: 0 });
        const taken = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => take(holder)));
        expect(taken.filter((one) => one !== null)).toHaveLength(1);
        expect((await ledger.lanes()).map(({ epoch }) => epoch)).toEqual([2]);
      });

      test('several lanes are had together or not at all', async () => {
        expect(await take('second', { lanes: [ALICE, OPERATOR] })).toBeNull();
        expect((await ledger.lanes()).map((one) => one.lane)).toEqual([OPERATOR]);
        await lease.release();
        const both = await take('second', { lanes: [OPERATOR, ALICE] });
        expect(both?.lanes.map((one) => [one.lane, one.epoch])).toEqual([
          [OPERATOR, 2],
          [ALICE, 1],
        ]);
      });

      test('a release gives back nothing that another has taken', async () => {
        await lease.renew({ ttlMs: 0 });
        await take('second');
        await lease.release();
        expect(await take('third')).toBeNull();
      });

      test('one lane cannot move the transaction of another', async () => {
        const { id } = await claimed();
        const other = laneOf(await leaseOf('second', BOB));
        expect(await other.addAttempt({ transactionId: id, attempt: attempt('a') })).toBe(false);
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        const queue = { transactionIds: [id], from: ['signed'], to: 'queued', at: 6 } as const;
        expect(await other.transition(queue)).toBe(0);
        expect(await other.supersede({ transactionId: id, at: 6, note: '' })).toBe(false);
        const raised = attempt('b', { fee: microStx(500) });
        expect(await other.replace({ transactionId: id, after: idOf('a'), attempt: raised, note: '' })).toBe(false);
      });

      test('a halt outlives its holder, until it is lifted', async () => {
        const halt = { cause: 'funds', reason: 'out of funds', at: 7 } as const;
        await lane.setHalt(halt);
        await lease.release();
        const second = laneOf(await leaseOf('second', OPERATOR));
        expect(await ledger.lanes()).toMatchObject([{ halt }]);
        await second.setHalt(null);
        expect(await ledger.lanes()).toMatchObject([{ halt: null }]);
      });

      test('an intent without a nonce can be given to another lane, one with a nonce cannot', async () => {
        await claimed();
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        expect(await lease.reassign({ ids: ['i-1', 'i-3'], lane: BOB, at: 2 })).toBe(1);
        expect((await ledger.allowedIntents({ lane: BOB })).map((one) => [one.id, one.operator])).toEqual([
          ['i-3', BOB],
        ]);
        expect(await ledger.allowedIntents({ lane: OPERATOR })).toEqual([]);
      });

      test('an intent is claimed by the lane that it is for', async () => {
        await lease.recordIntents({ planned: twoBuys, at: 1 });
        const other = laneOf(await leaseOf('second', BOB));
        expect(await ledger.allowedIntents({ lane: BOB })).toEqual([]);
        expect(await ledger.allowedIntents({ lane: OPERATOR })).toEqual(twoBuys);
        const claim = { call, intentIds: ['i-1', 'i-2'], chainNonce: 4, window: 20, at: 2 };
        expect(await other.claim(claim)).toEqual({ kind: 'taken' });
      });

      test('every write of one who lost the lane throws, and changes nothing', async () => {
        const id = await included();
        const other = planBuy({ id: 'i-3' });
        await lease.recordIntents({ planned: [other], at: 1 });
        const before = [await ledger.transaction(id), await ledger.audit(id), await ledger.intents(['i-1', 'i-3'])];
        await take('second', { soleHolder: true });
        const at = 9;
        const transactionId = id;
        const writes: Record<string, () => Promise<unknown>> = {
          recordIntents: () => lease.recordIntents({ planned: [planBuy({ id: 'i-4' })], at }),
          recordEvents: () =>
            lease.recordEvents({ forgetAfter: null, listings: [], fills: [], prices: [], marks: [], at }),
          cancelIntents: () => lane.cancelIntents({ ids: ['i-3'], at }),
          claim: () => lane.claim({ call, intentIds: ['i-3'], chainNonce: 4, window: 20, at }),
          claimGap: () => lane.claimGap({ call: noop, nonce: 3, at }),
          addAttempt: () => lane.addAttempt({ transactionId, attempt: attempt('b') }),
          replace: () =>
            lane.replace({ transactionId, after: idOf('a'), attempt: attempt('b', { fee: microStx(500) }), note: '' }),
          beginPost: () => lane.beginPost({ txId: idOf('a'), sha256: attempt('a').sha256, at }),
          transition: () =>
            lane.transition({ transactionIds: [transactionId], from: ['included'], to: 'broadcast', at }),
          include: () => lane.include({ transactionId, inclusion: inclusion('a'), results: [], at }),
          settle: () => lane.settle({ transactionId, at }),
          finalize: () => lane.finalize({ transactionId, at }),
          uninclude: () => lane.uninclude({ transactionId, at, note: 'reorg' }),
          supersede: () => lane.supersede({ transactionId, at, note: 'foreign' }),
          expire: () => lane.expire({ transactionId, at, note: 'past' }),
          setHalt: () => lane.setHalt({ cause: 'stuck', reason: 'nonce 4', at }),
          reassign: () => lease.reassign({ ids: ['i-3'], lane: BOB, at }),
        };
        const verbs = [lease, lane].flatMap((one) => Object.keys(one)).filter((verb) => !(verb in ledger));
        expect(Object.keys(writes).sort()).toEqual(verbs.filter((verb) => !NO_WRITES.includes(verb)).sort());
        for (const [verb, write] of Object.entries(writes)) {
          await expect(write(), verb).rejects.toThrow(LostLaneError);
        }
        const after = [await ledger.transaction(id), await ledger.audit(id), await ledger.intents(['i-1', 'i-3'])];
        expect(after).toEqual(before);
        expect(await ledger.intents(['i-4'])).toEqual([]);
      });
    });

    describe('claim', () => {
      test('takes the chain nonce when nothing of the lane is live', async () => {
        expect(await claimed()).toMatchObject({ state: 'claimed', nonce: 4, lane: OPERATOR, call, claimedAt: 2 });
        expect(await statesOf('i-1', 'i-2')).toEqual(['claimed', 'claimed']);
        expect(await ledger.allowedIntents()).toEqual([]);
      });

      test('takes the nonce after the highest of the lane, and never one below the chain', async () => {
        await claimed();
        const more = async (id: string, chainNonce: number) => {
          await lease.recordIntents({ planned: [planBuy({ id })], at: 1 });
          const one = { call, intentIds: [id], window: 20, at: 2 };
          return claimOf(await lane.claim({ ...one, chainNonce })).nonce;
        };
        expect(await more('i-3', 4)).toBe(5);
        expect(await more('i-4', 3)).toBe(6);
        expect(await more('i-5', 9)).toBe(9);
      });

      test('lanes count for themselves', async () => {
        await claimed();
        const other = laneOf(await leaseOf('first', BOB));
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3', operator: BOB })], at: 1 });
        const outcome = await other.claim({
          call,
          intentIds: ['i-3'],
          chainNonce: 0,
          window: 20,
          at: 2,
        });
        expect(claimOf(outcome).nonce).toBe(0);
      });

      test('stops at the window', async () => {
        await claimed({ window: 1 });
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        const one = { call, intentIds: ['i-3'], chainNonce: 4, window: 1, at: 2 };
        expect(await lane.claim(one)).toEqual({ kind: 'full' });
        expect(await statesOf('i-3')).toEqual(['allowed']);
      });

      test('claims nothing when one of the intents has a nonce already', async () => {
        await claimed();
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        const again = { call, intentIds: ['i-3', 'i-1'], chainNonce: 4, window: 20, at: 3 };
        expect(await lane.claim(again)).toEqual({ kind: 'taken' });
        expect(await statesOf('i-3')).toEqual(['allowed']);
        expect(await ledger.transactions({ states: ['claimed'] })).toHaveLength(1);
      });

      test('gives concurrent claims different nonces without gaps', async () => {
        const ids = Array.from({ length: 8 }, (_, index) => `c-${index}`);
        await lease.recordIntents({ planned: ids.map((id) => planBuy({ id })), at: 1 });
        const claims = ids.map((id) => lane.claim({ call, intentIds: [id], chainNonce: 4, window: 20, at: 2 }));
        const nonces = (await Promise.all(claims)).map((outcome) => claimOf(outcome).nonce);
        expect(nonces.sort((one, other) => one - other)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
      });

      test('gives an intent to one of two concurrent claims', async () => {
        await lease.recordIntents({ planned: twoBuys, at: 1 });
        const one = { call, intentIds: ['i-1', 'i-2'], chainNonce: 4, window: 20, at: 2 };
        const kinds = (await Promise.all([lane.claim(one), lane.claim(one)])).map(({ kind }) => kind);
        expect(kinds.sort()).toEqual(['claimed', 'taken']);
      });

      test('a gap is claimed once, only below the highest unconfirmed nonce, and without intents', async () => {
        const { id: highest } = await claimed({ chainNonce: 6 });
        const gap = { call: noop, at: 3 };
        expect(await lane.claimGap({ ...gap, nonce: 6 })).toBeNull();
        expect(await lane.claimGap({ ...gap, nonce: 7 })).toBeNull();
        const other = laneOf(await leaseOf('second', BOB));
        expect(await other.claimGap({ ...gap, nonce: 4 })).toBeNull();
        const outcomes = await Promise.all([1, 2, 3].map(() => lane.claimGap({ ...gap, nonce: 4 })));
        const [filler, ...more] = outcomes.filter((one) => one !== null);
        expect(more).toEqual([]);
        expect(filler).toMatchObject({ state: 'claimed', nonce: 4, lane: OPERATOR, call: noop, intentIds: [] });
        expect(await ledger.audit(filler?.id ?? 0)).toMatchObject([{ from: null, to: 'claimed' }]);
        const all = await ledger.transactions({ states: ['claimed'], lane: OPERATOR });
        expect(all.map(({ nonce }) => nonce)).toEqual([4, 6]);
        const from = await ledger.transactions({ states: ['claimed'], lane: OPERATOR, fromNonce: 5 });
        expect(from.map(({ id }) => id)).toEqual([highest]);
      });
    });

    describe('attempts and transitions', () => {
      test('a claim with an attempt is signed, and can be read back', async () => {
        const { id } = await claimed();
        expect(await lane.addAttempt({ transactionId: id, attempt: attempt('a') })).toBe(true);
        const expected = { id, state: 'signed', nonce: 4, intentIds: ['i-1', 'i-2'], call, attempts: [attempt('a')] };
        expect(await ledger.transaction(id)).toMatchObject(expected);
        expect(await ledger.ownTransactions([idOf('a'), idOf('b')])).toEqual(new Set([idOf('a')]));
      });

      test('attempts are only added', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        expect(await lane.addAttempt({ transactionId: id, attempt: attempt('a', { hex: '11' }) })).toBe(false);
        expect(await lane.addAttempt({ transactionId: id, attempt: attempt('b', { fee: microStx(500) }) })).toBe(true);
        const transaction = await ledger.transaction(id);
        expect(transaction).toMatchObject({ state: 'signed', attempts: [{ hex: '00ff' }, { fee: 500 }] });
      });

      test('a transition applies once, only from the states it names, and leaves an audit row', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        const queue = { transactionIds: [id], from: ['signed'], to: 'queued', at: 6 } as const;
        expect(await lane.transition(queue)).toBe(1);
        expect(await lane.transition(queue)).toBe(0);
        const post = { transactionIds: [id], from: ['queued'], to: 'broadcast', at: 7, note: 'timeout' } as const;
        expect(await lane.transition(post)).toBe(1);
        expect(await ledger.audit(id)).toEqual([
          { transactionId: id, from: null, to: 'claimed', at: 2, note: null },
          { transactionId: id, from: 'claimed', to: 'signed', at: 5, note: null },
          { transactionId: id, from: 'signed', to: 'queued', at: 6, note: null },
          { transactionId: id, from: 'queued', to: 'broadcast', at: 7, note: 'timeout' },
        ]);
      });

      test('a note is of any text: half a character of a reply that was cut stands as a replacement character', async () => {
        const { id: transactionId } = await claimed();
        await lane.addAttempt({ transactionId, attempt: attempt('a') });
        const queue = { transactionIds: [transactionId], from: ['signed'], to: 'queued', at: 4 } as const;
        expect(await lane.transition({ ...queue, note: 'the node said \ud83d' })).toBe(1);
        expect((await ledger.audit(transactionId)).at(-1)?.note).toBe('the node said \ufffd');
      });

      test('of concurrent transitions one applies', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        const queue = { transactionIds: [id], from: ['signed'], to: 'queued', at: 6 } as const;
        const applied = await Promise.all([1, 2, 3, 4].map(() => lane.transition(queue)));
        expect(applied.filter(Boolean)).toHaveLength(1);
      });

      test('several transitions are one write, of those that are in one of the states', async () => {
        const ids: number[] = [];
        for (const id of ['i-1', 'i-3', 'i-4']) ids.push((await claimed({ planned: [planBuy({ id })] })).id);
        for (const [index, transactionId] of ids.slice(0, 2).entries()) {
          await lane.addAttempt({ transactionId, attempt: attempt(['a', 'b'][index] ?? '') });
        }
        expect(await lane.transition({ transactionIds: ids, from: ['signed'], to: 'queued', at: 6 })).toBe(2);
        const states = (await Promise.all(ids.map((id) => ledger.transaction(id)))).map((one) => one?.state);
        expect(states).toEqual(['queued', 'queued', 'claimed']);
      });

      describe('the begin of a post', () => {
        const begin = (name: string, { sha256 = attempt(name).sha256, at = 7 } = {}) =>
          lane.beginPost({ txId: idOf(name), sha256, at });

        test('answers the transaction as it is now, and moves it on once', async () => {
          const { id } = await claimed();
          await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
          const expected = {
            id,
            state: 'broadcast',
            nonce: 4,
            intentIds: ['i-1', 'i-2'],
            call,
            attempts: [attempt('a')],
          };
          expect(await begin('a')).toEqual(await ledger.transaction(id));
          expect(await begin('a', { at: 8 })).toMatchObject(expected);
          expect((await ledger.audit(id)).map(({ from, to, at }) => ({ from, to, at }))).toEqual([
            { from: null, to: 'claimed', at: 2 },
            { from: 'claimed', to: 'signed', at: 5 },
            { from: 'signed', to: 'broadcast', at: 7 },
          ]);
        });

        test('moves nothing on for bytes that are others, or not the last ones', async () => {
          const { id } = await claimed();
          await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
          await lane.addAttempt({ transactionId: id, attempt: attempt('b', { fee: microStx(500) }) });
          expect(await begin('b', { sha256: 'ff'.repeat(32) })).toMatchObject({ id, state: 'signed' });
          expect(await begin('a')).toMatchObject({ id, state: 'signed' });
          expect(await begin('b')).toMatchObject({ id, state: 'broadcast' });
        });

        test('moves nothing on that has gone further, and knows no stranger', async () => {
          const { id } = await claimed();
          await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
          await lane.transition({ transactionIds: [id], from: ['signed'], to: 'mempool', at: 6 });
          expect(await begin('a')).toMatchObject({ id, state: 'mempool' });
          expect(await begin('z')).toBeNull();
        });

        test('of another lane it is answered and left as it is', async () => {
          const { id } = await claimed();
          await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
          const other = laneOf(await leaseOf('second', BOB));
          const bytes = { txId: idOf('a'), sha256: attempt('a').sha256, at: 7 };
          expect(await other.beginPost(bytes)).toMatchObject({ id, state: 'signed' });
        });
      });

      test('nothing is included or superseded that was never signed', async () => {
        const { id } = await claimed();
        const include = { transactionId: id, inclusion: inclusion('a'), results: [], at: 6 };
        expect(await lane.include(include)).toBe(false);
        expect(await lane.supersede({ transactionId: id, at: 6, note: '' })).toBe(false);
      });
    });

    describe('what is asked for at once', () => {
      /** A claim for an intent each, which are recorded first. */
      async function claimsOf(ids: readonly string[], { window = 20 } = {}) {
        await lease.recordIntents({ planned: ids.map((id) => planBuy({ id })), at: 1 });
        return Promise.all(ids.map((id) => lane.claim({ call, intentIds: [id], chainNonce: 4, window, at: 2 })));
      }
      const noncesOf = (outcomes: readonly ClaimOutcome[]) =>
        outcomes.map((one) => (one.kind === 'claimed' ? one.transaction.nonce : one.kind));

      test('claims of a lane get one nonce after the other, in the order of asking', async () => {
        const outcomes = await claimsOf(['z', 'm', 'a', 'q']);
        expect(noncesOf(outcomes)).toEqual([4, 5, 6, 7]);
        const transactions = await ledger.transactions({ states: ['claimed'] });
        expect(transactions.map(({ intentIds }) => intentIds)).toEqual([['z'], ['m'], ['a'], ['q']]);
        for (const { id } of transactions) {
          expect(await ledger.audit(id)).toMatchObject([{ from: null, to: 'claimed', at: 2 }]);
        }
      });

      test('a claim whose intents were taken leaves no gap among the others', async () => {
        await claimed();
        await lease.recordIntents({ planned: ['i-3', 'i-4', 'i-5'].map((id) => planBuy({ id })), at: 1 });
        const outcomes = await Promise.all(
          [['i-3'], ['i-4', 'i-1'], ['i-5']].map((intentIds) =>
            lane.claim({ call, intentIds, chainNonce: 4, window: 20, at: 2 }),
          ),
        );
        expect(noncesOf(outcomes)).toEqual([5, 'taken', 6]);
        expect(await statesOf('i-3', 'i-4', 'i-5')).toEqual(['claimed', 'allowed', 'claimed']);
      });

      test('the window ends in the middle: what is within it is claimed, what is beyond it waits', async () => {
        expect(noncesOf(await claimsOf(['a', 'b', 'c', 'd'], { window: 2 }))).toEqual([4, 5, 'full', 'full']);
        expect(await statesOf('a', 'b', 'c', 'd')).toEqual(['claimed', 'claimed', 'allowed', 'allowed']);
      });

      test('a claim that finds no room in its window leaves no gap before one of a wider window', async () => {
        await claimed();
        await lease.recordIntents({ planned: [planBuy({ id: 'a' }), planBuy({ id: 'b' })], at: 1 });
        const [narrow, wide] = await Promise.all([
          lane.claim({ call, intentIds: ['a'], chainNonce: 4, window: 1, at: 2 }),
          lane.claim({ call, intentIds: ['b'], chainNonce: 4, window: 20, at: 2 }),
        ]);
        expect(narrow).toEqual({ kind: 'full' });
        expect([[5], ['full']]).toContainEqual(noncesOf([wide]));
      });

      test('an intent that two claims want is in one of them', async () => {
        await lease.recordIntents({ planned: ['a', 'b', 'c'].map((id) => planBuy({ id })), at: 1 });
        const outcomes = await Promise.all(
          [['a', 'b'], ['b', 'c'], ['c']].map((intentIds) =>
            lane.claim({ call, intentIds, chainNonce: 4, window: 20, at: 2 }),
          ),
        );
        const carried = (await ledger.transactions({ states: ['claimed'] })).flatMap(({ intentIds }) => intentIds);
        expect(new Set(carried).size).toBe(carried.length);
        expect(outcomes[0]).toMatchObject({ kind: 'claimed' });
        expect(outcomes[1]).toEqual({ kind: 'taken' });
      });

      test('each lane counts for itself', async () => {
        const other = laneOf(await leaseOf('second', BOB));
        const planned = [planBuy({ id: 'a' }), planBuy({ id: 'b', operator: BOB }), planBuy({ id: 'c' })];
        await lease.recordIntents({ planned, at: 1 });
        const claim = (by: LaneLedger, id: string, chainNonce: number) =>
          by.claim({ call, intentIds: [id], chainNonce, window: 20, at: 2 });
        const outcomes = await Promise.all([claim(lane, 'a', 4), claim(other, 'b', 9), claim(lane, 'c', 4)]);
        expect(noncesOf(outcomes)).toEqual([4, 9, 5]);
        // An intent of one lane is nothing to the other.
        expect(noncesOf([await claim(other, 'a', 9)])).toEqual(['taken']);
      });

      test('lanes that are read together each get their own: the states and nonces that they ask for', async () => {
        const second = await leaseOf('second', BOB);
        const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
        const planned = ids.map((id, index) => planBuy({ id, ...(index % 2 === 1 && { operator: BOB }) }));
        await lease.recordIntents({ planned, at: 1 });
        for (const [index, id] of ids.entries()) {
          await [lane, laneOf(second)][index % 2]?.claim({ call, intentIds: [id], chainNonce: 4, window: 20, at: 2 });
        }
        const read = async (of: Principal, fromNonce: number, state: 'claimed' | 'mempool' = 'claimed') =>
          (await ledger.transactions({ states: [state], lane: of, fromNonce })).map(({ nonce }) => nonce);
        expect(
          await Promise.all([
            read(BOB, 5),
            read(OPERATOR, 6),
            read(OPERATOR, 0),
            read(BOB, 7),
            read(BOB, 0, 'mempool'),
          ]),
        ).toEqual([[5, 6], [6], [4, 5, 6], [], []]);
      });

      test('of two lanes that write together, who has lost its lane changes nothing, and the other all', async () => {
        const second = await leaseOf('second', BOB);
        const other = laneOf(second);
        const planned = ['a', 'c', 'e'].map((id) => planBuy({ id }));
        await lease.recordIntents({ planned, at: 1 });
        await second.recordIntents({ planned: ['b', 'd', 'f'].map((id) => planBuy({ id, operator: BOB })), at: 1 });
        const both = <T>(write: (by: LaneLedger, own: 0 | 1) => Promise<T>) =>
          [write(lane, 0), write(other, 1)] as const;
        const claim = (by: LaneLedger, id: string) =>
          by.claim({ call, intentIds: [id], chainNonce: 4, window: 20, at: 2 });
        const signed = await Promise.all(both((by, own) => claim(by, ['a', 'b'][own] ?? '')));
        const ids = signed.map((outcome) => claimOf(outcome).id);
        const bare = await Promise.all(both((by, own) => claim(by, ['c', 'd'][own] ?? '')));
        const bareIds = bare.map((outcome) => claimOf(outcome).id);
        await Promise.all(
          both((by, own) => by.addAttempt({ transactionId: ids[own] ?? 0, attempt: attempt(`attempt ${own}`) })),
        );
        await ledger.acquireLanes({ lanes: [BOB], holder: 'third', ttlMs: 60_000, soleHolder: true });
        const lost = [ids[1] ?? 0, bareIds[1] ?? 0];
        const stateOfLost = async () => [
          await Promise.all(lost.map((id) => ledger.transaction(id))),
          await Promise.all(lost.map((id) => ledger.audit(id))),
          await ledger.intents(['b', 'd', 'f']),
        ];
        const before = await stateOfLost();

        const at = 9;
        const writes: Record<string, (by: LaneLedger, own: 0 | 1) => Promise<unknown>> = {
          claim: (by, own) => claim(by, ['e', 'f'][own] ?? ''),
          addAttempt: (by, own) => by.addAttempt({ transactionId: bareIds[own] ?? 0, attempt: attempt(`more ${own}`) }),
          beginPost: (by, own) => by.beginPost({ txId: idOf(`attempt ${own}`), sha256: attempt('a').sha256, at }),
          transition: (by, own) =>
            by.transition({ transactionIds: [ids[own] ?? 0], from: ['signed', 'broadcast'], to: 'mempool', at }),
        };
        for (const [verb, write] of Object.entries(writes)) {
          const [kept, refused] = await Promise.allSettled(both(write));
          expect(kept.status, verb).toBe('fulfilled');
          expect(refused, verb).toMatchObject({ status: 'rejected', reason: expect.any(LostLaneError) });
        }
        expect(await stateOfLost()).toEqual(before);
        expect(await ledger.transaction(ids[0] ?? 0)).toMatchObject({ state: 'mempool' });
        expect(await ledger.transaction(bareIds[0] ?? 0)).toMatchObject({ state: 'signed' });
        expect(await statesOf('e')).toEqual(['claimed']);
      });

      test('transitions with notes and states of their own each leave their own audit row', async () => {
        const ids: number[] = [];
        for (const outcome of await claimsOf(['a', 'b', 'c'])) ids.push(claimOf(outcome).id);
        const [one = 0, two = 0, three = 0] = ids;
        await Promise.all(
          ids.map((transactionId) => lane.addAttempt({ transactionId, attempt: attempt(`${transactionId}`) })),
        );
        const moved = await Promise.all([
          lane.transition({ transactionIds: [one, two], from: ['signed'], to: 'queued', at: 6 }),
          lane.transition({ transactionIds: [three], from: ['signed'], to: 'mempool', at: 7, note: 'accepted' }),
          lane.transition({ transactionIds: [three], from: ['claimed'], to: 'mempool', at: 8 }),
        ]);
        expect(moved).toEqual([2, 1, 0]);
        const rows = await Promise.all(ids.map(async (id) => (await ledger.audit(id)).at(-1)));
        expect(rows).toMatchObject([
          { from: 'signed', to: 'queued', at: 6, note: null },
          { from: 'signed', to: 'queued', at: 6, note: null },
          { from: 'signed', to: 'mempool', at: 7, note: 'accepted' },
        ]);
      });

      test('the same bytes that are stored twice at once are stored once', async () => {
        const { id } = await claimed();
        const first = { transactionId: id, attempt: attempt('a') };
        const added = await Promise.all([lane.addAttempt(first), lane.addAttempt(first)]);
        expect(added.sort()).toEqual([false, true]);
        expect((await ledger.audit(id)).map(({ to }) => to)).toEqual(['claimed', 'signed']);
      });

      test('posts that begin at once each get their own transaction, and the same one moves on once', async () => {
        const ids: number[] = [];
        for (const outcome of await claimsOf(['a', 'b'])) ids.push(claimOf(outcome).id);
        for (const id of ids) await lane.addAttempt({ transactionId: id, attempt: attempt(`${id}`) });
        const begin = (name: string) => lane.beginPost({ txId: idOf(name), sha256: attempt(name).sha256, at: 7 });
        const [one = 0, two = 0] = ids;
        const begun = await Promise.all([begin(`${two}`), begin(`${one}`), begin('stranger'), begin(`${two}`)]);
        expect(begun.map((transaction) => transaction?.id ?? null)).toEqual([two, one, null, two]);
        expect(begun[0]).toEqual(await ledger.transaction(two));
        expect((await ledger.audit(two)).map(({ to }) => to)).toEqual(['claimed', 'signed', 'broadcast']);
      });
    });

    describe('replacement', () => {
      const bump = (name: string, fee: number, overrides: Partial<Attempt> = {}) =>
        attempt(name, { fee: microStx(fee), createdAt: 9, ...overrides });

      /** A transaction that is in a mempool. */
      async function waiting(): Promise<number> {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        await lane.transition({ transactionIds: [id], from: ['signed'], to: 'mempool', at: 6 });
        return id;
      }

      test('adds an attempt after the last one and sends the transaction on its way again', async () => {
        const transactionId = await waiting();
        const next = { transactionId, after: idOf('a'), attempt: bump('b', 500), note: 'fee raised' };
        expect(await lane.replace(next)).toBe(true);
        expect(await ledger.transaction(transactionId)).toMatchObject({
          state: 'signed',
          attempts: [attempt('a'), bump('b', 500)],
        });
        expect((await ledger.audit(transactionId)).at(-1)).toMatchObject({
          from: 'mempool',
          to: 'signed',
          at: 9,
          note: 'fee raised',
        });
      });

      test('of concurrent replacements one applies', async () => {
        const transactionId = await waiting();
        const applied = await Promise.all(
          ['b', 'c', 'd'].map((name) =>
            lane.replace({ transactionId, after: idOf('a'), attempt: bump(name, 500), note: '' }),
          ),
        );
        expect(applied.filter(Boolean)).toHaveLength(1);
      });

      test('refuses a fee that is not higher, bytes that are stored, and a transaction that is not on its way', async () => {
        const transactionId = await waiting();
        const next = { transactionId, after: idOf('a'), note: '' };
        expect(await lane.replace({ ...next, attempt: bump('b', 400) })).toBe(false);
        expect(await lane.replace({ ...next, attempt: bump('a', 500) })).toBe(false);
        await lane.include({ transactionId, inclusion: inclusion('a'), results: [], at: 7 });
        expect(await lane.replace({ ...next, attempt: bump('b', 500) })).toBe(false);
        expect(await ledger.transaction(transactionId)).toMatchObject({ state: 'included', attempts: [attempt('a')] });
      });

      test('where the attempt that does nothing is mined, transaction and intents are cancelled', async () => {
        const transactionId = await waiting();
        await lane.replace({ transactionId, after: idOf('a'), attempt: bump('n', 500, { noop: true }), note: '' });
        await lane.include({ transactionId, inclusion: inclusion('n'), results: [], at: 10 });
        expect(await statesOf('i-1', 'i-2')).toEqual(['claimed', 'claimed']);
        expect(await lane.settle({ transactionId, at: 11 })).toBe(true);
        expect(await statesOf('i-1', 'i-2')).toEqual(['cancelled', 'cancelled']);
        expect(await ledger.openIntents()).toEqual([]);
        expect(await lane.finalize({ transactionId, at: 12 })).toBe(true);
        expect(await ledger.transaction(transactionId)).toMatchObject({
          state: 'cancelled',
          inclusion: inclusion('n'),
        });
        expect((await ledger.summary()).transactions).toMatchObject({ cancelled: 1 });
        expect(await ledger.accountTotals({ account: ALICE, sinceMs: 0 })).toMatchObject({ spent: 0, fees: 200 });

        expect(await lane.uninclude({ transactionId, at: 13, note: 'reorg' })).toBe(true);
        expect((await ledger.openIntents()).map((one) => one.id)).toEqual(['i-1', 'i-2']);
      });

      test('intents that were released before the attempt that does nothing was mined are released once', async () => {
        const transactionId = await waiting();
        await lane.replace({ transactionId, after: idOf('a'), attempt: bump('n', 500, { noop: true }), note: '' });
        expect(await lane.expire({ transactionId, at: 10, note: 'past its valid-until' })).toBe(true);
        await lane.include({ transactionId, inclusion: inclusion('n'), results: [], at: 11 });
        expect(await lane.settle({ transactionId, at: 12 })).toBe(true);
        expect(await lane.expire({ transactionId, at: 12, note: 'again' })).toBe(false);
        expect(await lane.finalize({ transactionId, at: 13 })).toBe(true);
        expect(await statesOf('i-1', 'i-2')).toEqual(['expired', 'expired']);
        expect(await ledger.transaction(transactionId)).toMatchObject({ state: 'cancelled' });
        expect(await lane.uninclude({ transactionId, at: 14, note: 'reorg' })).toBe(true);
        expect(await statesOf('i-1', 'i-2')).toEqual(['expired', 'expired']);
        expect(await ledger.openIntents()).toEqual([]);
      });

      test('where the call is mined after all, it counts', async () => {
        const transactionId = await waiting();
        await lane.replace({ transactionId, after: idOf('a'), attempt: bump('n', 500, { noop: true }), note: '' });
        const results: EntryResult[] = [
          { kind: 'ok', intentId: 'i-1', value: 4_500 },
          { kind: 'error', intentId: 'i-2', error: 'tradeNotOpen' },
        ];
        await lane.include({ transactionId, inclusion: inclusion('a'), results, at: 10 });
        await lane.settle({ transactionId, at: 11 });
        await lane.finalize({ transactionId, at: 12 });
        expect(await statesOf('i-1', 'i-2')).toEqual(['done', 'failed']);
        expect(await ledger.transaction(transactionId)).toMatchObject({ state: 'final' });
      });
    });

    describe('what the chain said', () => {
      test('inclusion keeps where, how and what of each entry', async () => {
        const id = await included();
        expect(await ledger.transaction(id)).toMatchObject({ state: 'included', inclusion: inclusion('a') });
        expect(await ledger.results(id)).toEqual([
          { kind: 'ok', intentId: 'i-1', value: 4_500 },
          { kind: 'error', intentId: 'i-2', error: 'tradeNotOpen' },
        ]);
        expect(await statesOf('i-1', 'i-2')).toEqual(['claimed', 'claimed']);
      });

      test('settling ends exposure, once', async () => {
        const id = await included();
        expect(await lane.settle({ transactionId: id, at: 7 })).toBe(true);
        expect(await lane.settle({ transactionId: id, at: 8 })).toBe(false);
        expect(await statesOf('i-1', 'i-2')).toEqual(['done', 'failed']);
        expect(await ledger.openIntents()).toEqual([]);
      });

      test('what a market view of a lower height cannot show stays open for it', async () => {
        const id = await included();
        await lane.settle({ transactionId: id, at: 7 });
        const openAt = async (seen: number) =>
          (await ledger.openIntents({ seenHeight: height(seen) })).map((one) => one.id);
        expect(await openAt(11)).toEqual(['i-1']);
        expect(await openAt(12)).toEqual([]);
      });

      test('becomes final or reverted by its status', async () => {
        const id = await included();
        expect(await lane.finalize({ transactionId: id, at: 9 })).toBe(true);
        expect(await lane.finalize({ transactionId: id, at: 9 })).toBe(false);
        expect(await ledger.transaction(id)).toMatchObject({ state: 'final' });
      });

      test('a refused transaction becomes reverted', async () => {
        const id = await included([], 'abort_by_response');
        await lane.finalize({ transactionId: id, at: 9 });
        expect(await ledger.transaction(id)).toMatchObject({ state: 'reverted' });
      });

      test.each(['included', 'final'])(
        'a reorg undoes %s: results go, exposure and attempts come back',
        async (state) => {
          const id = await included();
          await lane.settle({ transactionId: id, at: 7 });
          if (state === 'final') await lane.finalize({ transactionId: id, at: 8 });
          expect(await lane.uninclude({ transactionId: id, at: 9, note: 'reorg' })).toBe(true);
          expect(await ledger.transaction(id)).toMatchObject({ state: 'broadcast', attempts: [attempt('a')] });
          expect(await ledger.results(id)).toEqual([]);
          expect((await ledger.openIntents()).map((one) => one.id)).toEqual(['i-1', 'i-2']);
          const include = { transactionId: id, inclusion: inclusion('a', { height: height(14) }), results: [], at: 10 };
          expect(await lane.include(include)).toBe(true);
          expect(await lane.settle({ transactionId: id, at: 11 })).toBe(true);
        },
      );

      test('a batch that can never execute releases its intents and keeps its nonce, whatever comes later', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        const expire = { transactionId: id, at: 9, note: 'valid until 30' };
        expect(await lane.expire(expire)).toBe(true);
        expect(await lane.expire(expire)).toBe(false);
        expect(await statesOf('i-1', 'i-2')).toEqual(['expired', 'expired']);
        expect(await ledger.openIntents()).toEqual([]);
        expect(await ledger.transaction(id)).toMatchObject({ state: 'signed', intentIds: ['i-1', 'i-2'] });
        expect((await ledger.audit(id)).at(-1)).toMatchObject({ from: 'signed', to: 'signed', note: 'valid until 30' });
        const results: EntryResult[] = ['i-1', 'i-2'].map((intentId) => ({
          kind: 'error',
          intentId,
          error: 'pastHeight',
        }));
        await lane.include({ transactionId: id, inclusion: inclusion('a'), results, at: 10 });
        await lane.settle({ transactionId: id, at: 11 });
        expect(await statesOf('i-1', 'i-2')).toEqual(['expired', 'expired']);
      });

      test('a superseded transaction releases its intents and its nonce', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        expect(await lane.supersede({ transactionId: id, at: 9, note: 'foreign' })).toBe(true);
        expect(await statesOf('i-1', 'i-2')).toEqual(['superseded', 'superseded']);
        expect(await ledger.openIntents()).toEqual([]);
        expect(await ledger.lanes()).toMatchObject([{ halt: { cause: 'foreign', reason: 'foreign', at: 9 } }]);
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        const next = { call, intentIds: ['i-3'], chainNonce: 4, window: 20, at: 2 };
        expect(claimOf(await lane.claim(next)).nonce).toBe(4);
      });
    });

    describe('a superseded transaction whose rival a reorg took', () => {
      async function superseded(): Promise<number> {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        await lane.supersede({ transactionId: id, at: 9, note: 'foreign' });
        return id;
      }

      test('is on its way again, and its intents are exposure', async () => {
        const id = await superseded();
        expect(await lane.uninclude({ transactionId: id, at: 10, note: 'reorg' })).toBe(true);
        expect(await ledger.transaction(id)).toMatchObject({ state: 'broadcast', attempts: [attempt('a')] });
        expect((await ledger.openIntents()).map((one) => one.id)).toEqual(['i-1', 'i-2']);
      });

      test('stays what it is where its nonce was given to another one', async () => {
        const id = await superseded();
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 1 });
        await lane.claim({ call, intentIds: ['i-3'], chainNonce: 4, window: 20, at: 2 });
        expect(await lane.uninclude({ transactionId: id, at: 10, note: 'reorg' })).toBe(false);
        expect(await statesOf('i-1', 'i-2')).toEqual(['superseded', 'superseded']);
      });
    });

    describe('events', () => {
      const listing: Listing = {
        sequence: sequence(20),
        tradeId: tradeId(3),
        txId: idOf('l'),
        height: height(12),
        seller: ALICE,
        amount: wh(200),
        price: price(90),
      };
      const fill: Fill = {
        side: 'sold',
        sequence: sequence(22),
        tradeId: tradeId(3),
        txId: idOf('f'),
        height: height(13),
        buyer: NEIGHBOUR,
        seller: ALICE,
        amount: wh(200),
        price: price(90),
        cost: microStx(18_000),
        energyPrice: price(100),
      };
      const prices = [{ sequence: sequence(19), price: price(100) }];
      const marks = [12, 22].map((at) => ({ sequence: sequence(at), digest: idOf(`mark-${at}`) }));

      test('keeps listings, fills and how far events were read', async () => {
        expect(await ledger.eventMarks()).toEqual([]);
        const batch = { forgetAfter: null, listings: [listing], fills: [fill], prices, marks, at: 1 };
        await lease.recordEvents(batch);
        await lease.recordEvents(batch);
        expect(await ledger.listings()).toEqual([listing]);
        expect(await ledger.fills()).toEqual([fill]);
        expect(await ledger.eventMarks()).toEqual(marks);
        await lease.recordEvents({ ...batch, marks: [] });
        expect(await ledger.eventMarks()).toEqual(marks);
        expect(await ledger.ownListings([tradeId(3), tradeId(4)])).toEqual(new Set([3]));
        expect(await ledger.energyPriceAt(sequence(18))).toBeNull();
        expect(await ledger.energyPriceAt(sequence(22))).toBe(100);
      });

      test('forgets what a reorg undid before it takes what came instead', async () => {
        await lease.recordEvents({
          forgetAfter: null,
          listings: [listing],
          fills: [fill],
          prices: [...prices, { sequence: sequence(21), price: price(130) }],
          marks,
          at: 1,
        });
        const moved = { ...fill, sequence: sequence(21), txId: idOf('g') };
        await lease.recordEvents({
          forgetAfter: sequence(20),
          listings: [],
          fills: [moved],
          prices: [],
          marks: [],
          at: 2,
        });
        expect(await ledger.fills()).toEqual([moved]);
        expect(await ledger.energyPriceAt(sequence(22))).toBe(100);
        expect(await ledger.listings()).toEqual([listing]);
      });
    });

    describe('totals', () => {
      test('an account has spent its confirmed buys and the worst case of the others, with its share of fees', async () => {
        await included();
        await lease.recordIntents({ planned: [planBuy({ id: 'i-3' })], at: 3 });
        expect(await ledger.accountTotals({ account: ALICE, sinceMs: 0 })).toEqual({
          account: ALICE,
          spent: 4_500 + 5_000,
          fees: 200,
        });
        expect(await ledger.accountTotals({ account: ALICE, sinceMs: 3 })).toEqual({
          account: ALICE,
          spent: 5_000,
          fees: 0,
        });
      });

      test('a buy that failed has cost nothing but its fee; the shares of a fee add up to it exactly', async () => {
        const { id } = await claimed();
        await lane.addAttempt({ transactionId: id, attempt: attempt('a', { fee: microStx(401) }) });
        await lane.include({
          transactionId: id,
          inclusion: inclusion('a', { fee: microStx(401) }),
          results: [
            { kind: 'error', intentId: 'i-1', error: 'tradeNotOpen' },
            { kind: 'ok', intentId: 'i-2', value: 1 },
          ],
          at: 6,
        });
        await lane.settle({ transactionId: id, at: 7 });
        expect(await ledger.accountTotals({ account: ALICE, sinceMs: 0 })).toMatchObject({ spent: 0, fees: 200 });
        expect(await ledger.accountTotals({ account: BOB, sinceMs: 0 })).toMatchObject({ spent: 1, fees: 201 });
      });

      test("a lane's fees count what was taken, else the dearest attempt, and nothing for a superseded one", async () => {
        const fees = (sinceMs: number) => ledger.laneFees({ lane: OPERATOR, sinceMs });
        const { id } = await claimed();
        expect(await fees(0)).toBe(0);
        await lane.addAttempt({ transactionId: id, attempt: attempt('a') });
        const next = attempt('b', { fee: microStx(700), createdAt: 20 });
        await lane.replace({ transactionId: id, after: idOf('a'), attempt: next, note: '' });
        expect([await fees(0), await fees(20), await fees(21)]).toEqual([700, 700, 0]);
        expect(await ledger.laneFees({ lane: BOB, sinceMs: 0 })).toBe(0);
        await lane.include({ transactionId: id, inclusion: inclusion('a'), results: [], at: 22 });
        expect(await fees(0)).toBe(400);
        await lane.uninclude({ transactionId: id, at: 23, note: '' });
        await lane.supersede({ transactionId: id, at: 24, note: '' });
        expect(await fees(0)).toBe(0);
      });

      test('the summary counts states, fees, failures, turns and denials', async () => {
        const id = await included();
        await lane.settle({ transactionId: id, at: 7 });
        await ledger.recordTurn({ turn: 1, height: height(9), at: 1, allowed: 2, denied: { PRICE_BAND: 3 } });
        await ledger.recordTurn({
          turn: 2,
          height: height(9),
          at: 1,
          allowed: 0,
          denied: { PRICE_BAND: 1, HALTED: 1 },
        });
        expect(await ledger.summary()).toMatchObject({
          transactions: { included: 1, final: 0, mempool: 0 },
          intents: { done: 1, failed: 1, allowed: 0 },
          abortedTransactions: 0,
          fills: { bought: { count: 0, energy: 0, cost: 0 } },
          listed: { count: 0, energy: 0 },
          feesPaid: 400,
          failedEntries: { tradeNotOpen: 1 },
          turns: 2,
          allowed: 2,
          denied: { HALTED: 1, PRICE_BAND: 4 },
        });
      });
    });

    test('keeps small facts and counts runs', async () => {
      expect(await ledger.get('halt')).toBeNull();
      await ledger.set('halt', 'reducing');
      await ledger.set('halt', 'halted');
      expect(await ledger.get('halt')).toBe('halted');
      expect([await ledger.increment('run'), await ledger.increment('run')]).toEqual([1, 2]);
    });
  });
}
