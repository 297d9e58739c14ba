import { beforeEach, describe, expect, test } from 'vitest';
import { height, txId } from '../../src/core/index.ts';
import { cancelUnderWay } from '../../src/service/cancel-under-way.ts';
import { LANE, NOW, useWorlds, type World } from '../support/execution-world.ts';
import { planList } from '../support/trading-fixtures.ts';

const list = (id: string) => planList({ operator: LANE, id, at: NOW, openUntil: height(900) });

describe('taking back what is under way', () => {
  const worlds = useWorlds();
  let world: World;
  beforeEach(async () => {
    world = await worlds.make({ maxEntries: 1, maxUnconfirmed: 2 });
    await world.execution.recover();
    return () => world.close();
  });

  const submitThree = async () => {
    const { batches } = await world.submit(list('l-1'), list('l-2'), list('l-3'));
    await world.inMempool(2);
    return batches;
  };

  test('a transaction is named by the id of an attempt; the others stay', async () => {
    const [first] = await submitThree();
    const ids = [first?.txId ?? txId('00'.repeat(32))];
    expect(await cancelUnderWay(world, ids)).toEqual({ cancelled: [], replaced: ['l-1'], kept: [] });
    // By its first attempt it is still known, and taken back already.
    expect(await cancelUnderWay(world, ids)).toEqual({ cancelled: [], replaced: ['l-1'], kept: [] });
    const transactions = await world.ledger.transactions({ states: ['signed', 'queued', 'broadcast', 'mempool'] });
    const last = transactions.map((one) => one.state !== 'claimed' && one.attempts.at(-1)?.noop);
    expect(last).toEqual([true, false]);
  });

  test('all is what waits for a nonce too', async () => {
    await submitThree();
    expect(await cancelUnderWay(world, 'all')).toEqual({ cancelled: ['l-3'], replaced: ['l-1', 'l-2'], kept: [] });
  });

  test('error: an id that nothing under way has; nothing is taken back', async () => {
    const [first] = await submitThree();
    const known = first?.txId ?? txId('00'.repeat(32));
    const asked = cancelUnderWay(world, [known, txId('ff'.repeat(32))]);
    await expect(asked).rejects.toMatchObject({
      message: `no transaction that is under way has the id ${'ff'.repeat(32)}`,
      hints: [expect.stringContaining(known)],
    });
    const [transaction] = await world.ledger.transactions({ states: ['broadcast', 'mempool'] });
    expect(transaction && 'attempts' in transaction && transaction.attempts).toHaveLength(1);
  });
});
