import { createClient } from '@stacks/blockchain-api-client';
import {
  broadcastTransaction,
  Cl,
  fetchAbi,
  fetchCallReadOnlyFunction,
  fetchContractMapEntry,
  fetchNonce,
  makeContractCall,
} from '@stacks/transactions';
import codec from 'stacks-encoding-native-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_NAME } from './support/sample-contract.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

const owner = testAccount(0);
const caller = testAccount(1);
const sample = { contractAddress: owner.address, contractName: SAMPLE_NAME };

let devnet: TestDevnet;
let session: Session;

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
});
afterAll(() => devnet?.stop());

describe('stacks.js', () => {
  it('makes, sends and reads back a call with its own fee and nonce', async () => {
    const { network } = session;
    const transaction = await makeContractCall({
      ...sample,
      functionName: 'count',
      functionArgs: [Cl.uint(5)],
      senderKey: caller.privateKey,
      validateWithAbi: true,
      network,
    });
    expect(transaction.auth.spendingCondition.fee).toBe(BigInt(transaction.serializeBytes().length));
    const answer = await broadcastTransaction({ transaction, network });
    expect(answer).toEqual({ txid: transaction.txid() });
    const height = await devnet.mine();
    expect(await session.transaction(transaction.txid())).toMatchObject({
      status: 'success',
      result: { hex: `0x${Cl.serialize(Cl.ok(Cl.uint(5)))}`, repr: '(ok u5)' },
      block: { height, tx_index: 0 },
    });

    const counter = await fetchCallReadOnlyFunction({
      ...sample,
      functionName: 'get-counter',
      functionArgs: [],
      senderAddress: caller.address,
      network,
    });
    expect(counter).toEqual(
      Cl.tuple({ caller: Cl.principal(caller.address), counter: Cl.uint(5), height: Cl.uint(height) }),
    );
    const entry = await fetchContractMapEntry({
      ...sample,
      mapName: 'counts',
      mapKey: Cl.principal(caller.address),
      network,
    });
    expect(entry).toEqual(Cl.some(Cl.uint(5)));
    expect(
      await fetchContractMapEntry({ ...sample, mapName: 'counts', mapKey: Cl.principal(owner.address), network }),
    ).toEqual(Cl.none());
    expect(await fetchNonce({ address: caller.address, network })).toBe(1n);
  });

  it('reads the interface of a contract and calls functions whose names need encoding', async () => {
    const abi = await fetchAbi({ ...sample, network: session.network });
    expect(abi.functions.find(({ name }) => name === 'count')).toEqual({
      name: 'count',
      access: 'public',
      args: [{ name: 'by', type: 'uint128' }],
      outputs: { type: { response: { ok: 'uint128', error: 'none' } } },
    });
    const odd = await fetchCallReadOnlyFunction({
      ...sample,
      functionName: 'is-odd?',
      functionArgs: [Cl.uint(3)],
      senderAddress: caller.address,
      network: session.network,
    });
    expect(odd).toEqual(Cl.bool(true));
  });

  it('gets the answer of the node to what it cannot read, in its shape', async () => {
    const { network } = session;
    const read = (functionName: string) =>
      fetchCallReadOnlyFunction({ ...sample, functionName, functionArgs: [], senderAddress: caller.address, network });
    await expect(read('nothing')).rejects.toThrow(/UndefinedFunction/);
    await expect(read('refuse')).rejects.toThrow(/NotReadOnly/);
    await expect(fetchAbi({ ...sample, contractName: 'nothing', network })).rejects.toThrow(/404/);
  });
});

describe('the typed indexer client', () => {
  it('finds nonces, transactions, logs and blocks', async () => {
    const api = createClient({ baseUrl: devnet.url });
    const { data: nonces } = await api.GET('/extended/v3/principals/{principal}/nonces', {
      params: { path: { principal: owner.address } },
    });
    expect(nonces).toEqual({
      next_nonce: 1,
      last_confirmed_nonce: 0,
      mempool: { last_nonce: null, pending_nonces: [], missing_nonces: [] },
    });

    const { data: mined } = await api.GET('/extended/v3/principals/{principal}/transactions', {
      params: { path: { principal: SAMPLE_ID } },
    });
    expect(mined?.results.map(({ transaction }) => [transaction.type, transaction.status])).toEqual([
      ['contract_call', 'success'],
      ['smart_contract', 'success'],
    ]);
    const txid = mined?.results[0]?.transaction.tx_id ?? '';
    const { data: events } = await api.GET('/extended/v3/transactions/{tx_id}/events', {
      params: { path: { tx_id: txid } },
    });
    expect(events).toMatchObject({ total: 1, results: [{ event_index: 0, type: 'contract_log' }] });

    const { data: logs } = await api.GET('/extended/v2/smart-contracts/{contract_id}/logs', {
      params: { path: { contract_id: SAMPLE_ID } },
    });
    expect(logs?.results).toMatchObject([{ tx_id: txid, contract_log: { topic: 'print' } }]);

    const { data: blocks } = await api.GET('/extended/v2/blocks/', { params: { query: { limit: 2 } } });
    const { data: latest } = await api.GET('/extended/v2/blocks/{height_or_hash}', {
      params: { path: { height_or_hash: 'latest' } },
    });
    expect(blocks?.results[0]).toEqual(latest);
    expect(blocks?.results[0]?.parent_index_block_hash).toBe(blocks?.results[1]?.index_block_hash);
    const { data: status } = await api.GET('/extended');
    expect(status?.chain_tip?.index_block_hash).toBe(latest?.index_block_hash);
  });

  it('is told in its own words what is not there', async () => {
    const api = createClient({ baseUrl: devnet.url });
    const { response, error } = await api.GET('/extended/v3/transactions/{tx_id}', {
      params: { path: { tx_id: `0x${'00'.repeat(32)}` } },
    });
    expect(response.status).toBe(404);
    expect(error).toEqual({ statusCode: 404, error: 'Not Found', message: 'Transaction not found' });
    expect(response.headers.get('x-api-version')).toContain('v9');
  });
});

describe('another decoder', () => {
  it('finds the same id in the same bytes, and the same text for values', async () => {
    const note = Cl.some(Cl.stringUtf8('é "😀"'));
    const steps = Cl.list([Cl.tuple({ by: Cl.uint(1), note }), Cl.tuple({ by: Cl.uint(2), note: Cl.none() })]);
    const transaction = await session.call(caller, 'count-many', [steps], { nonce: 1 });
    const bytes = transaction.serialize();
    expect(codec.decodeTransaction(bytes).tx_id).toBe(`0x${transaction.txid()}`);
    expect((await session.post(bytes)).body).toBe(transaction.txid());
    await devnet.mine();
    const mined = await session.json<{ contract_call: { function_args: { hex: string; repr: string }[] } }>(
      `/extended/v1/tx/0x${transaction.txid()}`,
    );
    const [argument] = mined.contract_call.function_args;
    expect(argument?.repr).toBe(codec.decodeClarityValueToRepr(argument?.hex ?? ''));
    expect(await session.transaction(transaction.txid())).toMatchObject({ result: { repr: '(ok u3)' } });
  });

  it('may post the bytes as octets', async () => {
    const transaction = await session.call(caller, 'count', [Cl.uint(1)], { nonce: 2 });
    const response = await session.fetch('/v2/transactions', {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: Buffer.from(transaction.serializeBytes()),
    });
    expect([response.status, await response.text()]).toEqual([200, `"${transaction.txid()}"`]);
  });
});
