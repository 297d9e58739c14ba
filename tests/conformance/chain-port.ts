import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventDigest, type GridCall, OPENING_DIGEST, reads } from '../../src/contract/index.ts';
import { height, principal, type TxId, txId } from '../../src/core/index.ts';
import type { ChainPort, GridLogEntry } from '../../src/execution/ports/chain.ts';
import type { TestAccount } from '../support/devnet.ts';
import { eventually } from '../support/eventually.ts';
import { signGridCall } from '../support/sign-grid-call.ts';

/** A chain with the contract freshly deployed by `owner`, and what is needed to move it. */
export interface ChainUnderTest {
  readonly port: ChainPort;
  /** The same chain, asked about another contract. */
  portOf(contractId: string): ChainPort;
  readonly contractId: string;
  readonly owner: TestAccount;
  /** Funded accounts other than the owner, without any transaction yet. */
  readonly traders: readonly [TestAccount, TestAccount, ...TestAccount[]];
  /** Mines a block with what waits, and answers with its height. */
  mine(): Promise<number>;
  stop(): Promise<void>;
}

const UNKNOWN_ID = txId('ab'.repeat(32));

/** What every ChainPort must do, whatever it talks to. The tests build on one another, as blocks do. */
export function describeChainPort(name: string, make: () => Promise<ChainUnderTest>): void {
  describe(`chain port: ${name}`, () => {
    let chain: ChainUnderTest;
    let port: ChainPort;
    beforeAll(async () => {
      chain = await make();
      ({ port } = chain);
    });
    afterAll(() => chain?.stop());

    const sign = (account: TestAccount, call: GridCall, nonce: number, fee?: number) =>
      signGridCall(account, call, { contractId: chain.contractId, nonce, ...(fee === undefined ? {} : { fee }) });

    const nonces = new Map<string, number>();
    async function send(account: TestAccount, call: GridCall): Promise<TxId> {
      const nonce = nonces.get(account.address) ?? (await port.account(principal(account.address))).nonce;
      const signed = await sign(account, call, nonce);
      expect(await port.broadcast(signed.hex)).toEqual({ kind: 'accepted', txId: signed.txId });
      nonces.set(account.address, nonce + 1);
      return signed.txId;
    }

    const statusOf = async (id: TxId) => (await port.transactions([id])).get(id);
    const minedStatusOf = (id: TxId) =>
      eventually(async () => {
        const status = await statusOf(id);
        if (status?.kind !== 'mined') throw new Error(`expected ${id} to be mined, was ${status?.kind}`);
        return status;
      });

    async function allLogs(limit: number): Promise<readonly GridLogEntry[]> {
      const entries: GridLogEntry[] = [];
      let cursor: string | null = null;
      do {
        const page = await port.logs({ limit, ...(cursor === null ? {} : { cursor }) });
        expect(page.entries.length).toBeLessThanOrEqual(limit);
        entries.push(...page.entries);
        cursor = page.olderCursor;
      } while (cursor !== null);
      return entries;
    }

    it('behavior: the identity names network and genesis and does not change', async () => {
      const identity = await port.identity();
      expect(identity.chainId).toBe(2_147_483_648);
      expect(identity.genesis).toMatch(/^[0-9a-f]{64}$/);
      await chain.mine();
      expect(await port.identity()).toEqual(identity);
    });

    it('behavior: the tip advances and is the block that its height names', async () => {
      const before = await port.tip();
      await chain.mine();
      const after = await port.tip();
      expect(after.height).toBe(before.height + 1);
      expect(await port.blockHashAt(after.height)).toBe(after.indexBlockHash);
      expect(await port.blockHashAt(before.height)).toBe(before.indexBlockHash);
      expect(await port.blockHashAt(height(after.height + 1_000))).toBeNull();
    });

    it('behavior: the contract is read, its source given back', async () => {
      expect(await port.contractSource()).toContain('(define-public (register-prosumer)');
      const summary = await port.read(reads.market());
      expect(summary).toMatchObject({ sequence: 0, digest: OPENING_DIGEST, prosumers: 0, energyPrice: 100 });
      expect((await port.logs()).entries).toEqual([]);
    });

    it('behavior: a transaction goes from absent over the mempool into a block', async () => {
      const [seller] = chain.traders;
      const address = principal(seller.address);
      expect((await port.transactions([UNKNOWN_ID])).get(UNKNOWN_ID)).toEqual({ kind: 'absent' });
      const { nonce, balance } = await port.account(address);
      const id = await send(seller, { kind: 'registerProsumer' });
      await eventually(async () => expect(await statusOf(id)).toEqual({ kind: 'mempool' }));
      await eventually(async () => expect(await port.pendingNonces(address)).toEqual([nonce]));
      expect((await port.account(address)).nonce).toBe(nonce);

      const at = await chain.mine();
      const status = await minedStatusOf(id);
      expect(status).toEqual({
        kind: 'mined',
        status: 'success',
        height: at,
        indexBlockHash: await port.blockHashAt(height(at)),
        resultHex: '0703',
        fee: 2_000,
      });
      expect(await port.account(address)).toEqual({ nonce: nonce + 1, balance: balance - 2_000 });
      expect(await port.pendingNonces(address)).toEqual([]);
    });

    it('behavior: pending nonces are all told, with gaps and the highest', async () => {
      const trader = chain.traders[1];
      await send(trader, { kind: 'registerProsumer' });
      await chain.mine();
      const { nonce } = await port.account(principal(trader.address));
      for (const ahead of [0, 1, 3]) {
        const { hex } = await sign(trader, { kind: 'addEnergy', amount: 10n }, nonce + ahead);
        expect((await port.broadcast(hex)).kind).toBe('accepted');
      }
      await eventually(async () =>
        expect(await port.pendingNonces(principal(trader.address))).toEqual([nonce, nonce + 1, nonce + 3]),
      );
      const { hex } = await sign(trader, { kind: 'addEnergy', amount: 1_000n }, nonce + 2);
      await port.broadcast(hex);
      await chain.mine();
      expect(await port.pendingNonces(principal(trader.address))).toEqual([]);
      expect((await port.account(principal(trader.address))).nonce).toBe(nonce + 4);
    });

    it('behavior: posting the same bytes again is accepted again', async () => {
      const [seller] = chain.traders;
      const { nonce } = await port.account(principal(seller.address));
      const { hex, txId: id } = await sign(seller, { kind: 'addEnergy', amount: 500n }, nonce);
      expect(await port.broadcast(hex)).toEqual({ kind: 'accepted', txId: id });
      expect(await port.broadcast(hex)).toEqual({ kind: 'accepted', txId: id });
      await chain.mine();
      nonces.set(seller.address, nonce + 1);
    });

    it('error: each rejection is told by its reason', async () => {
      const [seller] = chain.traders;
      const { nonce } = await port.account(principal(seller.address));
      const call: GridCall = { kind: 'addEnergy', amount: 1n };
      const reasonOf = async (hex: string) => {
        const outcome = await port.broadcast(hex);
        return outcome.kind === 'rejected' ? [outcome.reason, outcome.expected, outcome.actual] : outcome;
      };
      const low = await sign(seller, call, nonce, 1);
      expect(await reasonOf(low.hex)).toEqual(['FeeTooLow', BigInt(low.hex.length / 2), 1n]);
      expect(await reasonOf((await sign(seller, call, nonce - 1)).hex)).toEqual([
        'BadNonce',
        BigInt(nonce),
        BigInt(nonce - 1),
      ]);
      expect((await reasonOf((await sign(seller, call, nonce + 100)).hex)) as unknown[]).toContain('TooMuchChaining');
      const costly = await sign(seller, call, nonce, Number.MAX_SAFE_INTEGER);
      expect((await reasonOf(costly.hex)) as unknown[]).toContain('NotEnoughFunds');
      const tampered = low.hex.replace(/.{4}$/, 'ffff');
      expect((await reasonOf(tampered)) as unknown[]).toEqual([expect.stringMatching(/.+/), null, null]);
      expect((await reasonOf('00ff')) as unknown[]).toEqual(['Deserialization', null, null]);
    });

    it('behavior: a call that the contract refuses is mined, its fee taken and its result told', async () => {
      const [seller] = chain.traders;
      const id = await send(seller, { kind: 'registerProsumer' });
      await chain.mine();
      expect(await minedStatusOf(id)).toMatchObject({
        status: 'abort_by_response',
        fee: 2_000,
        resultHex: `0801${(104).toString(16).padStart(32, '0')}`,
      });
    });

    it('behavior: prints come newest first with their heights, and recompute the digest', async () => {
      const [seller, buyer] = chain.traders;
      await send(seller, { kind: 'addEnergy', amount: 100n });
      nonces.delete(buyer.address);
      await send(buyer, { kind: 'addEnergy', amount: 7n });
      const first = await chain.mine();
      const listing = await send(seller, { kind: 'tradeEnergy', amount: 50n, price: 200n });
      const second = await chain.mine();
      const summary = await eventually(async () => {
        const current = await port.read(reads.market());
        expect((await port.logs({ limit: 1 })).entries[0]?.event.sequence).toBe(current.sequence);
        return current;
      });
      for (const limit of [1, 2, 50]) {
        const entries = await allLogs(limit);
        const oldestFirst = entries.toReversed();
        expect(oldestFirst.map((entry) => entry.event.sequence)).toEqual(oldestFirst.map((_, index) => index + 1));
        expect(oldestFirst.reduce((digest, entry) => eventDigest(digest, entry.hex), OPENING_DIGEST)).toBe(
          summary.digest,
        );
        expect(entries[0]).toMatchObject({
          txId: listing,
          height: second,
          event: { topic: 'trade-listed', amount: 50 },
        });
        expect(entries.slice(1, 3).map((entry) => entry.height)).toEqual([first, first]);
        const statuses = await port.transactions(entries.map((entry) => entry.txId));
        for (const entry of entries) {
          expect(statuses.get(entry.txId)).toMatchObject({ kind: 'mined', height: entry.height });
        }
      }
    });

    it('behavior: a named block is read as it was', async () => {
      const [seller] = chain.traders;
      const before = await port.tip();
      const earlier = await port.read(reads.market());
      await send(seller, { kind: 'addEnergy', amount: 3n });
      await chain.mine();
      expect((await port.read(reads.market())).sequence).toBe(earlier.sequence + 1);
      expect(await port.read(reads.market(), { tip: before.indexBlockHash })).toEqual(earlier);
    });

    it('behavior: twenty transactions cost few requests to ask for', async () => {
      const ids = [...new Set((await allLogs(50)).map((entry) => entry.txId))];
      const many = Array.from({ length: 20 }, (_, index) => ids[index] ?? txId(index.toString(16).padStart(64, '0')));
      await port.transactions(many);
      const before = port.requestCount();
      expect((await port.transactions(many)).size).toBe(20);
      expect(port.requestCount() - before).toBe(1);
    });

    it('behavior: an idle question costs one request', async () => {
      const before = port.requestCount();
      await port.read(reads.market());
      expect(port.requestCount() - before).toBe(1);
    });

    it('error: an unknown cursor, an unknown block', async () => {
      await expect(port.logs({ cursor: '999999:0:0:0' })).rejects.toMatchObject({ name: 'RejectedError' });
      await expect(port.read(reads.market(), { tip: 'ef'.repeat(32) })).rejects.toMatchObject({
        name: 'TransientError',
      });
    });

    it('error: without the contract there is no source, and a read is refused', async () => {
      const elsewhere = chain.portOf(`${chain.traders[0].address}.energy-grid`);
      expect(await elsewhere.contractSource()).toBeNull();
      await expect(elsewhere.read(reads.market())).rejects.toMatchObject({
        name: 'RejectedError',
        code: 'call-refused',
      });
    });

    it('behavior: a fee rate of at least 1 µSTX per byte', async () => {
      expect(await port.feeRate()).toBeGreaterThanOrEqual(1);
    });
  });
}
