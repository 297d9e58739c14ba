import { createNetwork, STACKS_MAINNET, STACKS_TESTNET } from '@stacks/network';
import { Cl, getAddressFromPrivateKey, makeContractCall, sponsorTransaction } from '@stacks/transactions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestDevnet, TEST_BALANCE, type TestDevnet, testAccount } from '../support/devnet.ts';
import { SAMPLE_NAME, SAMPLE_SOURCE } from './support/sample-contract.ts';
import { SAMPLE_ID, Session } from './support/session.ts';

const owner = testAccount(0);
const sender = testAccount(1);
const other = testAccount(2);
const poor = testAccount(99);

let devnet: TestDevnet;
let session: Session;

beforeAll(async () => {
  devnet = await startTestDevnet();
  session = new Session(devnet);
  await session.deploySample();
});
afterAll(() => devnet?.stop());

const u128 = (amount: bigint): string => `0x${amount.toString(16).padStart(32, '0')}`;

/** Expects a refusal with exactly this reason, as the node words it. */
async function expectRejected(
  transaction: { txid(): string; serialize(): string },
  reason: string,
  reason_data?: unknown,
) {
  const { status, body } = await session.post(transaction.serialize());
  expect({ status, body }).toEqual({
    status: 400,
    body: {
      error: 'transaction rejected',
      reason,
      ...(reason_data === undefined ? {} : { reason_data }),
      txid: transaction.txid(),
    },
  });
}

