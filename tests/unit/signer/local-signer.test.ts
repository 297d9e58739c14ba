import { deserializeTransaction, PostConditionMode } from '@stacks/transactions';
import { decodeTransaction } from 'stacks-encoding-native-js';
import { describe, expect, it } from 'vitest';
import type { GridCall } from '../../../src/contract/index.ts';
import { microStx, principal } from '../../../src/core/index.ts';
import {
  addressOf,
  createLocalSigner,
  keyFromText,
  type LocalSignerOptions,
  signDeploy,
} from '../../../src/signer/index.ts';

const key = keyFromText({ name: 'operator', text: '7d'.repeat(32) });
const published = keyFromText({
  name: 'wallet',
  text: '753b7cc01a1a2e86221266a154af739463fce51219d97e4f856cd7200c3bd2a6',
});
const contractId = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.energy-grid';
const mainnetContractId = 'SP1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRCBGD7R.energy-grid';

const signerWith = (options: Partial<LocalSignerOptions> = {}) =>
  createLocalSigner({ keys: [key], network: 'testnet', contractId, feeCap: microStx(10_000), ...options });
const address = addressOf(key.publicKey, 'testnet');

const buy: GridCall = {
  kind: 'buyEnergyFor',
  validUntil: 90n,
  entries: [{ buyer: address, tradeId: 7n, amount: 50n, maxPrice: 120n }],
};
const deposit: GridCall = { kind: 'addFunds', amount: 5_000n };
const request = { signer: address, call: buy, nonce: 3, fee: microStx(400) };

describe('the local signer', () => {
  it('signs a call in deny mode with the given nonce and fee', async () => {
    const signed = await signerWith().sign(request);
    const transaction = deserializeTransaction(signed.hex);
    expect(transaction.txid()).toBe(signed.txId);
    expect(transaction.postConditionMode).toBe(PostConditionMode.Deny);
    expect(transaction.auth.spendingCondition).toMatchObject({ nonce: 3n, fee: 400n });
    expect(() => transaction.verifyOrigin()).not.toThrow();
  });

  it('gives the same bytes for the same request, and others for another', async () => {
    const signer = signerWith();
    const first = await signer.sign(request);
    expect(await signerWith().sign(request)).toEqual(first);
    expect((await signer.sign({ ...request, nonce: 4 })).hex).not.toBe(first.hex);
  });

  it('decodes to the same id with a decoder of another origin', async () => {
    const signed = await signerWith().sign(request);
    expect(decodeTransaction(signed.hex).tx_id).toBe(`0x${signed.txId}`);
  });

  it('names its addresses', async () => {
    expect(await signerWith().addresses()).toEqual([address]);
  });

  it('refuses an address it has no key of', async () => {
    const stranger = principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5');
    await expect(signerWith().sign({ ...request, signer: stranger })).rejects.toMatchObject({ name: 'ConfigError' });
  });

  it('refuses a fee above its cap', async () => {
    await expect(signerWith().sign({ ...request, fee: microStx(10_001) })).rejects.toMatchObject({ code: 'feeCap' });
  });

  it('signs for an operator only the batch calls, unless told otherwise', async () => {
    await expect(signerWith().sign({ ...request, call: deposit })).rejects.toMatchObject({ code: 'function' });
    await expect(signerWith({ calls: 'every' }).sign({ ...request, call: deposit })).resolves.toBeDefined();
  });

  it('puts the exact amount into the post-conditions of a deposit', async () => {
    const { hex } = await signerWith({ calls: 'every' }).sign({ ...request, call: deposit });
    const { postConditions } = deserializeTransaction(hex);
    expect(postConditions.values).toHaveLength(1);
    expect(postConditions.values[0]).toMatchObject({ amount: 5_000n });
  });

  it('refuses published accounts off the embedded chain', () => {
    expect(() => signerWith({ keys: [published] })).toThrow(/published account/);
    expect(() => signerWith({ keys: [published], network: 'mainnet', contractId: mainnetContractId })).toThrow(
      /published account/,
    );
    expect(() => signerWith({ keys: [published], network: 'embedded' })).not.toThrow();
  });

  it('refuses a contract of another network, and signs for its own with its chain id', async () => {
    expect(() => signerWith({ network: 'mainnet' })).toThrow(/contract of the mainnet network/);
    expect(() => signerWith({ contractId: mainnetContractId })).toThrow(/contract of the testnet network/);
    const mainnet = signerWith({ network: 'mainnet', contractId: mainnetContractId });
    const signed = await mainnet.sign({ ...request, signer: addressOf(key.publicKey, 'mainnet') });
    expect(deserializeTransaction(signed.hex).chainId).toBe(1);
  });
});

describe('signing a deploy', () => {
  const deploy = {
    key,
    network: 'testnet',
    contractName: 'energy-grid',
    source: '(define-read-only (one) u1)',
    nonce: 0,
    fee: microStx(9_000),
    feeCap: microStx(10_000),
  } as const;

  it('is in Clarity 4 and deny mode', async () => {
    const transaction = deserializeTransaction((await signDeploy(deploy)).hex);
    expect(transaction.payload).toMatchObject({ clarityVersion: 4 });
    expect(transaction.postConditionMode).toBe(PostConditionMode.Deny);
  });

  it('keeps to the fee cap and refuses published accounts', async () => {
    await expect(signDeploy({ ...deploy, feeCap: microStx(8_999) })).rejects.toMatchObject({ code: 'feeCap' });
    await expect(signDeploy({ ...deploy, key: published })).rejects.toThrow(/published account/);
  });
});
