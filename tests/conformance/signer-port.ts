import { deserializeTransaction, PayloadType, PostConditionMode } from '@stacks/transactions';
import { decodeTransaction } from 'stacks-encoding-native-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCall, type GridCall } from '../../src/contract/index.ts';
import { microStx, type Principal, principal } from '../../src/core/index.ts';
import type { SignerPort, SignRequest } from '../../src/execution/index.ts';
import { NOOP } from '../../src/execution/no-op.ts';
import { addressOf, keyFromText, type SigningPolicy } from '../../src/signer/index.ts';

/** A signer under test. */
export interface SignerUnderTest {
  readonly signer: SignerPort;
  close(): Promise<void>;
}

/** 64 hex digits each; known to everybody, good for nothing but tests. */
export const signerSecrets = ['7d'.repeat(32), '1c'.repeat(32)] as const;
export const signerContract = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.energy-grid';
const mainnetContract = 'SP1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRCBGD7R.energy-grid';
export const signerPolicy = {
  network: 'testnet',
  contractId: signerContract,
  feeCap: microStx(10_000),
} as const satisfies SigningPolicy;

const addressOn = (network: SigningPolicy['network'], secret: string): Principal =>
  addressOf(keyFromText({ name: 'k', text: secret }).publicKey, network);
const [first, second] = signerSecrets.map((secret) => addressOn('testnet', secret)) as [Principal, Principal];

const buy: GridCall = {
  kind: 'buyEnergyFor',
  validUntil: 90n,
  entries: [{ buyer: first, tradeId: 7n, amount: 50n, maxPrice: 120n }],
};
const list: GridCall = {
  kind: 'tradeEnergyFor',
  validUntil: 90n,
  openUntil: 120n,
  entries: [{ seller: first, amount: 50n, price: 120n }],
};
const deposit: GridCall = { kind: 'addFunds', amount: 5_000n };
const request: SignRequest = { signer: first, call: buy, nonce: 3, fee: microStx(400) };

function callOf(hex: string): unknown {
  const { payload } = deserializeTransaction(hex);
  if (payload.payloadType !== PayloadType.ContractCall) return null;
  return decodeCall(payload.functionName.content, payload.functionArgs);
}

/** What every signer must do, wherever its keys are. `start` makes one with the keys of `signerSecrets`. */
export function describeSignerPort(name: string, start: (policy: SigningPolicy) => Promise<SignerUnderTest>): void {
  describe(`signer port ${name}`, () => {
    const open: SignerUnderTest[] = [];
    let usual: SignerPort;
    const signerWith = async (policy: Partial<SigningPolicy> = {}): Promise<SignerPort> => {
      const started = await start({ ...signerPolicy, ...policy });
      open.push(started);
      return started.signer;
    };
    beforeAll(async () => {
      usual = await signerWith();
    });
    afterAll(() => Promise.all(open.map((each) => each.close())));

    test('names its addresses on its network', async () => {
      expect(await usual.addresses()).toEqual([first, second]);
    });

    test('signs a call in deny mode with the given nonce and fee, so that a node verifies it', async () => {
      const signed = await usual.sign(request);
      const transaction = deserializeTransaction(signed.hex);
      expect(transaction.txid()).toBe(signed.txId);
      expect(transaction.postConditionMode).toBe(PostConditionMode.Deny);
      expect(transaction.auth.spendingCondition).toMatchObject({ nonce: 3n, fee: 400n });
      expect(() => transaction.verifyOrigin()).not.toThrow();
    });

    test.each([buy, list, NOOP])('puts the call $kind into the bytes as it was asked for', async (call) => {
      expect(callOf((await usual.sign({ ...request, call })).hex)).toEqual(call);
    });

    test('gives the same bytes for the same request, also by another signer, and others for another request', async () => {
      const signed = await usual.sign(request);
      expect(await (await signerWith()).sign(request)).toEqual(signed);
      expect(await usual.sign(request)).toEqual(signed);
      expect((await usual.sign({ ...request, nonce: 4 })).hex).not.toBe(signed.hex);
    });

    test('decodes to the same id with a decoder of another origin', async () => {
      const signed = await usual.sign(request);
      expect(decodeTransaction(signed.hex).tx_id).toBe(`0x${signed.txId}`);
    });

    test('signs with the key of the address that is asked for', async () => {
      for (const address of [first, second]) {
        const { hex } = await usual.sign({ ...request, signer: address });
        expect(() => deserializeTransaction(hex).verifyOrigin()).not.toThrow();
        expect(decodeTransaction(hex).auth.origin_condition.signer.address).toBe(address);
      }
    });

    test('answers each of many requests at once by itself, refused ones among them', async () => {
      const asked = Array.from({ length: 60 }, (_, nonce) =>
        usual.sign({ ...request, nonce, fee: microStx(nonce % 7 === 3 ? 10_001 : 400) }),
      );
      for (const [nonce, outcome] of (await Promise.allSettled(asked)).entries()) {
        if (nonce % 7 === 3) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'feeCap' } });
          continue;
        }
        if (outcome.status === 'rejected') throw outcome.reason;
        expect(deserializeTransaction(outcome.value.hex).auth.spendingCondition.nonce).toBe(BigInt(nonce));
      }
    });

    test('refuses an address that it has no key of, naming it', async () => {
      const stranger = principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5');
      await expect(usual.sign({ ...request, signer: stranger })).rejects.toMatchObject({
        name: 'RejectedError',
        code: 'signer',
        message: expect.stringContaining(stranger),
      });
    });

    test('refuses a fee above its cap, naming both', async () => {
      await expect(usual.sign({ ...request, fee: microStx(10_001) })).rejects.toMatchObject({
        name: 'RejectedError',
        code: 'feeCap',
        message: 'expected a fee of at most 10000 µSTX, was 10001 µSTX: not signed',
      });
      await expect(usual.sign({ ...request, fee: microStx(10_000) })).resolves.toBeDefined();
    });

    test('signs for an operator the batch calls alone, unless told otherwise', async () => {
      await expect(usual.sign({ ...request, call: deposit })).rejects.toMatchObject({
        name: 'RejectedError',
        code: 'function',
        message: expect.stringContaining('addFunds'),
      });
      const { hex } = await (await signerWith({ calls: 'every' })).sign({ ...request, call: deposit });
      const { postConditions } = deserializeTransaction(hex);
      expect(postConditions.values).toMatchObject([{ amount: 5_000n }]);
    });

    test('signs for mainnet with its chain id and addresses', async () => {
      const signer = await signerWith({ network: 'mainnet', contractId: mainnetContract });
      const [address = first] = await signer.addresses();
      expect(address).toBe(addressOn('mainnet', signerSecrets[0]));
      expect(deserializeTransaction((await signer.sign({ ...request, signer: address })).hex).chainId).toBe(1);
    });

    test('does not start for a contract of another network', async () => {
      await expect(signerWith({ network: 'mainnet' })).rejects.toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(signerContract),
      });
    });
  });
}
