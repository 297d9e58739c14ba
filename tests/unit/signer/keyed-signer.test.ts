import {
  AddressHashMode,
  AuthType,
  ClarityVersion,
  createContractCallPayload,
  createSponsoredAuth,
  deserializeTransaction,
  makeUnsignedContractDeploy,
  makeUnsignedSTXTokenTransfer,
  Pc,
  PostConditionMode,
  PubKeyEncoding,
  postConditionToWire,
  type StacksTransactionWire,
  uintCV,
} from '@stacks/transactions';
import { describe, expect, it } from 'vitest';
import { encodeCall, type GridCall } from '../../../src/contract/index.ts';
import { microStx } from '../../../src/core/index.ts';
import { createKeyedSigner } from '../../../src/signer/byte-signer.ts';
import {
  addressOf,
  buildCall,
  buildDeploy,
  keyFromText,
  type PolicyCode,
  type SigningPolicy,
  signingNetwork,
  wipeKey,
} from '../../../src/signer/index.ts';
import { signerContract as contractId, signerPolicy as policy, signerSecrets } from '../../conformance/signer-port.ts';

const [secret, otherSecret] = signerSecrets;
const key = keyFromText({ name: 'operator', text: secret });
const other = keyFromText({ name: 'other', text: otherSecret });
const published = keyFromText({
  name: 'wallet',
  text: '753b7cc01a1a2e86221266a154af739463fce51219d97e4f856cd7200c3bd2a6',
});
const { publicKey } = key;
const address = addressOf(publicKey, 'testnet');
const [owner = '', contractName = ''] = contractId.split('.');
const buy: GridCall = {
  kind: 'buyEnergyFor',
  validUntil: 90n,
  entries: [{ buyer: address, tradeId: 7n, amount: 50n, maxPrice: 120n }],
};
const terms = { network: 'testnet', publicKey, nonce: 3, fee: microStx(400), contractId, call: buy } as const;

const signerWith = (more: Partial<SigningPolicy> = {}) => createKeyedSigner({ ...policy, ...more, keys: [key] });

/** The bytes of a plain buy with other fields, or after `change`. */
async function changed(fields: Partial<StacksTransactionWire>, change = (_: StacksTransactionWire) => {}) {
  const transaction = Object.assign(await buildCall(terms), fields);
  change(transaction);
  return transaction.serialize();
}

const { functionName, functionArgs } = encodeCall(buy);
const calling = (contract: string, name: string, args = [...functionArgs]) => {
  const [address = '', contractName = ''] = contract.split('.');
  return changed({ payload: createContractCallPayload(address, contractName, name, args) });
};
const unsigned = { publicKey, nonce: 3, fee: 400, network: signingNetwork('testnet') } as const;
const deployOf = async (name: string, clarityVersion = ClarityVersion.Clarity4): Promise<string> =>
  (
    await makeUnsignedContractDeploy({
      ...unsigned,
      contractName: name,
      codeBody: '(define-read-only (one) u1)',
      clarityVersion,
    })
  ).serialize();

/** One forged transaction for each thing that a policy holds, with the value that the refusal must name. */
const forged: readonly (readonly [what: string, code: PolicyCode, value: string, bytes: () => Promise<string>])[] = [
  ['another chain id', 'network', 'was 1:', () => changed({ chainId: 1 })],
  ['another transaction version', 'network', 'was 0:', () => changed({ transactionVersion: 0 })],
  ['another contract', 'contract', `${owner}.energy-grab`, () => calling(`${owner}.energy-grab`, functionName)],
  [
    "another account's contract",
    'contract',
    `${address}.energy-grid`,
    () => calling(`${address}.energy-grid`, functionName),
  ],
  [
    'a function that takes money out',
    'function',
    'withdrawFunds',
    () => calling(contractId, 'withdraw-funds', [uintCV(1)]),
  ],
  ['a function that the contract has not', 'arguments', 'drain', () => calling(contractId, 'drain', [])],
  ['too few arguments', 'arguments', '5 arguments', () => calling(contractId, functionName, functionArgs.slice(1))],
  [
    'arguments of another type',
    'arguments',
    'uint',
    () =>
      calling(
        contractId,
        functionName,
        functionArgs.map(() => uintCV(1)),
      ),
  ],
  [
    'post-conditions that allow everything',
    'postConditionMode',
    'mode 1',
    () => changed({ postConditionMode: PostConditionMode.Allow }),
  ],
  [
    "post-conditions for the sender's assets alone",
    'postConditionMode',
    'mode 3',
    () => changed({ postConditionMode: PostConditionMode.Originator }),
  ],
  [
    'a post-condition that lets money go',
    'postConditions',
    '[00',
    () =>
      changed(
        {},
        (one) => void one.postConditions.values.push(postConditionToWire(Pc.principal(address).willSendLte(9).ustx())),
      ),
  ],
  ['a fee above the cap', 'feeCap', '10001 µSTX', () => changed({}, (one) => void one.setFee(10_001))],
  ['a nonce that no account has', 'nonce', String(2n ** 60n), () => changed({}, (one) => void one.setNonce(2n ** 60n))],
  [
    "another account's authorization",
    'signer',
    addressOf(other.publicKey, 'testnet'),
    async () => (await buildCall({ ...terms, publicKey: other.publicKey })).serialize(),
  ],
  [
    'an authorization by witness hash',
    'authorization',
    `hash mode ${AddressHashMode.P2WPKH}`,
    () => changed({}, ({ auth }) => void Object.assign(auth.spendingCondition, { hashMode: AddressHashMode.P2WPKH })),
  ],
  [
    'an uncompressed key',
    'authorization',
    'key encoding 1',
    () =>
      changed(
        {},
        ({ auth }) => void Object.assign(auth.spendingCondition, { keyEncoding: PubKeyEncoding.Uncompressed }),
      ),
  ],
  [
    'an authorization that another account pays for',
    'authorization',
    `authorization ${AuthType.Sponsored}`,
    () => changed({}, (one) => void Object.assign(one, { auth: createSponsoredAuth(one.auth.spendingCondition) })),
  ],
  [
    'a transfer of money',
    'payload',
    'type 0',
    async () => (await makeUnsignedSTXTokenTransfer({ ...unsigned, recipient: owner, amount: 1 })).serialize(),
  ],
  ['a deploy', 'payload', 'a deploy', () => deployOf(contractName)],
  ['no transaction', 'payload', '3 other bytes', async () => 'c0ffee'],
];

