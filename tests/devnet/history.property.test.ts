import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cl, makeContractCall, makeContractDeploy } from '@stacks/transactions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chain } from '../../src/devnet/chain.ts';
import { openChain } from '../../src/devnet/open-chain.ts';
import { FATES } from '../../src/devnet/reorg.ts';
import { testAccount, testAccounts } from '../support/devnet.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { SAMPLE_NAME, SAMPLE_SOURCE } from './support/sample-contract.ts';

const RUNS = 3;
const START = Date.UTC(2026, 0, 1);
const owner = testAccount(0);
const SAMPLE = `${owner.address}.${SAMPLE_NAME}`;

const person = fc.integer({ min: 1, max: 4 });
/** What can happen to a chain, as data, so that a failing history is printed. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('call'), who: person, name: fc.constantFrom('count', 'divide', 'pay'), by: fc.nat(3) }),
  fc.record({ kind: fc.constant('call'), who: person, name: fc.constantFrom('count', 'pay'), by: fc.nat(3) }),
  fc.record({ kind: fc.constant('deploy'), who: person }),
  fc.record({ kind: fc.constant('mine'), blocks: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('mint'), who: person, amount: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constant('forget'), who: person }),
  fc.record({ kind: fc.constant('restart') }),
  fc.record({
    kind: fc.constant('reorg'),
    depth: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 80 })),
    more: fc.integer({ min: -1, max: 1 }),
    fate: fc.constantFrom(...FATES),
  }),
);
type Happening = { kind: string } & Partial<Record<'who' | 'by' | 'blocks' | 'amount' | 'depth' | 'more', number>> & {
    name?: string;
    fate?: (typeof FATES)[number];
  };

/** One chain, with all that was ever posted to it. */
class Life {
  readonly chain: Chain;
  readonly posted: string[] = [];
  #deployed = 0;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  async begin(): Promise<void> {
    const deploy = { contractName: SAMPLE_NAME, codeBody: SAMPLE_SOURCE, fee: 5000, nonce: 0 };
    this.#post(await makeContractDeploy({ ...deploy, senderKey: owner.privateKey, network: 'testnet' }));
    this.chain.mine();
  }

  async happen({
    kind,
    who = 1,
    by = 0,
    blocks = 1,
    amount = 1,
    depth = 1,
    more = 0,
    ...rest
  }: Happening): Promise<void> {
    const { chain } = this;
    const { address, privateKey: senderKey } = testAccount(who);
    const nonce = chain.accounts.get(address).nonce + chain.mempool.noncesOf(address).length;
    const common = { senderKey, network: 'testnet', fee: 1000, nonce } as const;
    switch (kind) {
      case 'call': {
        const { name = 'count' } = rest;
        const to = name === 'pay' ? [Cl.principal(owner.address)] : [];
        // Without post-conditions a payment is taken back in an odd round, and goes through in an even one.
        const postConditionMode = by % 2 === 0 ? 'allow' : 'deny';
        const functionArgs = [Cl.uint(by), ...to];
        const [contractAddress = '', contractName = ''] = SAMPLE.split('.');
        const call = { contractAddress, contractName, functionName: name, functionArgs, postConditionMode } as const;
        this.#post(await makeContractCall({ ...common, ...call }));
        return;
      }
      case 'deploy': {
        this.#deployed += 1;
        const deploy = { contractName: `c${this.#deployed}`, codeBody: '(define-read-only (f) u1)' };
        this.#post(await makeContractDeploy({ ...common, ...deploy }));
        return;
      }
      case 'mine':
        for (let block = 0; block < blocks; block += 1) chain.mine();
        return;
      case 'mint':
        chain.mint(address, BigInt(amount));
        return;
      case 'forget': {
        const pending = chain.mempool.at(address, chain.mempool.noncesOf(address)[0] ?? -1);
        if (pending !== undefined) chain.forget(pending.transaction.txid, 'forgotten');
        return;
      }
      case 'restart':
        chain.restart();
        return;
      case 'reorg': {
        // The sample contract stays.
        const most = chain.tip.height - (chain.contracts.get(SAMPLE)?.height ?? 0) - 1;
        const deep = Math.min(depth, most);
        const options = { blocks: deep + more, transactions: rest.fate ?? 'return', except: {}, include: [] };
        if (deep > 0) chain.reorg({ depth: deep, ...options });
        return;
      }
    }
  }

  #post(transaction: { serializeBytes(): Uint8Array; txid(): string }): void {
    this.chain.submit(transaction.serializeBytes());
    this.posted.push(transaction.txid());
  }
}

/** All of a chain that can be compared, the machine's own memory of it included. */
function pictureOf(chain: Chain, posted: readonly string[]) {
  const addresses = [...testAccounts.map(({ address }) => address), SAMPLE];
  const balances = chain.vm.balances();
  return {
    hashes: Array.from({ length: chain.explorer.blockCount }, (_, index) => {
      const block = chain.explorer.blockAt(chain.explorer.firstHeight + index);
      return [block?.height, block?.time, block?.indexHash];
    }),
    records: posted.map((txid) => {
      const record = chain.explorer.transaction(txid);
      if (record?.state !== 'mined') return [record?.state, record?.receivedAt, record?.receivedHeight];
      return [record.block.indexHash, record.index, record.receipt, record.receivedAt];
    }),
    waiting: chain.mempool.all().map(({ transaction, receivedHeight }) => [transaction.txid, receivedHeight]),
    logs: chain.explorer.logsOf(SAMPLE).map(({ record, event }) => [record.head.txid, event.value]),
    accounts: addresses.map((address) => [0, 5, 20].map((ago) => chain.accounts.at(address, chain.tip.height - ago))),
    contracts: [...chain.contracts.values()].map(({ id, txid, height }) => [id, txid, height]),
    machine: {
      height: chain.vm.height,
      balances: addresses.map((address) => balances.get(address)),
      counter: chain.vm.dataVar(SAMPLE, 'counter'),
    },
  };
}

describe('a history with reorganisations', () => {
  it(
    'gives the same chain however it is built: as it happened, again from a copy, and from the journal',
    async () => {
      const accounts = Object.fromEntries(testAccounts.map(({ address }) => [address, '1000000000']));
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { minLength: 20, maxLength: 50 }), async (happenings) => {
          const dataFolder = await mkdtemp(join(tmpdir(), 'wattmaker-history-'));
          let now = START;
          const clock = { now: () => (now += 700) };
          const options = { dataFolder, accounts, startTime: START };
          const life = new Life(await openChain(options, clock));
          await life.begin();
          for (const one of happenings) await life.happen(one as Happening);
          const lived = pictureOf(life.chain, life.posted);
          life.chain.restart();
          expect(pictureOf(life.chain, life.posted)).toEqual(lived);
          life.chain.close();
          const read = await openChain(options, clock);
          expect(pictureOf(read, life.posted)).toEqual(lived);
          read.close();
          await rm(dataFolder, { recursive: true });
        }),
        fuzzParameters('history', { runs: RUNS }),
      );
    },
    FUZZ_TIMEOUT * 5,
  );
});
