import { beforeEach, describe, expect, test } from 'vitest';
import { height, LostLaneError, microStx, price, sequence, tradeId, txId, wh } from '../../src/core/index.ts';
import { postTopic } from '../../src/execution/advance.ts';
import type { GridLogEntry, LaneStatus, TransactionState } from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { testAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { defaultConfig, LANE, NOW, OTHER, useWorlds, type World } from '../support/execution-world.ts';
import { batchAnswer, rejected, timedOut } from '../support/fake-chain.ts';
import { findLeaks, rowsOf, saidThings } from '../support/leaked-secrets.ts';
import { ALICE, BOB, NEIGHBOUR, planBuy, planCancel, planList } from '../support/trading-fixtures.ts';

const buy = (id: string, offer = 7) => planBuy({ id, operator: LANE, at: NOW, tradeId: tradeId(offer) });
const list = (id: string) => planList({ id, operator: LANE, at: NOW, openUntil: height(160) });

describe('the life of a transaction', () => {
  const worlds = useWorlds();
  let world: World;

  beforeEach(async () => {
    world = await worlds.make();
    await world.execution.recover();
    return () => world.close();
  });

  const states = async () =>
    (await world.ledger.transactions({ states: TRANSACTION_STATES })).map(({ state }) => state);
  const stateOf = async (...ids: string[]) => (await world.ledger.intents(ids)).map(({ state }) => state);
  const lane = () => world.execution.lanes()[0] as LaneStatus;
  const openIds = async () => (await world.execution.openIntents()).map(({ id }) => id);
  const untilStates = (...expected: TransactionState[]) =>
    eventually(async () => expect(await states()).toEqual(expected));

  test('runs from intents to final, with an audit row for each step', async () => {
    const submitted = await world.submit(
      buy('b-1'),
      list('l-1'),
      buy('b-2', 8),
      planCancel({ id: 'c-1', operator: LANE, at: NOW }),
    );
    expect(submitted.batches.map(({ nonce, intentIds }) => [nonce, intentIds])).toEqual([
      [3, ['c-1']],
      [4, ['b-1', 'b-2']],
      [5, ['l-1']],
    ]);
    await untilStates('mempool', 'mempool', 'mempool');
    const minedAt = world.chain.mine();
    const { confirmed, tip } = await world.execution.confirm();
    expect(tip).toBe(minedAt);
    expect(
      confirmed.map(({ status, entries }) => [status, entries.map(({ intent, result }) => [intent.id, result.kind])]),
    ).toEqual([
      ['success', [['c-1', 'ok']]],
      [
        'success',
        [
          ['b-1', 'ok'],
          ['b-2', 'ok'],
        ],
      ],
      ['success', [['l-1', 'ok']]],
    ]);
    expect(await openIds()).toEqual([]);
    world.chain.mine();
    world.chain.mine();
    await world.execution.openIntents({ seenHeight: world.chain.height });
    await world.execution.confirm();
    expect(await states()).toEqual(['final', 'final', 'final']);
    const [first] = submitted.batches;
    const audit = await world.ledger.audit(first?.transactionId ?? 0);
    expect(audit.map(({ to }) => to)).toEqual([
      'claimed',
      'signed',
      'queued',
      'broadcast',
      'mempool',
      'included',
      'final',
    ]);
  });

  test('each failing entry carries its error name, the others stand', async () => {
    world.chain.verdict = (call) => ({ status: 'success', resultHex: batchAnswer(call, { 1: 106 }) });
    await world.submit(buy('b-1'), buy('b-2', 8));
    await world.inMempool(1);
    world.chain.mine();
    await world.execution.confirm();
    expect(await stateOf('b-1', 'b-2')).toEqual(['done', 'failed']);
    expect((await world.execution.summary()).failedEntries).toEqual({ tradeNotOpen: 1 });
  });

  test('a refused transaction is reverted, all its entries failed, and its fee counts', async () => {
    world.chain.verdict = () => ({ status: 'abort_by_response', resultHex: '0x080100000000000000000000000000000070' });
    await world.submit(buy('b-1'));
    await world.inMempool(1);
    world.chain.mine();
    await world.execution.confirm();
    expect(await stateOf('b-1')).toEqual(['failed']);
    const { failedEntries, feesPaid, abortedTransactions } = await world.execution.summary();
    expect({ failedEntries, abortedTransactions }).toEqual({
      failedEntries: { pastHeight: 1 },
      abortedTransactions: 1,
    });
    expect(feesPaid).toBe(world.execution.feePerEntry());
    world.chain.mine();
    world.chain.mine();
    await world.execution.openIntents({ seenHeight: world.chain.height });
    await world.execution.confirm();
    expect(await states()).toEqual(['reverted']);
  });

  test('asks the chain nothing while nothing is under way', async () => {
    await world.execution.confirm();
    const before = world.chain.requestCount();
    await world.execution.confirm();
    expect(world.chain.requestCount()).toBe(before);
  });

  test('keeps a fee between floor and cap, and says what the lane has left', async () => {
    const { batches } = await world.submit(buy('b-1'));
    expect(batches[0]?.fee).toBe(world.execution.feePerEntry());
    expect(lane()).toMatchObject({ operator: LANE, unconfirmed: 1, entriesLeft: 1_900, paused: null });
    expect(lane().balance).toBe(1_000_000_000 - (batches[0]?.fee ?? 0));
  });

  test('cancels intents that went stale before they had a nonce', async () => {
    await world.restart({ maxUnconfirmed: 1 });
    const { waiting } = await world.submit(buy('first'), list('old'));
    expect(waiting).toEqual(['old']);
    for (let block = 0; block < 6; block += 1) world.chain.mineNothing();
    await world.submit(planBuy({ id: 'new', operator: LANE, at: world.chain.height }));
    expect(await stateOf('old', 'new')).toEqual(['cancelled', 'allowed']);
  });

  describe('T1: nothing is broadcast that is not in the ledger', () => {
    test('every posted transaction has its bytes stored before', async () => {
      const stored: boolean[] = [];
      world.chain.onBroadcast = (arrive, id) => {
        pendingChecks.push(world.ledger.ownTransactions([id]).then((own) => void stored.push(own.has(id))));
        return arrive();
      };
      const pendingChecks: Promise<void>[] = [];
      await world.submit(buy('b-1'), list('l-1'));
      await world.inMempool(2);
      await Promise.all(pendingChecks);
      expect(stored).toEqual([true, true]);
    });

    test('a job whose bytes are not those of the ledger is not posted', async () => {
      world.chain.onBroadcast = () => timedOut;
      const { batches } = await world.submit(buy('b-1'));
      await eventually(() => expect(world.chain.posts.length).toBeGreaterThan(0));
      await world.execution.drain({ deadlineMs: 1_000 });
      await world.restart();
      const id = batches[0]?.txId ?? txId('00'.repeat(32));
      const { epoch } = lane();
      const job = { id: 'forged', data: { txId: id, hex: '00', sha256: '00'.repeat(32), lane: LANE, epoch } };
      const unknown = {
        id: 'stranger',
        data: { txId: 'ff'.repeat(32), hex: '00', sha256: '00'.repeat(32), lane: LANE, epoch },
      };
      const elsewhere = { id: 'elsewhere', data: { ...job.data, lane: NEIGHBOUR } };
      await world.queue.enqueue({ topic: postTopic([LANE]), jobs: [job, unknown, elsewhere] });
      await eventually(() => {
        const lines = world.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
        expect(lines).toContain("a job's bytes are not those of the ledger; they are not posted");
        expect(lines).toContain('a job carries a transaction that the ledger does not know; it is not posted');
        expect(lines).toContain('a job is of a lane that is none of this bot; it is not posted');
      });
      expect(new Set(world.chain.posts)).toEqual(new Set([id]));
    });
  });

  describe('T2: an intent executes at most once', () => {
    test('the same intents submitted again claim nothing', async () => {
      await world.submit(buy('b-1'));
      const again = await world.submit(buy('b-1'));
      expect(again).toEqual({ batches: [], waiting: [] });
      expect(await states()).toHaveLength(1);
    });

    test('all attempts of a transaction share its nonce, and one is mined', async () => {
      let first = true;
      world.chain.onBroadcast = (arrive) => {
        if (!first) return arrive();
        first = false;
        return rejected('FeeTooLow', 600n);
      };
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      const [transaction] = await world.ledger.transactions({ states: TRANSACTION_STATES });
      if (transaction === undefined || transaction.state === 'claimed') throw new Error('expected attempts');
      expect(transaction.attempts.map(({ fee }) => fee)).toEqual([expect.any(Number), 600]);
      world.chain.mine();
      await world.execution.confirm();
      expect(world.chain.executed).toHaveLength(1);
      expect(await stateOf('b-1')).toEqual(['done']);
    });
  });

  describe('T3: the next nonce is max(chain, highest live + 1)', () => {
    test('without gaps over turns, and from the chain after a foreign transaction', async () => {
      const first = await world.submit(buy('b-1'));
      const second = await world.submit(buy('b-2'));
      await world.inMempool(2);
      world.chain.mine();
      world.chain.mineForeign();
      await world.execution.confirm();
      const third = await world.submit(buy('b-3'));
      const nonces = [first, second, third].flatMap(({ batches }) => batches.map(({ nonce }) => nonce));
      expect(nonces).toEqual([3, 4, 6]);
    });

    test('at most so many unconfirmed; the rest waits and goes on by itself', async () => {
      await world.restart({ maxUnconfirmed: 1 });
      const { batches, waiting } = await world.submit(buy('b-1'), list('l-1'));
      expect([batches.length, waiting]).toEqual([1, ['l-1']]);
      expect(await openIds()).toEqual(['b-1', 'l-1']);
      await world.inMempool(1);
      world.chain.mine();
      await world.execution.confirm();
      await world.inMempool(1);
      expect(await stateOf('l-1')).toEqual(['claimed']);
    });
  });

  describe('T4: an unknown outcome means the same bytes again', () => {
    test.each([
      ['a timeout whose bytes were lost', false],
      ['a timeout whose bytes arrived', true],
    ])('%s', async (_name, arrives) => {
      let first = true;
      world.chain.onBroadcast = (arrive) => {
        if (!first) return arrive();
        first = false;
        if (arrives) arrive();
        return timedOut;
      };
      await world.submit(buy('b-1'));
      await untilStates('mempool');
      expect(new Set(world.chain.posts).size).toBe(1);
      expect(world.chain.posts.length).toBeGreaterThanOrEqual(2);
    });

    test.each(['TooMuchChaining', 'ServerFailureOther', 'EstimatorError', 'Unknown'] as const)(
      'rejected for now by %s',
      async (reason) => {
        let left = 2;
        world.chain.onBroadcast = (arrive) => {
          left -= 1;
          return left < 0 ? arrive() : rejected(reason);
        };
        await world.submit(buy('b-1'));
        await untilStates('mempool');
        expect(new Set(world.chain.posts).size).toBe(1);
      },
    );

    test('a conflict with our own bytes is acceptance', async () => {
      world.chain.onBroadcast = (arrive) => {
        arrive();
        return rejected('ConflictingNonceInMempool');
      };
      await world.submit(buy('b-1'));
      await untilStates('mempool');
    });

    test('a conflict with a stranger pauses the lane, and lets it go on when it is over', async () => {
      world.chain.onBroadcast = () => rejected('ConflictingNonceInMempool');
      await world.submit(buy('b-1'));
      await eventually(() => expect(lane().paused).toMatch(/^nonce 3: ConflictingNonceInMempool/));
      expect(await world.submit(buy('b-2'))).toEqual({ batches: [], waiting: ['b-2'] });
      world.chain.onBroadcast = null;
      await untilStates('mempool');
      await world.execution.confirm();
      expect(await stateOf('b-2')).toEqual(['claimed']);
    });

    test('a bad nonce of bytes that a block holds already is success', async () => {
      world.chain.onBroadcast = (arrive) => {
        arrive();
        world.chain.mine();
        return timedOut;
      };
      await world.submit(buy('b-1'));
      await eventually(() => expect(world.chain.blocks).not.toHaveLength(0));
      world.chain.onBroadcast = null;
      await eventually(async () => {
        await world.execution.confirm();
        expect(await stateOf('b-1')).toEqual(['done']);
      });
      expect(world.chain.executed).toHaveLength(1);
    });

    test('no funds pauses the lane with an alarm and keeps the nonce', async () => {
      world.chain.onBroadcast = () => rejected('NotEnoughFunds');
      await world.submit(buy('b-1'));
      await eventually(() => expect(lane()).toMatchObject({ entriesLeft: 0 }));
      expect(world.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      world.chain.onBroadcast = null;
      await untilStates('mempool');
      expect(lane().paused).toBeNull();
    });

    test('what the mempool forgot is posted again', async () => {
      await world.submit(buy('b-1'));
      await untilStates('mempool');
      world.chain.mempool.clear();
      world.clock.advance(1_000);
      await world.execution.confirm();
      await world.inMempool(1);
      expect(new Set(world.chain.posts).size).toBe(1);
    });
  });

  describe('T5: only the chain ends a transaction, and a reorg takes the end back', () => {
    test.each([
      ['its transactions come back', false],
      ['its transactions are lost', true],
    ])('a reorg where %s', async (_name, lose) => {
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
      world.chain.reorg(1, { lose });
      for (let block = 0; block < 2; block += 1) world.chain.mineNothing();
      await world.execution.openIntents({ seenHeight: world.chain.height });
      const { reorged } = await world.execution.confirm();
      expect(reorged).toHaveLength(1);
      expect(await openIds()).toEqual(['b-1']);
      await world.inMempool(1);
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
      expect(world.chain.executed).toHaveLength(1);
    });

    test('a nonce that a foreign transaction took supersedes, once that is final, and releases the intents', async () => {
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'));
      world.chain.mineForeign();
      const first = await world.execution.confirm();
      expect(first.superseded).toEqual([]);
      expect(await openIds()).toEqual(['b-1']);
      for (let block = 0; block < 3; block += 1) world.chain.mine();
      expect((await world.execution.confirm()).superseded).toHaveLength(1);
      expect(await stateOf('b-1')).toEqual(['superseded']);
      expect(await openIds()).toEqual([]);
      expect(world.chain.executed).toEqual([]);
    });

    test('an indexer that lags behind the node proves nothing', async () => {
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.blind = true;
      world.chain.mine();
      for (let poll = 0; poll < 3; poll += 1) await world.execution.confirm();
      expect(await openIds()).toEqual(['b-1']);
      world.chain.blind = false;
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
    });
  });

  describe('T6: one writer per lane, and each lane for itself', () => {
    const lanes = [LANE, OTHER];
    const soonStuck = { stuckBlocks: 2, fee: { ...defaultConfig.fee, bumpAfterBlocks: 1 } };
    const onOther = (id: string) => planBuy({ id, operator: OTHER, at: NOW, tradeId: tradeId(8) });
    const alarms = () => world.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    const halts = () => world.execution.lanes().map(({ halt }) => halt?.cause ?? null);
    /** Blocks for both operators, and a pass after each. */
    const pass = async (blocks = 1) => {
      for (let block = 0; block < blocks; block += 1) {
        world.otherChain.mine();
        await world.execution.openIntents({ seenHeight: world.chain.mine() });
        await world.execution.confirm();
      }
    };

    test('a second process stands by until the first gives the lane back', async () => {
      const rival = world.rival();
      expect(await rival.recover()).toBeNull();
      expect(rival.lanes()).toMatchObject([{ epoch: null, entriesLeft: 0, paused: 'another process holds the lane' }]);
      await expect(rival.submit([buy('b-1')], { height: NOW })).rejects.toThrow(LostLaneError);
      expect(await world.ledger.intents(['b-1'])).toEqual([]);
      await world.execution.drain({ deadlineMs: 1_000 });
      expect(await rival.recover()).not.toBeNull();
      await rival.submit([buy('b-1')], { height: NOW });
      await world.inMempool(1);
      await rival.drain({ deadlineMs: 1_000 });
    });

    test('a zombie writes and posts nothing, and what it left is done once', async () => {
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'));
      const zombie = world.execution;
      const { epoch } = lane();
      const rival = world.rival({ lease: { holder: 'rival', soleHolder: true } });
      await rival.recover();
      await expect(zombie.submit([buy('b-2')], { height: NOW })).rejects.toThrow(LostLaneError);
      await expect(zombie.confirm()).rejects.toThrow(LostLaneError);
      expect(await world.ledger.intents(['b-2'])).toEqual([]);
      expect(zombie.lanes()).toMatchObject([{ epoch: null }]);
      expect(rival.lanes()).toMatchObject([{ epoch: (epoch ?? 0) + 1 }]);
      world.chain.onBroadcast = null;
      await world.inMempool(1);
      world.chain.mine();
      await rival.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
      expect(world.chain.executed).toHaveLength(1);
      await rival.drain({ deadlineMs: 1_000 });
    });

    test('a process that lost its lane takes it again when the other is gone', async () => {
      const rival = world.rival({ lease: { holder: 'rival', soleHolder: true } });
      await rival.recover();
      await expect(world.submit(buy('b-0'))).rejects.toThrow(LostLaneError);
      await rival.drain({ deadlineMs: 1_000 });
      expect(await world.execution.recover()).not.toBeNull();
      await world.submit(buy('b-1'));
      await world.inMempool(1);
    });

    test('a job of an earlier epoch is not posted', async () => {
      world.chain.onBroadcast = () => timedOut;
      const { batches } = await world.submit(buy('b-1'));
      await world.restart();
      const transaction = await world.ledger.transaction(batches[0]?.transactionId ?? 0);
      if (transaction === null || transaction.state === 'claimed') throw new Error('expected attempts');
      world.chain.onBroadcast = null;
      await world.inMempool(1);
      const before = world.chain.posts.length;
      const [{ txId: id, hex, sha256 }] = transaction.attempts;
      const data = { txId: id, hex, sha256, lane: LANE, epoch: (lane().epoch ?? 0) - 1 };
      world.chain.mempool.clear();
      await world.queue.enqueue({ topic: postTopic([LANE]), jobs: [{ id: 'old', data }] });
      await eventually(async () =>
        expect(await world.queue.counts(postTopic([LANE]))).toEqual({ waiting: 0, delayed: 0, active: 0 }),
      );
      expect(world.chain.posts).toHaveLength(before);
    });

    test('lanes have nonces of their own, and an intent goes by the one that it is for', async () => {
      await world.restart({ lanes });
      const { batches } = await world.submit(buy('b-1'), onOther('o-1'), list('l-1'), onOther('o-2'));
      expect(batches.map(({ nonce, intentIds }) => [nonce, intentIds])).toEqual([
        [3, ['b-1']],
        [4, ['l-1']],
        [3, ['o-1', 'o-2']],
      ]);
      await eventually(() => expect([world.chain.mempool.size, world.otherChain.mempool.size]).toEqual([2, 1]));
      await pass();
      expect(await stateOf('b-1', 'o-1', 'l-1', 'o-2')).toEqual(['done', 'done', 'done', 'done']);
    });

    test('a lane without funds halts alone with an alarm, and goes on once it has some', async () => {
      await world.restart({ lanes });
      world.chain.balance = microStx(10);
      world.chain.onBroadcast = () => rejected('NotEnoughFunds');
      await world.submit(buy('b-1'), onOther('o-1'));
      await pass();
      expect(halts()).toEqual(['funds', null]);
      expect(alarms().filter((line) => line.includes('is halted'))).toEqual([
        expect.stringMatching(new RegExp(`^lane ${LANE} is halted: out of funds: 10 µSTX`)),
      ]);
      const { waiting, batches } = await world.submit(buy('b-2'), onOther('o-2'));
      expect([waiting, batches.map(({ intentIds }) => intentIds)]).toEqual([['b-2'], [['o-2']]]);
      world.chain.balance = microStx(1_000_000);
      world.chain.onBroadcast = null;
      await pass();
      expect(halts()).toEqual([null, null]);
    });

    test('a lane whose signer refuses halts alone, and keeps the nonce', async () => {
      await world.restart({ lanes });
      world.refusals.set(LANE, 'the fee is above the cap');
      const { batches } = await world.submit(buy('b-1'), onOther('o-1'));
      expect(batches.map(({ intentIds }) => intentIds)).toEqual([['o-1']]);
      await eventually(() => expect(world.otherChain.mempool.size).toBe(1));
      await pass();
      expect(halts()).toEqual(['signer', null]);
      expect(await stateOf('b-1', 'o-1')).toEqual(['claimed', 'done']);
      world.refusals.clear();
      await pass();
      expect(halts()).toEqual([null, null]);
      await world.inMempool(1);
    });

    test('a stuck lane halts alone; what has no nonce yet goes by another lane that may act', async () => {
      const operatorsOf = () => lanes;
      world.mayAct = (prosumer, operator) => operator !== OTHER || prosumer !== BOB;
      await world.restart({ lanes, operatorsOf, ...soonStuck, maxUnconfirmed: 1, validityBlocks: 20 });
      world.chain.onBroadcast = () => timedOut;
      const stays = planList({ id: 'bobs', account: BOB, operator: LANE, at: NOW, openUntil: height(160) });
      const cancel = planCancel({ id: 'cancel', operator: LANE, at: NOW });
      await world.submit(buy('b-1'));
      await world.submit(list('l-1'), stays, cancel);
      await pass(1);
      expect(halts()).toEqual([null, null]);
      await pass(2);
      expect(halts()).toEqual(['stuck', null]);
      await eventually(() => expect(world.otherChain.mempool.size).toBe(1));
      await pass(1);
      expect(await stateOf('b-1', 'l-1', 'bobs', 'cancel')).toEqual(['claimed', 'done', 'allowed', 'allowed']);
      world.chain.onBroadcast = null;
      await world.inMempool(1);
      await pass(2);
      expect(halts()).toEqual([null, null]);
    });

    test('a halt stops new work alone: what has a nonce is raised, and mined, all the same', async () => {
      await world.restart({ lanes, ...soonStuck });
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      const stall = async (blocks: number) => {
        for (let block = 0; block < blocks; block += 1) {
          world.clock.advance(1_000);
          world.otherChain.mineNothing();
          await world.execution.openIntents({ seenHeight: world.chain.mineNothing() });
          await world.execution.confirm();
        }
      };
      await stall(4);
      expect(halts()).toEqual(['stuck', null]);
      expect((await world.submit(buy('b-2'))).waiting).toEqual(['b-2']);
      const [first = 0] = [...world.chain.mempool.values()].map(({ fee }) => fee);
      await stall(2);
      await eventually(() => expect(world.chain.mempool.get(3)?.fee).toBeGreaterThan(first));
      await pass(2);
      expect(await stateOf('b-1')).toEqual(['done']);
      expect(halts()).toEqual([null, null]);
    });

    test('a fee is never raised above what the wallet holds', async () => {
      await world.restart({ lanes, ...soonStuck });
      const { batches } = await world.submit(buy('b-1'));
      await world.inMempool(1);
      const fee = batches[0]?.fee ?? 0;
      world.chain.balance = microStx(fee + 1);
      for (let block = 0; block < 6; block += 1) {
        world.clock.advance(1_000);
        world.chain.mineNothing();
        await world.execution.confirm();
      }
      expect(halts()).toEqual(['stuck', null]);
      expect(world.chain.mempool.get(3)?.fee).toBe(fee);
    });

    test('a cancel goes to the lanes that the intents are for', async () => {
      await world.restart({ lanes, maxUnconfirmed: 1 });
      await world.submit(buy('b-1'), onOther('o-1'), list('l-1'));
      await eventually(() => expect([world.chain.mempool.size, world.otherChain.mempool.size]).toEqual([1, 1]));
      expect(await world.execution.cancel(['o-1', 'l-1', 'unknown'])).toEqual({
        cancelled: ['l-1'],
        replaced: ['o-1'],
        kept: ['unknown'],
      });
      await eventually(() => expect(world.otherChain.posts).toHaveLength(3));
      await pass();
      expect(await stateOf('b-1', 'o-1', 'l-1')).toEqual(['done', 'cancelled', 'cancelled']);
    });

    test('intents of a halted lane are released once their batch can never execute', async () => {
      await world.restart({ lanes, ...soonStuck });
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'));
      await pass(7);
      expect(halts()).toEqual(['stuck', null]);
      expect(await stateOf('b-1')).toEqual(['claimed']);
      await pass(1);
      expect(await stateOf('b-1')).toEqual(['expired']);
      expect(await openIds()).toEqual([]);
      // Its nonce is used all the same, by bytes that the contract refuses.
      world.chain.verdict = (call) => ({ status: 'success', resultHex: batchAnswer(call, { 0: 112 }) });
      world.chain.onBroadcast = null;
      await world.inMempool(1);
      await pass(1);
      expect(await stateOf('b-1')).toEqual(['expired']);
      expect(halts()).toEqual([null, null]);
    });

    test('a lane whose key someone else uses halts until a person resumes it, also over a restart', async () => {
      await world.restart({ lanes });
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'), onOther('o-1'));
      await eventually(() => expect(world.otherChain.mempool.size).toBe(1));
      world.chain.mineForeign();
      world.otherChain.mine();
      await world.execution.confirm();
      await pass(3);
      expect(await stateOf('b-1', 'o-1')).toEqual(['superseded', 'done']);
      expect(halts()).toEqual(['foreign', null]);
      await world.restart({ lanes });
      expect(halts()).toEqual(['foreign', null]);
      expect((await world.submit(buy('b-2'), onOther('o-2'))).waiting).toEqual(['b-2']);
      await expect(world.execution.resume(BOB)).rejects.toThrow('expected a lane out of');
      await world.execution.resume(LANE);
      expect(halts()).toEqual([null, null]);
      await world.execution.confirm();
      expect(await stateOf('b-2')).toEqual(['claimed']);
    });
  });

  describe('T7: unconfirmed intents are exposure until the chain has spoken', () => {
    test('also past their valid-until', async () => {
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'));
      for (let block = 0; block < 20; block += 1) world.chain.mine();
      await world.execution.confirm();
      expect(await openIds()).toEqual(['b-1']);
    });

    test('and for a market view that has not seen their block yet', async () => {
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      const minedAt = world.chain.mine();
      await world.execution.confirm();
      const seen = async (at: number) => (await world.execution.openIntents({ seenHeight: height(at) })).length;
      expect([await seen(minedAt - 1), await seen(minedAt)]).toEqual([1, 0]);
    });

    test('with a confirmation depth above one, until the block is that deep', async () => {
      await world.restart({ confirmedDepth: 2 });
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      expect((await world.execution.confirm()).confirmed).toEqual([]);
      expect(await openIds()).toEqual(['b-1']);
      world.chain.mine();
      await world.execution.openIntents({ seenHeight: world.chain.height });
      expect((await world.execution.confirm()).confirmed).toHaveLength(1);
    });
  });

  describe('T8: losing the queue loses nothing', () => {
    test('every live attempt comes back from the ledger', async () => {
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'), list('l-1'));
      await eventually(() => expect(world.chain.posts.length).toBeGreaterThanOrEqual(2));
      await world.restart();
      world.chain.onBroadcast = null;
      await world.inMempool(2);
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1', 'l-1')).toEqual(['done', 'done']);
      expect(world.chain.executed).toHaveLength(2);
    });
  });

  describe('T9: no key is ever in the queue, the ledger or a log', () => {
    test('neither key nor seed is in any row, line or error, while it is under way and after', async () => {
      const secrets = { operator: testAccount(0).privateKey };
      const rows = rowsOf(world.database.pool);
      world.chain.onBroadcast = () => timedOut;
      await world.submit(buy('b-1'));
      await eventually(() => expect(world.chain.posts.length).toBeGreaterThan(0));
      const underWay = await findLeaks(secrets, rows);
      // The search sees what is there: the signed bytes, in the ledger and in the queue's job.
      const { leaks: copies } = await findLeaks({ signed: world.chain.posts[0] ?? '' }, rows);
      expect(copies.map(({ place }) => place).join()).toMatch(/attempts.*bullmq|bullmq.*attempts/);

      world.chain.onBroadcast = null;
      await world.inMempool(1);
      world.chain.mine();
      const report = await world.execution.confirm();
      const call = { kind: 'cancelTradeFor', validUntil: 1n, entries: [] } as const;
      const refusal = await world.signer
        .sign({ signer: LANE, call, nonce: 0, fee: microStx(50_001) })
        .catch((error: unknown) => error);
      const said = { report, log: world.log.lines, lane: lane(), refusal };
      const after = await findLeaks(secrets, rows, saidThings(said));
      expect([...underWay.leaks, ...after.leaks]).toEqual([]);
    });
  });

  describe('fills', () => {
    /** As on the chain, an event's bytes tell its height. */
    const entry = (number: number, event: object, id: string, at = 101): GridLogEntry => ({
      event: { sequence: sequence(number), ...event } as GridLogEntry['event'],
      hex: Buffer.from(JSON.stringify([number, event, at])).toString('hex'),
      txId: txId(id),
      height: height(at),
    });
    /** What a poll reports, with the events that it has read itself. */
    const record = (...entries: readonly GridLogEntry[]) =>
      world.execution.recordEvents({ upTo: world.chain.mark, entries });
    const stranger = 'ee'.repeat(32);
    const bought = (offer: number, buyer = ALICE, seller = NEIGHBOUR) => ({
      topic: 'trade-bought',
      tradeId: tradeId(offer),
      buyer,
      seller,
      operator: LANE,
      amount: wh(100),
      price: price(40),
      cost: 4_000,
    });
    const listed = (offer: number) => ({
      topic: 'trade-listed',
      tradeId: tradeId(offer),
      seller: BOB,
      operator: LANE,
      amount: wh(200),
      price: price(90),
    });

    test("bought by us, sold by us, and between us; a stranger's trade is none", async () => {
      const { batches } = await world.submit(buy('b-1'), list('l-1'));
      const [buying = '', listing = ''] = batches.map(({ txId: id }) => id);
      world.chain.log.push(
        entry(1, listed(70), listing),
        entry(2, listed(71), listing),
        entry(3, bought(7), buying),
        entry(4, bought(70, NEIGHBOUR, BOB), stranger),
        entry(5, bought(71, ALICE, BOB), buying),
        entry(6, bought(9, NEIGHBOUR, NEIGHBOUR), stranger),
      );
      const fills = await record(...world.chain.log);
      expect(fills.map(({ side, tradeId: offer }) => [side, offer])).toEqual([
        ['bought', 7],
        ['sold', 70],
        ['own', 71],
      ]);
      expect((await world.execution.summary()).listed).toEqual({ count: 2, energy: 400 });
      expect(await record(...world.chain.log)).toEqual([]);
    });

    test('events that happened while the bot was down are read on the next start', async () => {
      world.chain.log.push(entry(1, listed(70), stranger));
      await world.restart();
      const { batches } = await world.submit(buy('b-1'));
      world.chain.log.push(entry(2, bought(7), batches[0]?.txId ?? ''));
      await world.restart();
      expect((await world.ledger.fills()).map(({ tradeId: offer }) => offer)).toEqual([7]);
    });

    test('a gap is read from the chain, and a rewind forgets', async () => {
      const { batches } = await world.submit(buy('b-1'));
      const id = batches[0]?.txId ?? '';
      const events = [entry(1, listed(5), stranger), entry(2, bought(7), id), entry(3, listed(6), stranger)];
      const { log } = world.chain;
      log.push(...events.slice(0, 1));
      await record(...log);
      log.push(...events.slice(1));
      expect((await record(...events.slice(2))).map(({ tradeId: offer }) => offer)).toEqual([7]);
      log.splice(1);
      await record();
      expect(await world.ledger.fills()).toEqual([]);
      log.push(entry(2, bought(7), id, 102));
      await record(...log.slice(1));
      expect(await world.ledger.fills()).toMatchObject([{ tradeId: 7, height: 102 }]);
    });

    test('a reorg that moves events and leaves the last one as it was is read, in flight and on the next start', async () => {
      const { batches } = await world.submit(list('l-1'), buy('b-1'));
      const [buying = '', listing = ''] = batches.map(({ txId: id }) => id);
      const { log } = world.chain;
      const at = (first: number, second: number) => [
        entry(1, listed(5), stranger, 101),
        entry(2, bought(7), buying, first),
        entry(3, listed(70), listing, second),
        entry(4, listed(8), stranger, 105),
      ];
      const heights = async () =>
        [...(await world.ledger.fills()), ...(await world.ledger.listings())].map((one) => one.height);
      log.push(...at(102, 103));
      await record(...log);
      log.splice(0, 4, ...at(103, 104));
      await record();
      expect(await heights()).toEqual([103, 104]);
      log.splice(0, 4, ...at(104, 105));
      await world.restart();
      expect(await heights()).toEqual([104, 105]);
    });

    test("a ledger's first fill is worth what the grid asked then, though the price has moved since", async () => {
      const { batches } = await world.submit(buy('b-1'));
      const { log } = world.chain;
      const raised = { topic: 'energy-price-set', price: price(130) };
      log.push(entry(1, bought(7), batches[0]?.txId ?? ''), entry(2, raised, stranger));
      world.chain.energyPrice = price(130);
      expect(await record(...log)).toMatchObject([{ tradeId: 7, energyPrice: 100 }]);
      expect(await world.ledger.energyPriceAt(sequence(2))).toBe(130);
    });

    test('a log that lags behind the node is read again until it leads to what the node has', async () => {
      const { batches } = await world.submit(buy('b-1'));
      const { log } = world.chain;
      log.push(entry(1, listed(5), stranger));
      await record(...log);
      const fill = entry(2, bought(7), batches[0]?.txId ?? '');
      log.push(fill);
      const upTo = world.chain.mark;
      log.pop();
      expect(await world.execution.recordEvents({ upTo, entries: [] })).toEqual([]);
      log.push(fill);
      expect(await world.execution.recordEvents({ upTo, entries: [] })).toMatchObject([{ tradeId: 7 }]);
    });
  });
});