describe('a signer with keys', () => {
  it('signs the bytes that it was given, and only adds the signature', async () => {
    const given = (await buildCall(terms)).serialize();
    const { hex } = await signerWith().sign(given);
    const signature = hex.slice(44 * 2, 109 * 2);
    expect(hex.replace(signature, '00'.repeat(65))).toBe(given);
    expect(() => deserializeTransaction(hex).verifyOrigin()).not.toThrow();
  });

  it.each(forged)('refuses %s (%s)', async (_, code, value, bytes) => {
    const refusal = await signerWith()
      .sign(await bytes())
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'RejectedError', code, message: expect.stringContaining(value) });
    expect((refusal as Error).message).toMatch(/: not signed$/);
  });

  it('signs what follows the transaction in its bytes no more than it sends it', async () => {
    const given = (await buildCall(terms)).serialize();
    expect(await signerWith().sign(`${given}c0ffee`)).toEqual(await signerWith().sign(given));
  });

  it('signs every call and the deploy of its contract for a person, who was asked', async () => {
    const signer = signerWith({ calls: 'every', contractId: `${address}.energy-grid` });
    const { network, nonce, fee } = terms;
    const source = '(define-read-only (one) u1)';
    const deploy = await buildDeploy({ network, publicKey, nonce, fee, contractName: 'energy-grid', source });
    const signed = deserializeTransaction((await signer.sign(deploy.serialize())).hex);
    expect(signed.payload).toMatchObject({ clarityVersion: ClarityVersion.Clarity4 });
    expect(() => signed.verifyOrigin()).not.toThrow();
  });

  it.each([
    ['under another name', 'contract', `${address}.energy-grab`, () => deployOf('energy-grab')],
    ['in an old Clarity', 'payload', 'Clarity 2', () => deployOf('energy-grid', ClarityVersion.Clarity2)],
  ])('refuses a deploy %s', async (_, code, value, bytes) => {
    const signer = signerWith({ calls: 'every', contractId: `${address}.energy-grid` });
    await expect(signer.sign(await bytes())).rejects.toMatchObject({ code, message: expect.stringContaining(value) });
  });

  it('holds a deposit to a post-condition of exactly its amount', async () => {
    const call: GridCall = { kind: 'addFunds', amount: 5_000n };
    const transaction = await buildCall({ ...terms, call });
    const signer = signerWith({ calls: 'every' });
    await expect(signer.sign(transaction.serialize())).resolves.toBeDefined();
    transaction.postConditions.values.splice(
      0,
      1,
      postConditionToWire(Pc.principal(address).willSendLte(5_000).ustx()),
    );
    await expect(signer.sign(transaction.serialize())).rejects.toMatchObject({ code: 'postConditions' });
  });

  it('takes no published account off the embedded chain', () => {
    const make = (network: SigningPolicy['network'], contract = contractId) =>
      createKeyedSigner({ ...policy, network, contractId: contract, keys: [published] });
    expect(() => make('testnet')).toThrow(/published account/);
    expect(() => make('mainnet', 'SP1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRCBGD7R.energy-grid')).toThrow(/published account/);
    expect(() => make('embedded')).not.toThrow();
  });

  it('is none without a key, and signs nothing with one that was cleared', async () => {
    expect(() => createKeyedSigner({ ...policy, keys: [] })).toThrow(/expected a key/);
    const mine = keyFromText({ name: 'mine', text: secret });
    const signer = createKeyedSigner({ ...policy, keys: [mine] });
    wipeKey(mine);
    await expect(signer.sign((await buildCall(terms)).serialize())).rejects.toThrow(/cleared/);
  });
});
