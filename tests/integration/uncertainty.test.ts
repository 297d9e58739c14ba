import { beforeEach, describe, expect, test } from 'vitest';
import { height, tradeId } from '../../src/core/index.ts';
import { type BroadcastOutcome, type RejectionReason, reconcile } from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { rejected } from '../support/fake-chain.ts';
import { planBuy } from '../support/trading-fixtures.ts';

const buy = (id: string, offer = 7) => planBuy({ operator: LANE, id, at: NOW, tradeId: tradeId(offer) });

/** The rules of docs/transactions.md that no other test holds. */
describe('what proves nothing changes nothing', () => {
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
  const untilMempool = () => eventually(async () => expect(await states()).toEqual(['mempool']));
  const distinctPosts = () => new Set(world.chain.posts).size;

  /** The first POSTs are answered like this, later ones honestly. */
  function answer(...outcomes: readonly BroadcastOutcome[]): void {
    const left = [...outcomes];
    world.chain.onBroadcast = (arrive) => left.shift() ?? arrive();
  }

  test('an acceptance that was a lie: the same bytes again once no mempool has them', async () => {
    world.chain.onBroadcast = (_, txId) => ({ kind: 'accepted', txId });
    await world.submit(buy('b-1'));
    await untilMempool();
    world.chain.onBroadcast = null;
    expect(world.chain.mempool.size).toBe(0);
    world.clock.advance(1_000);
    await world.execution.confirm();
    await world.inMempool(1);
    expect(distinctPosts()).toBe(1);
  });

  test('429: the same bytes again, not before the server allows it', async () => {
    const answeredAt: number[] = [];
    const limited: BroadcastOutcome = { kind: 'unknown', cause: '429', retryAfterMs: 300 };
    world.chain.onBroadcast = (arrive) => {
      answeredAt.push(performance.now());
      return answeredAt.length === 1 ? limited : arrive();
    };
    await world.submit(buy('b-1'));
    await untilMempool();
    const [first = 0, second = 0] = answeredAt;
    expect(second - first).toBeGreaterThanOrEqual(299);
    expect(distinctPosts()).toBe(1);
  });

  test.each(['a server error', 'an answer that says nothing'])('%s: the same bytes again', async (cause) => {
    const unknown: BroadcastOutcome = { kind: 'unknown', cause, retryAfterMs: null };
    answer(unknown, unknown);
    await world.submit(buy('b-1'));
    await untilMempool();
    expect(distinctPosts()).toBe(1);
  });

  test('dropped, posted again, and back at once: one execution', async () => {
    await world.submit(buy('b-1'));
    await untilMempool();
    const [dropped] = world.chain.held(3);
    world.chain.mempool.clear();
    world.clock.advance(1_000);
    await world.execution.confirm();
    await world.inMempool(1);
    world.chain.mine(dropped === undefined ? {} : { instead: dropped });
    await world.execution.confirm();
    expect(await stateOf('b-1')).toEqual(['done']);
    expect(world.chain.executed).toHaveLength(1);
  });

  describe('a server that is behind', () => {
    test('takes nothing back: the tip moved backwards, the blocks did not', async () => {
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      world.chain.mineNothing();
      await world.execution.confirm();
      await world.submit(buy('b-2', 8));
      await world.inMempool(1);
      world.chain.nodeLag = 2;
      world.chain.indexerLag = 2;
      for (let pass = 0; pass < 3; pass += 1) {
        world.clock.advance(1_000);
        const report = await world.execution.confirm();
        expect(report).toMatchObject({ reorged: [], superseded: [], confirmed: [] });
      }
      expect(await stateOf('b-1', 'b-2')).toEqual(['done', 'claimed']);
    });

    test('settles and ends nothing by blocks that the indexer does not show', async () => {
      await world.restart({ confirmedDepth: 2 });
      await world.submit(buy('b-1'));
      await world.inMempool(1);
      world.chain.mine();
      await world.execution.confirm();
      expect(await states()).toEqual(['included']);
      for (let block = 0; block < 4; block += 1) world.chain.mineNothing();
      world.chain.indexerLag = 5;
      await world.execution.openIntents({ seenHeight: world.chain.height });
      await world.execution.confirm();
      expect([await states(), await stateOf('b-1')]).toEqual([['included'], ['claimed']]);
      world.chain.indexerLag = 0;
      await world.execution.confirm();
      expect([await states(), await stateOf('b-1')]).toEqual([['final'], ['done']]);
    });
  });

  test('a reorg that leaves nonce and sequence as they were is noticed in the next pass', async () => {
    await world.submit(buy('b-1'));
    await world.inMempool(1);
    world.chain.mine();
    await world.execution.confirm();
    await world.submit(buy('b-2', 8));
    const [before] = await world.ledger.transactions({ states: ['included'] });
    world.chain.verdict = () => ({ status: 'abort_by_response', resultHex: '0x080100000000000000000000000000000070' });
    world.chain.reorg(1, { same: true });
    const { reorged } = await world.execution.confirm();
    expect(reorged).toEqual([before?.id]);
    expect(await stateOf('b-1')).toEqual(['failed']);
    const [after] = await world.ledger.transactions({ states: ['included'] });
    expect(after).toMatchObject({ id: before?.id, inclusion: { status: 'abort_by_response', height: height(101) } });
    expect(world.chain.nonce).toBe(4);
  });

  test('a reorg past the final depth takes the end back', async () => {
    await world.submit(buy('b-1'));
    await world.inMempool(1);
    world.chain.mine();
    for (let block = 0; block < 3; block += 1) {
      await world.execution.openIntents({ seenHeight: world.chain.height });
      await world.execution.confirm();
      world.chain.mineNothing();
    }
    expect(await states()).toEqual(['final']);
    world.chain.reorg(4);
    await world.submit(planBuy({ operator: LANE, id: 'b-2', at: world.chain.height }));
    const { reorged } = await world.execution.confirm();
    expect(reorged).toHaveLength(1);
    expect(await stateOf('b-1')).toEqual(['claimed']);
    await eventually(async () => {
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf('b-1', 'b-2')).toEqual(['done', 'done']);
    });
    expect(world.chain.executed).toHaveLength(2);
  });

  describe('a reorg past the final depth that mines the same in other blocks at once', () => {
    /** Three ends, and then the blocks of the last two are others. */
    const reorganise = async ({ isShown = true } = {}): Promise<readonly string[]> => {
      for (const id of ['b-1', 'b-2', 'b-3']) {
        await world.submit(planBuy({ operator: LANE, id, at: world.chain.height }));
        await world.inMempool(1);
        world.chain.mine();
        await world.execution.confirm();
      }
      for (let block = 0; block < 3; block += 1) {
        world.chain.mineNothing();
        await world.execution.openIntents({ seenHeight: world.chain.height });
        await world.execution.confirm();
      }
      expect(await states()).toEqual(['final', 'final', 'final']);
      const before = await blocks();
      if (!isShown) world.chain.freezeIndexer();
      world.chain.reorg(5, { same: true });
      return before;
    };
    const blocks = async (): Promise<readonly string[]> =>
      (await world.ledger.transactions({ states: TRANSACTION_STATES })).map((one) =>
        'inclusion' in one ? one.inclusion.indexBlockHash : '',
      );

    test('is noticed with the next work, and the ledger has the new blocks', async () => {
      const before = await reorganise();
      await world.submit(planBuy({ operator: LANE, id: 'b-4', at: world.chain.height }));
      expect((await world.execution.confirm()).reorged).toHaveLength(2);
      const after = await blocks();
      expect(after[0]).toBe(before[0]);
      expect(after[1]).not.toBe(before[1]);
      expect(after[2]).not.toBe(before[2]);
      expect(await reconcile({ chain: world.port, ledger: world.ledger })).toMatchObject({ differences: [] });
    });

    test('is noticed once the indexer shows it, however much later than the node', async () => {
      await reorganise({ isShown: false });
      for (let pass = 0; pass < 3; pass += 1) {
        await world.submit(planBuy({ operator: LANE, id: `b-${pass + 4}`, at: world.chain.height }));
        await world.execution.confirm();
      }
      world.chain.thawIndexer();
      expect((await world.execution.confirm()).reorged).toHaveLength(2);
      expect(await reconcile({ chain: world.port, ledger: world.ledger })).toMatchObject({ differences: [] });
    });

    test('is noticed after a restart, too, though the indexer does not know the blocks at first', async () => {
      await reorganise();
      world.chain.indexerLag = 6;
      await world.restart();
      world.chain.indexerLag = 0;
      await world.submit(planBuy({ operator: LANE, id: 'b-4', at: world.chain.height }));
      await world.execution.confirm();
      expect(await reconcile({ chain: world.port, ledger: world.ledger })).toMatchObject({ differences: [] });
    });
  });

  const pausing: readonly RejectionReason[] = [
    'NotEnoughFunds',
    'NoSuchContract',
    'NoSuchPublicFunction',
    'ContractAlreadyExists',
    'SignatureValidation',
    'Serialization',
    'Deserialization',
    'BadTransactionVersion',
    'BadAddressVersionByte',
    'TransferRecipientCannotEqualSender',
    'TransferAmountMustBePositive',
    'PoisonMicroblocksDoNotConflict',
    'PoisonMicroblockHasUnknownPubKeyHash',
    'PoisonMicroblockIsInvalid',
    'NoCoinbaseViaMempool',
    'NoTenureChangeViaMempool',
  ];
  test('every reason that a person must look at pauses the lane with an alarm and gives nothing up', async () => {
    for (const [index, reason] of pausing.entries()) {
      world.chain.onBroadcast = () => rejected(reason);
      await world.submit(
        planBuy({ operator: LANE, id: `b-${index}`, at: world.chain.height, tradeId: tradeId(index + 1) }),
      );
      const said = `nonce ${index + 3}: ${reason} (the node said ${reason})`;
      await eventually(() => expect(world.execution.lanes()[0]?.paused).toBe(said));
      expect(world.log.lines.some(({ level, message }) => level === 'error' && message.includes(reason))).toBe(true);
      expect(await stateOf(`b-${index}`)).toEqual(['claimed']);
      world.chain.onBroadcast = null;
      await eventually(() => expect(world.execution.lanes()[0]?.paused).toBeNull());
      world.chain.mine();
      await world.execution.confirm();
      expect(await stateOf(`b-${index}`)).toEqual(['done']);
    }
  });
});