describe('a transaction is refused for', () => {
  it('bytes that are none, as text', async () => {
    for (const bytes of [
      '00',
      'zz',
      '0x00',
      `${(await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 })).serialize()}00`,
    ]) {
      const { status, body } = await session.post(bytes);
      expect(status).toBe(400);
      expect(body).toMatch(/^Failed to decode: /);
    }
    const empty = await session.fetch('/v2/transactions', { method: 'POST' });
    expect(empty.status).toBe(400);
  });

  it('the version byte of another network', async () => {
    const transaction = await session.call(sender, 'count', [Cl.uint(1)], {
      nonce: 0,
      network: STACKS_MAINNET,
    });
    await expectRejected(transaction, 'BadTransactionVersion');
  });

  it('a transfer to oneself, of nothing, or to an address of another network', async () => {
    await expectRejected(await session.transfer(sender, sender.address, 5n, 0), 'TransferRecipientCannotEqualSender', {
      recipient: sender.address,
    });
    await expectRejected(await session.transfer(sender, other.address, 0n, 0), 'TransferAmountMustBePositive');
    const mainnet = getAddressFromPrivateKey(other.privateKey, 'mainnet');
    await expectRejected(await session.transfer(sender, mainnet, 5n, 0), 'BadAddressVersionByte');
  });

  it('a signature that is not the sender’s, that has a high S, or that is for another chain', async () => {
    const forged = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 });
    forged.auth.spendingCondition.nonce = 1n;
    await expectRejected(forged, 'SignatureValidation', { message: expect.stringContaining('Signer hash') });

    const malleable = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0 });
    const { spendingCondition } = malleable.auth;
    if (!('signature' in spendingCondition)) throw new Error('expected one signature');
    const { data } = spendingCondition.signature;
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const twin = (order - BigInt(`0x${data.slice(66)}`)).toString(16).padStart(64, '0');
    const recovery = data.startsWith('00') ? '01' : '00';
    spendingCondition.signature.data = recovery + data.slice(2, 66) + twin;
    await expectRejected(malleable, 'SignatureValidation', { message: expect.stringContaining('low-S') });

    const elsewhere = createNetwork({ network: { ...STACKS_TESTNET, chainId: 0x80000001 as never } });
    const foreign = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0, network: elsewhere });
    await expectRejected(foreign, 'SignatureValidation', { message: expect.stringContaining('chain id') });
  });

  it('a fee under one µSTX a byte', async () => {
    const transaction = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0, fee: 100 });
    const expected = transaction.serializeBytes().length;
    await expectRejected(transaction, 'FeeTooLow', { expected, actual: 100 });
    const enough = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 30, fee: expected });
    await expectRejected(enough, 'TooMuchChaining', expect.anything());
  });

  it('what the epoch or this chain does not know', async () => {
    const tooNew = await session.deploy(sender, 'next', '(define-read-only (f) u1)', 0, 6);
    const message = 'Transaction is not supported in this epoch';
    await expectRejected(tooNew, 'ServerFailureOther', { message });
    const originator = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0, postConditionMode: 'originator' });
    await expectRejected(originator, 'ServerFailureOther', { message });

    const unsponsored = await makeContractCall({
      contractAddress: owner.address,
      contractName: SAMPLE_NAME,
      functionName: 'count',
      functionArgs: [Cl.uint(1)],
      senderKey: sender.privateKey,
      network: session.network,
      nonce: 0,
      fee: 0,
      sponsored: true,
    });
    const sponsored = await sponsorTransaction({
      transaction: unsponsored,
      sponsorPrivateKey: other.privateKey,
      network: session.network,
      fee: 1000,
      sponsorNonce: 0,
    });
    await expectRejected(sponsored, 'ServerFailureOther', { message: expect.stringContaining('Sponsored') });
  });

  it('a nonce that is used up or too far ahead', async () => {
    const whose = { principal: owner.address, is_origin: true };
    const used = await session.call(owner, 'count', [Cl.uint(1)], { nonce: 0 });
    await expectRejected(used, 'BadNonce', { expected: 1, actual: 0, ...whose });
    const ahead = await session.call(owner, 'count', [Cl.uint(1)], { nonce: 28 });
    const message = 'Nonce would exceed chaining limit in mempool';
    await expectRejected(ahead, 'TooMuchChaining', { message, expected: 27, actual: 28, ...whose });
  });

  it('a contract address of another network', async () => {
    const contractAddress = getAddressFromPrivateKey(owner.privateKey, 'mainnet');
    const transaction = await session.call(sender, 'count', [Cl.uint(1)], { nonce: 0, contractAddress });
    await expectRejected(transaction, 'BadAddressVersionByte');
  });

  it('missing funds', async () => {
    const call = await session.call(poor, 'count', [Cl.uint(1)], { nonce: 0 });
    await expectRejected(call, 'NotEnoughFunds', { expected: u128(1000n), actual: u128(0n) });
    const transfer = await session.transfer(sender, other.address, TEST_BALANCE, 0);
    await expectRejected(transfer, 'NotEnoughFunds', {
      expected: u128(TEST_BALANCE + 1000n),
      actual: u128(TEST_BALANCE),
    });
  });

  it('a contract, function or arguments that do not exist', async () => {
    const noContract = await session.call(sender, 'count', [], { nonce: 0, contractName: 'nothing' });
    await expectRejected(noContract, 'NoSuchContract');
    for (const name of ['nothing', 'get-counter', 'step-of']) {
      await expectRejected(await session.call(sender, name, [], { nonce: 0 }), 'NoSuchPublicFunction');
    }
    for (const args of [[], [Cl.uint(1), Cl.uint(2)], [Cl.int(1)], [Cl.none()]]) {
      const wrong = await session.call(sender, 'count', args, { nonce: 0 });
      await expectRejected(wrong, 'BadFunctionArgument', { message: expect.any(String) });
    }
    const step = Cl.tuple({ by: Cl.uint(1), note: Cl.none() });
    const tooMany = Cl.list(Array.from({ length: 11 }, () => step));
    const wrong = await session.call(sender, 'count-many', [tooMany], { nonce: 0 });
    await expectRejected(wrong, 'BadFunctionArgument', { message: expect.any(String) });
  });

  it('a contract that exists already', async () => {
    const again = await session.deploy(owner, SAMPLE_NAME, SAMPLE_SOURCE, 1);
    await expectRejected(again, 'ContractAlreadyExists', { contract_identifier: SAMPLE_ID });
  });

  it('a nonce that waits with the same or a higher fee', async () => {
    const first = await session.call(other, 'count', [Cl.uint(1)], { nonce: 0, fee: 1000 });
    expect((await session.post(first)).status).toBe(200);
    const same = await session.call(other, 'count', [Cl.uint(2)], { nonce: 0, fee: 1000 });
    await expectRejected(same, 'ConflictingNonceInMempool');
    const better = await session.call(other, 'count', [Cl.uint(2)], { nonce: 0, fee: 1001 });
    expect((await session.post(better)).status).toBe(200);
  });
});

describe('the checks come in the node’s order', () => {
  it('signature before fee, fee before nonce, nonce before funds, funds before contract', async () => {
    const badSignature = await session.call(poor, 'nothing', [], { nonce: 40, fee: 1 });
    badSignature.auth.spendingCondition.nonce = 41n;
    await expectRejected(badSignature, 'SignatureValidation', expect.anything());
    await expectRejected(
      await session.call(poor, 'nothing', [], { nonce: 40, fee: 1 }),
      'FeeTooLow',
      expect.anything(),
    );
    await expectRejected(await session.call(poor, 'nothing', [], { nonce: 40 }), 'TooMuchChaining', expect.anything());
    await expectRejected(await session.call(poor, 'nothing', [], { nonce: 0 }), 'NotEnoughFunds', expect.anything());
    await expectRejected(await session.call(sender, 'nothing', [], { nonce: 0 }), 'NoSuchPublicFunction');
  });
});
