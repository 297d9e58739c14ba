import { beforeEach, describe, expect, test } from 'vitest';
import { height, price, sequence, tradeId, txId, wh } from '../../src/core/index.ts';
import type { GridLogEntry, TransactionState } from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { batchAnswer, rejected, timedOut } from '../support/fake-chain.ts';
import { ALICE, BOB, NEIGHBOUR, planBuy, planCancel, planList } from '../support/trading-fixtures.ts';

const buy = (id: string, offer = 7) => planBuy({ id, at: NOW, tradeId: tradeId(offer) });
const list = (id: string) => planList({ id, at: NOW, openUntil: height(160) });

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
  const openIds = async () => (await world.execution.openIntents()).map(({ id }) => id);
  const untilStates = (...expected: TransactionState[]) =>
    eventually(async () => expect(await states()).toEqual(expected));

  test('runs from intents to final, with an audit row for each step', async () => {
    const submitted = await world.submit(buy('b-1'), list('l-1'), buy('b-2', 8), planCancel({ id: 'c-1', at: NOW }));
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
    expect(world.execution.lane()).toMatchObject({ operator: LANE, unconfirmed: 1, entriesLeft: 1_900, paused: null });
    expect(world.execution.lane().balance).toBe(1_000_000_000 - (batches[0]?.fee ?? 0));
  });

  test('cancels intents that went stale before they had a nonce', async () => {
    await world.ledger.recordIntents({ planned: [buy('old')], at: 1 });
    for (let block = 0; block < 6; block += 1) world.chain.mine();
    await world.submit(planBuy({ id: 'new', at: world.chain.height }));
    expect(await stateOf('old', 'new')).toEqual(['cancelled', 'claimed']);
  });

  describe('T1: nothing is broadcast that is not in the ledger', () => {
    test('every posted transaction has its bytes stored before', async () => {
      const stored: boolean[] = [];
      world.chain.onBroadcast = (arrive, id) => {
        pendingChecks.push(world.ledger.transactionOf(id).then((one) => void stored.push(one !== null)));
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
      const job = { id: 'forged', data: { txId: id, hex: '00', sha256: '00'.repeat(32), lane: LANE } };
      const unknown = {
        id: 'stranger',
        data: { txId: 'ff'.repeat(32), hex: '00', sha256: '00'.repeat(32), lane: LANE },
      };
      await world.queue.enqueue({ topic: 'transactions', job });
      await world.queue.enqueue({ topic: 'transactions', job: unknown });
      await eventually(() => {
        const lines = world.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
        expect(lines).toContain("a job's bytes are not those of the ledger; they are not posted");
        expect(lines).toContain('a job carries a transaction that the ledger does not know; it is not posted');
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
      await eventually(() => expect(world.execution.lane().paused).toMatch(/^nonce 3: ConflictingNonceInMempool/));
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
      await eventually(() => expect(world.execution.lane()).toMatchObject({ entriesLeft: 0 }));
      expect(world.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
      world.chain.onBroadcast = null;
      await untilStates('mempool');
      expect(world.execution.lane().paused).toBeNull();
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
    test('neither key nor seed appears in what was stored and said', async () => {
      const { testAccount } = await import('../support/devnet.ts');
      const secret = testAccount(0).privateKey.slice(0, 64);
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      const report = await world.execution.confirm();
      const transactions = await world.ledger.transactions({ states: TRANSACTION_STATES });
      const everything = JSON.stringify(
        [report, transactions, world.log.lines, world.execution.lane()],
        (_key, value) => (typeof value === 'bigint' ? value.toString() : value),
      );
      expect(everything).not.toContain(secret);
    });
  });

  describe('fills', () => {
    const entry = (number: number, event: object, id: string): GridLogEntry => ({
      event: { sequence: sequence(number), ...event } as GridLogEntry['event'],
      hex: '',
      txId: txId(id),
      height: height(101),
    });
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
      const fills = await world.execution.recordEvents([
        entry(1, listed(70), listing),
        entry(2, listed(71), listing),
        entry(3, bought(7), buying),
        entry(4, bought(70, NEIGHBOUR, BOB), stranger),
        entry(5, bought(71, ALICE, BOB), buying),
        entry(6, bought(9, NEIGHBOUR, NEIGHBOUR), stranger),
      ]);
      expect(fills.map(({ side, tradeId: offer }) => [side, offer])).toEqual([
        ['bought', 7],
        ['sold', 70],
        ['own', 71],
      ]);
      expect((await world.execution.summary()).listed).toEqual({ count: 2, energy: 400 });
      const again = await world.execution.recordEvents([entry(5, bought(71, ALICE, BOB), buying)]);
      expect(again).toEqual([]);
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
      await world.execution.recordEvents([entry(1, listed(5), stranger)]);
      const events = [entry(1, listed(5), stranger), entry(2, bought(7), id), entry(3, listed(6), stranger)];
      world.chain.log.push(...events);
      const fills = await world.execution.recordEvents(events.slice(2));
      expect(fills.map(({ tradeId: offer }) => offer)).toEqual([7]);
      await world.execution.recordEvents([], { rewoundTo: sequence(1) });
      expect(await world.ledger.fills()).toEqual([]);
      await world.execution.recordEvents([entry(2, bought(7), id)]);
      expect(await world.ledger.fills()).toHaveLength(1);
    });
  });
});
