import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChainClient } from '../../src/chain/index.ts';
import { type GridCall, gridContractSource, reads } from '../../src/contract/index.ts';
import { microStx, principal, seededRandom } from '../../src/core/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';

const [owner, ours, other] = [0, 1, 2].map((index) => {
  const { address, privateKey } = testAccount(index);
  return { address: principal(address), key: keyFromText({ name: `account-${index}`, text: privateKey }) };
}) as [Person, Person, Person];
interface Person {
  readonly address: ReturnType<typeof principal>;
  readonly key: ReturnType<typeof keyFromText>;
}

const contractId = `${owner.address}.energy-grid`;
const feeCap = microStx(1_000_000);
let devnet: TestDevnet;
let chain: ReturnType<typeof createChainClient>;

beforeAll(async () => {
  devnet = await startTestDevnet();
  const clock = { now: () => Date.now() };
  chain = createChainClient({ urls: [devnet.url], contractId, network: 'embedded', clock, random: seededRandom(1) });
  const signer = signerOf(owner);
  const source = gridContractSource();
  const deploy = await signer.signDeploy({ signer: owner.address, source, nonce: 0, fee: microStx(500_000) });
  await chain.broadcast(deploy.hex);
  await devnet.mine();
});
afterAll(async () => {
  chain?.close();
  await devnet?.stop();
});

const signerOf = ({ key }: Person) =>
  createLocalSigner({ keys: [key], network: 'embedded', contractId, feeCap, calls: 'every' });

async function signed(person: Person, call: GridCall) {
  const { address } = person;
  const { nonce } = await chain.account(address);
  return signerOf(person).sign({ signer: address, call, nonce, fee: microStx(1_000) });
}

describe('a reorganisation that leaves the same sequence number', () => {
  it('shows in the digest of the market alone, while the bot’s own client is told where its transaction is', async () => {
    const register = await signed(ours, { kind: 'registerProsumer' });
    await chain.broadcast(register.hex);
    await devnet.mine();
    const before = { market: await chain.read(reads.market()), tip: await chain.tip() };
    expect((await chain.transactions([register.txId])).get(register.txId)).toMatchObject({ kind: 'mined' });

    const foreign = await signed(other, { kind: 'registerProsumer' });
    await devnet.faults.reorg({ depth: 1, transactions: 'return', include: [foreign.hex] });
    const after = { market: await chain.read(reads.market()), tip: await chain.tip() };
    expect(after.market.sequence).toBe(before.market.sequence);
    expect(after.market.height).toBe(before.market.height);
    expect(after.tip.height).toBe(before.tip.height);
    expect(after.market.digest).not.toBe(before.market.digest);
    expect(after.tip.indexBlockHash).not.toBe(before.tip.indexBlockHash);
    const states = await chain.transactions([register.txId, foreign.txId]);
    expect([states.get(register.txId)?.kind, states.get(foreign.txId)?.kind]).toEqual(['mempool', 'mined']);
    expect(await chain.pendingNonces(ours.address)).toEqual([0]);
    expect((await chain.logs()).entries.map(({ txId }) => txId)).toEqual([foreign.txId]);
  });
});
