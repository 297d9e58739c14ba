import { describe, expect, it } from 'vitest';
import { height, microStx, TransientError, txId } from '../../../../src/core/index.ts';
import type { BroadcastOutcome, ChainPort, TransactionStatus } from '../../../../src/execution/ports/chain.ts';
import { sendTransaction } from '../../../../src/service/wallet/index.ts';

const signed = { txId: txId('ab'.repeat(32)), hex: 'c0ffee' };
const mined: TransactionStatus = {
  kind: 'mined',
  status: 'success',
  height: height(9),
  indexBlockHash: '11'.repeat(32),
  resultHex: '0703',
  fee: microStx(300),
};
const accepted: BroadcastOutcome = { kind: 'accepted', txId: signed.txId };
const unknown: BroadcastOutcome = { kind: 'unknown', cause: 'timed out', retryAfterMs: null };
const rejected = (reason: 'BadNonce' | 'ServerFailureOther'): BroadcastOutcome => ({
  kind: 'rejected',
  reason,
  message: 'no',
  expected: null,
  actual: null,
});

/** A chain that gives these answers in order, the last of each for ever, and keeps what it was asked. */
function scripted(posts: readonly BroadcastOutcome[], looks: readonly (TransactionStatus['kind'] | 'trouble')[]) {
  const log: string[] = [];
  const next = <T>(list: readonly T[], count: number): T => list[Math.min(count, list.length - 1)] as T;
  let posted = 0;
  let looked = 0;
  const chain = {
    broadcast: async (hex: string) => {
      log.push(`post ${hex}`);
      return next(posts, posted++);
    },
    transactions: async () => {
      const kind = next(looks, looked++);
      if (kind === 'trouble') throw new TransientError('no server answered');
      return new Map([[signed.txId, kind === 'mined' ? mined : { kind, status: kind }]]);
    },
  } as unknown as ChainPort;
  const send = (timeoutMs = 1000) =>
    sendTransaction({ chain, pause: async () => {}, progress: (line) => void log.push(line) }, signed, {
      timeoutMs,
      pollMs: 10,
    });
  const postCount = () => log.filter((line) => line === 'post c0ffee').length;
  return { send, log, postCount };
}

describe('sending signed bytes', () => {
  it('tells the id before the first POST, and posts once when the node takes it', async () => {
    const { send, log, postCount } = scripted([accepted], ['absent', 'mempool', 'mempool', 'mined']);
    expect(await send()).toEqual(mined);
    expect(log[0]).toBe(`transaction 0x${signed.txId}`);
    expect(log[1]).toBe('post c0ffee');
    expect(postCount()).toBe(1);
  });

  it('answers an unknown outcome with the same bytes until a node has them', async () => {
    const { send, log, postCount } = scripted([unknown, unknown, accepted], ['absent', 'absent', 'mempool', 'mined']);
    expect(await send()).toEqual(mined);
    expect(postCount()).toBe(3);
    expect(new Set(log.filter((line) => line.startsWith('post')))).toEqual(new Set(['post c0ffee']));
  });

  it('takes trouble of the node for an unknown outcome', async () => {
    const { send } = scripted([rejected('ServerFailureOther'), accepted], ['absent', 'mined']);
    expect(await send()).toEqual(mined);
  });

  it('reports a refusal of the first POST as one', async () => {
    const { send, postCount } = scripted([rejected('BadNonce')], ['absent']);
    expect(await send()).toMatchObject({ kind: 'rejected', reason: 'BadNonce' });
    expect(postCount()).toBe(1);
  });

  it('does not take a refusal for a failure once the bytes may have arrived', async () => {
    const { send } = scripted([unknown, rejected('BadNonce')], ['absent', 'absent', 'absent', 'mined']);
    expect(await send()).toEqual(mined);
    const refusedButThere = scripted([rejected('BadNonce')], ['mempool', 'mined']);
    expect(await refusedButThere.send()).toEqual(mined);
  });

  it('does not call a refusal final while the chain cannot be asked', async () => {
    const { send } = scripted([rejected('BadNonce')], ['trouble', 'mined']);
    expect(await send()).toEqual(mined);
  });

  it('posts again when the transaction is nowhere or was dropped', async () => {
    const { send, postCount } = scripted([accepted], ['mempool', ...Array(30).fill('dropped'), 'mined']);
    expect(await send()).toEqual(mined);
    expect(postCount()).toBeGreaterThan(2);
  });

  it('gives up waiting, never judging, when time is up', async () => {
    expect(await scripted([accepted], ['mempool']).send(50)).toEqual({ kind: 'unconfirmed', lastSeen: 'mempool' });
    expect(await scripted([unknown], ['trouble']).send(50)).toEqual({ kind: 'unconfirmed', lastSeen: 'absent' });
  });
});
