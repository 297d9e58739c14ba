import { beforeEach, describe, expect, test } from 'vitest';
import { height, microStx, tradeId } from '../../src/core/index.ts';
import type { ExecutionConfig } from '../../src/execution/index.ts';
import { TRANSACTION_STATES, type Transaction } from '../../src/execution/ports/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { defaultConfig, LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { rejected } from '../support/fake-chain.ts';
import { planBuy, planList } from '../support/trading-fixtures.ts';

const buyAt = (id: string, at: number) => planBuy({ operator: LANE, id, at: height(at), tradeId: tradeId(7) });
const buy = (id: string, offer = 7) => planBuy({ operator: LANE, id, at: NOW, tradeId: tradeId(offer) });
const list = (id: string) => planList({ operator: LANE, id, at: NOW, openUntil: height(900) });
const fee = { ...defaultConfig.fee, bumpAfterBlocks: 2 };

describe('replacement', () => {
  const worlds = useWorlds();
  let world: World;
  const begin = async (config: Partial<ExecutionConfig> = {}) => {
    world = await worlds.make({ fee, ...config });
    await world.execution.recover();
  };
  beforeEach(async () => {
    await begin();
    return () => world.close();
  });

  const lane = () => {
    const [one] = world.execution.lanes();
    if (one === undefined) throw new Error('expected a lane');
    return one;
  };
  const all = () => world.ledger.transactions({ states: TRANSACTION_STATES });
  const stateOf = async (...ids: string[]) => (await world.ledger.intents(ids)).map(({ state }) => state);
  const feesOf = async (index = 0) => attemptsOf((await all())[index]).map((one) => one.fee);
  const errors = () => world.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);

  function attemptsOf(transaction: Transaction | undefined) {
    if (transaction === undefined || transaction.state === 'claimed') throw new Error('expected attempts');
    return transaction.attempts;
  }

  /** Blocks that mine nothing of ours, with a pass after each. */
  async function wait(blocks: number): Promise<void> {
    for (let block = 0; block < blocks; block += 1) {
      world.clock.advance(1_000);
      world.chain.mineNothing();
      await world.execution.confirm();
    }
  }

  /** Until the mempool has the last attempt of each transaction, and the ledger knows. */
  const posted = () =>
    eventually(async () => {
      for (const transaction of await all()) {
        expect(transaction.state).toBe('mempool');
        expect(world.chain.mempool.get(transaction.nonce)?.id).toBe(attemptsOf(transaction).at(-1)?.txId);
      }
    });

  async function finish(): Promise<void> {
    for (let block = 0; block < 4; block += 1) {
      world.chain.mine();
      await world.execution.openIntents({ seenHeight: world.chain.height });
      await world.execution.confirm();
    }
  }

  describe('T10: the lowest unconfirmed nonce alone is raised, and only while the tip advances', () => {
    test('by a quarter, every so many blocks', async () => {
      await world.submit(buy('b-1'), list('l-1'));
      await posted();
      await wait(4);
      await posted();
      const [first = 0, second] = await feesOf(0);
      expect(second).toBe(Math.ceil(first * 1.25));
      expect(await feesOf(1)).toHaveLength(1);
      await wait(3);
      await posted();
      expect(await feesOf(0)).toHaveLength(3);
      await finish();
      expect(await stateOf('b-1', 'l-1')).toEqual(['done', 'done']);
      expect(world.chain.executed).toHaveLength(2);
    });

    test('not while the tip stands still, however long', async () => {
      await world.submit(buy('b-1'));
      await posted();
      await wait(1);
      for (let pass = 0; pass < 5; pass += 1) {
        world.clock.advance(60_000);
        await world.execution.confirm();
      }
      expect(await feesOf()).toHaveLength(1);
    });

    test('never above the cap, where it stays', async () => {
      const { batches } = await world.submit(buy('b-1'));
      const first = batches[0]?.fee ?? microStx(0);
      await posted();
      await world.restart({ fee: { ...fee, cap: microStx(Math.ceil(first * 1.25)) } });
      await wait(4);
      await posted();
      await wait(8);
      expect(await feesOf()).toEqual([first, Math.ceil(first * 1.25)]);
    });

    test('never above the price of its entries', async () => {
      const { batches } = await world.submit(buy('b-1'));
      await posted();
      await world.restart({ fee: { ...fee, perEntry: microStx((batches[0]?.fee ?? 0) + 10) } });
      await wait(6);
      expect(await feesOf()).toHaveLength(1);
    });

    test('whichever attempt a block holds is the one that counts', async () => {
      await world.submit(buy('b-1'));
      await posted();
      await wait(4);
      await posted();
      const [first] = attemptsOf((await all())[0]);
      const instead = world.chain.held(3).find(({ id }) => id === first?.txId);
      if (instead === undefined) throw new Error('expected another miner to have the first attempt');
      world.chain.mine({ instead });
      await world.execution.confirm();
      expect((await all())[0]).toMatchObject({ state: 'included', inclusion: { txId: first?.txId } });
      expect(await stateOf('b-1')).toEqual(['done']);
      expect((await world.execution.summary()).feesPaid).toBe(first?.fee);
    });

    test('not by a bot that drains', async () => {
      await world.submit(buy('b-1'));
      await posted();
      await wait(2);
      world.chain.mineNothing();
      const pass = world.execution.confirm();
      await Promise.all([pass, world.execution.drain({ deadlineMs: 1_000 })]);
      expect(await feesOf()).toHaveLength(1);
      await world.restart();
      await wait(3);
      expect(await feesOf()).toHaveLength(2);
    });

    test('error: a lane that would halt before the first raise', async () => {
      await expect(world.restart({ fee, stuckBlocks: 2 })).rejects.toThrow(
        'expected a lane to halt after the first raise of its fee, which comes after 2 blocks, was after 2',
      );
      await world.restart();
    });

    test('a raise that was stored and not queued is taken up by the next pass', async () => {
      await world.submit(buy('b-1'));
      await posted();
      const enqueue = world.queue.enqueue.bind(world.queue);
      world.queue.enqueue = async () => {
        throw new Error('the process died here');
      };
      await wait(4).catch(() => {});
      expect((await all())[0]?.state).toBe('signed');
      world.queue.enqueue = enqueue;
      await world.restart();
      await posted();
      expect(await feesOf()).toHaveLength(2);
    });
  });

  describe('cancel by a call that does nothing', () => {
    test('intents without a nonce are cancelled at once', async () => {
      await world.restart({ maxUnconfirmed: 1 });
      await world.submit(buy('b-1'), list('l-1'));
      expect(await world.execution.cancel(['l-1'])).toEqual({ cancelled: ['l-1'], replaced: [], kept: [] });
      expect(await stateOf('b-1', 'l-1')).toEqual(['claimed', 'cancelled']);
    });

    test('a transaction is replaced, and its intents are released once that is mined', async () => {
      await world.submit(buy('b-1'));
      await posted();
      expect(await world.execution.cancel(['b-1'])).toEqual({ cancelled: [], replaced: ['b-1'], kept: [] });
      expect(await stateOf('b-1')).toEqual(['claimed']);
      await posted();
      world.chain.mine();
      const report = await world.execution.confirm();
      expect([report.confirmed, report.cancelled.length]).toEqual([[], 1]);
      expect(await stateOf('b-1')).toEqual(['cancelled']);
      expect(world.chain.executed).toEqual([{ kind: 'cancelTradeFor', validUntil: 9007199254740991n, entries: [] }]);
      await finish();
      expect((await all())[0]).toMatchObject({ state: 'cancelled' });
      expect(await world.ledger.audit(1)).toContainEqual(
        expect.objectContaining({ from: 'mempool', to: 'signed', note: expect.stringContaining('it is cancelled') }),
      );
    });

    test('the chain decides: where it mines the call after all, the intents are done', async () => {
      await world.submit(buy('b-1'));
      await posted();
      const [call] = world.chain.held(3);
      await world.execution.cancel(['b-1']);
      await posted();
      world.chain.mine(call === undefined ? {} : { instead: call });
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
    });

    test('a reorg that mines the call in its place makes it done again', async () => {
      await world.submit(buy('b-1'));
      await posted();
      const [call] = world.chain.held(3);
      await world.execution.cancel(['b-1']);
      await posted();
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['cancelled']);
      world.chain.reorg(1, { lose: true });
      world.chain.mine(call === undefined ? {} : { instead: call });
      world.chain.mineNothing();
      await world.execution.openIntents({ seenHeight: world.chain.height });
      const { reorged } = await world.execution.confirm();
      expect(reorged).toHaveLength(1);
      expect(await stateOf('b-1')).toEqual(['done']);
    });

    test('not a transaction that carries others too', async () => {
      await world.submit(buy('b-1'), buy('b-2', 8));
      await posted();
      expect(await world.execution.cancel(['b-1'])).toEqual({ cancelled: [], replaced: [], kept: ['b-1'] });
      expect(await feesOf()).toHaveLength(1);
    });

    test('a batch that expired for good makes room, once it is the lowest', async () => {
      await world.restart({ fee: { ...fee, bumpAfterBlocks: 1_000 }, stuckBlocks: 2_000 });
      await world.submit(buy('b-1'));
      await posted();
      await wait(9);
      await posted();
      const [transaction] = await all();
      expect(attemptsOf(transaction).map(({ noop }) => noop)).toEqual([false, true]);
      await finish();
      expect(await stateOf('b-1')).toEqual(['cancelled']);
    });
  });

  describe('gaps', () => {
    /** Nonces 4 and 5 are ours, a reorg took the stranger's transaction that had nonce 3. */
    async function leaveGap(): Promise<void> {
      world.chain.mineForeign();
      await world.execution.confirm();
      await world.submit(buy('b-1'));
      await world.submit(buy('b-2', 8));
      await posted();
      world.chain.reorg(1, { lose: true });
      expect(world.chain.nonce).toBe(3);
    }

    test('are noticed, outlive a block, and are filled by a call that does nothing', async () => {
      await leaveGap();
      world.clock.advance(1_000);
      await world.execution.confirm();
      expect(await all()).toHaveLength(2);
      await wait(1);
      await posted();
      expect((await all()).map(({ nonce, intentIds }) => [nonce, intentIds])).toEqual([
        [3, []],
        [4, ['b-1']],
        [5, ['b-2']],
      ]);
      expect(errors()).toContain('nonce 3 is filled with a call that does nothing');
      await finish();
      expect(await stateOf('b-1', 'b-2')).toEqual(['done', 'done']);
      expect((await world.execution.summary()).transactions).toMatchObject({ final: 3 });
    });

    test('are left to a stranger whose transaction waits there', async () => {
      await leaveGap();
      world.chain.postForeign(3, 200);
      await wait(3);
      expect(await all()).toHaveLength(2);
      expect(lane().paused).toBe('nonce 3 is held by a pending transaction that is not ours');
      await finish();
      expect(await stateOf('b-1', 'b-2')).toEqual(['done', 'done']);
      expect(lane().paused).toBeNull();
    });
  });

  describe('a foreign wallet that uses the key', () => {
    test('and took our nonce at a higher fee is noticed; nothing of it is overwritten', async () => {
      await world.submit(buy('b-1'));
      await posted();
      world.chain.postForeign(3, 10_000);
      world.clock.advance(1_000);
      await world.execution.confirm();
      await eventually(() => expect(lane().paused).toMatch(/^nonce 3: ConflictingNonceInMempool/));
      await wait(9);
      expect(await feesOf()).toHaveLength(1);
      expect(world.chain.mempool.get(3)).toMatchObject({ hex: null, fee: 10_000 });
      expect(await world.submit(buy('b-2'))).toMatchObject({ batches: [] });

      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['claimed']);
      await wait(1);
      expect(errors()).toContainEqual(expect.stringContaining('somebody else uses its key'));
      expect(lane().paused).toBe('nonce 3 was taken by a transaction that is not ours');
      await wait(3);
      expect(await stateOf('b-1')).toEqual(['superseded']);
      expect(world.chain.executed).toEqual([]);
      const reason = 'nonce 3 was taken by a transaction that is not ours';
      expect(lane()).toMatchObject({ paused: reason, halt: { cause: 'foreign', reason } });
      await world.execution.resume();
      expect(lane()).toMatchObject({ paused: null, halt: null });
    });

    test('between our look and a raise is not overwritten', async () => {
      await world.submit(buy('b-1'));
      await posted();
      await wait(2);
      const { transactions } = world.chain;
      world.chain.transactions = async (ids) => {
        const statuses = await transactions.call(world.chain, ids);
        world.chain.postForeign(3, 600);
        return statuses;
      };
      await wait(3);
      expect(world.chain.mempool.get(3)).toMatchObject({ hex: null, fee: 600 });
      expect(await feesOf()).toHaveLength(1);
    });

    test('and has a nonce after ours makes the lane wait for it', async () => {
      await world.submit(buy('b-1'));
      await posted();
      world.chain.postForeign(4, 200);
      expect(await world.submit(buy('b-2', 8))).toEqual({ batches: [], waiting: ['b-2'] });
      expect(lane()).toMatchObject({
        paused: 'nonce 4 is held by a pending transaction that is not ours',
        entriesLeft: 0,
      });
      world.chain.mine();
      await world.execution.confirm();
      await world.inMempool(1);
      expect((await all()).map(({ nonce }) => nonce)).toEqual([3, 5]);
    });

    test('while nothing of ours is under way costs no nonce', async () => {
      await world.execution.confirm();
      world.chain.mineForeign();
      const { batches } = await world.submit(buyAt('b-1', world.chain.height));
      expect(batches.map(({ nonce }) => nonce)).toEqual([4]);
    });

    test('and took a nonce for good keeps it, though a server that is behind still offers it', async () => {
      await world.submit(buy('b-1'));
      await posted();
      world.chain.mempool.clear();
      world.chain.mineForeign();
      await world.execution.confirm();
      await wait(4);
      expect(await stateOf('b-1')).toEqual(['superseded']);
      await world.execution.resume();
      world.chain.nodeLag = 5;
      const { batches } = await world.submit(buyAt('b-2', world.chain.height + 1));
      expect(lane().chainNonce).toBe(3);
      expect(batches.map(({ nonce }) => nonce)).toEqual([4]);
    });

    test('and whose transaction a reorg takes back gives our nonce back to us', async () => {
      await world.submit(buy('b-1'));
      await posted();
      world.chain.mempool.clear();
      world.chain.mineForeign();
      await world.execution.confirm();
      await wait(4);
      expect(await stateOf('b-1')).toEqual(['superseded']);
      world.chain.reorg(world.chain.blocks.length, { lose: true });
      world.chain.mineNothing();
      await world.execution.resume();
      await world.submit(buyAt('wake', world.chain.height));
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['claimed']);
    });
  });

  describe('an indexer that says nothing', () => {
    test('never ends anything, however many blocks behind the node it stays', async () => {
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      for (let behind = 1; behind <= 8; behind += 1) {
        world.chain.indexerLag = behind;
        await world.execution.confirm();
        world.chain.mineNothing();
      }
      expect(await stateOf('b-1')).toEqual(['claimed']);
      world.chain.indexerLag = 0;
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['done']);
    });
  });

  describe('the fee policy', () => {
    test('a batch that is too dear for each of its entries waits for company', async () => {
      await world.restart({ fee: { ...fee, perEntry: microStx(250) } });
      expect(await world.submit(buy('b-1'))).toEqual({ batches: [], waiting: ['b-1'] });
      expect(lane().paused).toBeNull();
      const { batches } = await world.submit(buy('b-2', 8));
      expect(batches.map(({ intentIds }) => intentIds)).toEqual([['b-1', 'b-2']]);
    });

    test('what waits too long for company goes stale', async () => {
      await world.restart({ fee: { ...fee, perEntry: microStx(250) } });
      await world.submit(buy('b-1'));
      for (let block = 0; block < 6; block += 1) world.chain.mineNothing();
      await world.submit(buyAt('b-2', world.chain.height));
      expect(await stateOf('b-1', 'b-2')).toEqual(['cancelled', 'allowed']);
    });

    test('error: a price that not even a full batch keeps to', async () => {
      await expect(world.restart({ fee: { ...fee, perEntry: microStx(50) } })).rejects.toThrow(
        /^expected a fee per entry that a full batch of 100 keeps to, was 50 µSTX/,
      );
      await world.restart();
    });

    test('when the budget is used up nothing is claimed or raised until the next day', async () => {
      const one = world.execution.feePerEntry();
      await world.restart({ fee: { ...fee, perDay: microStx(one + 10) } });
      const { batches } = await world.submit(buy('b-1'));
      expect(batches).toHaveLength(1);
      expect(await world.submit(buy('b-2', 8))).toEqual({ batches: [], waiting: ['b-2'] });
      expect(lane()).toMatchObject({
        paused: `the fee budget of ${one + 10} µSTX a day is used up until midnight UTC`,
        entriesLeft: 0,
      });
      await posted().catch(() => {});
      await wait(4);
      expect(await feesOf()).toHaveLength(1);
      expect(errors()).toHaveLength(1);
      world.clock.advance(24 * 60 * 60 * 1000);
      world.chain.mine();
      await world.execution.confirm();
      expect(lane().paused).toBeNull();
      expect(await stateOf('b-2')).toEqual(['claimed']);
    });

    test('the shares of a fee add up to it', async () => {
      await world.submit(buy('b-1'), buy('b-2', 8), buy('b-3', 9));
      await posted();
      world.chain.mine();
      const { confirmed } = await world.execution.confirm();
      const shares = confirmed.flatMap(({ entries }) => entries.map((entry) => entry.fee));
      expect(shares).toHaveLength(3);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(confirmed[0]?.fee);
    });
  });

  describe('rejections that change the attempt', () => {
    test.each(['FeeTooLow', 'TemporarilyBlacklisted'] as const)('%s: other bytes at a higher fee', async (reason) => {
      let first = true;
      world.chain.onBroadcast = (arrive) => {
        if (!first) return arrive();
        first = false;
        return rejected(reason);
      };
      await world.submit(buy('b-1'));
      await posted();
      const [low = 0, high] = await feesOf();
      expect(high).toBe(Math.ceil(low * 1.25));
    });

    test('BadFunctionArgument: a call that does nothing takes the nonce', async () => {
      world.chain.onBroadcast = (arrive, id) =>
        world.chain.posts.indexOf(id) === 0 ? rejected('BadFunctionArgument') : arrive();
      await world.submit(buy('b-1'));
      await posted();
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1')).toEqual(['cancelled']);
    });
  });

  test('the operator is the lane', () => expect(lane().operator).toBe(LANE));
});
