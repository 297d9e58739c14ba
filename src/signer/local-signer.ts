import type { StacksTransactionWire } from '@stacks/transactions';
import type { GridCall } from '../contract/index.ts';
import { ConfigError, type MicroStx, type Principal, RejectedError, txId } from '../core/index.ts';
import type { SignedTransaction, SignerPort, SignRequest } from '../execution/ports/signer.ts';
import { addressOf, assertUsableOn, type Key, signOrigin } from './key.ts';
import { contractParts } from './network.ts';
import { assertEnvelope, assertFee, assertSigned, type SigningPolicy } from './policy.ts';
import { buildCall, buildDeploy } from './transaction.ts';

/** What a trading operator needs to sign, and nothing more: a stolen request cannot withdraw or delegate. */
const operatorCalls = [
  'buyEnergyFor',
  'tradeEnergyFor',
  'cancelTradeFor',
] as const satisfies readonly GridCall['kind'][];

export interface LocalSignerOptions extends SigningPolicy {
  readonly keys: readonly Key[];
  /** The calls it signs. @default operatorCalls */
  readonly calls?: readonly GridCall['kind'][] | 'every';
}

/**
 * A signer whose keys live in this process. The nonce, fee and call of the request are the only free parts of what it
 * signs; it re-checks contract, function, network and fee cap on the finished bytes.
 *
 * @throws ConfigError when a key must not be used on this network, or the contract is not one of it.
 */
export function createLocalSigner(options: LocalSignerOptions): SignerPort {
  const { keys, network, contractId, feeCap, calls = operatorCalls } = options;
  contractParts(network, contractId);
  for (const key of keys) assertUsableOn(key, network);
  const byAddress = new Map<Principal, Key>(keys.map((key) => [addressOf(key.publicKey, network), key]));
  return {
    addresses: async () => [...byAddress.keys()],
    async sign({ signer, call, nonce, fee }: SignRequest): Promise<SignedTransaction> {
      const key = byAddress.get(signer);
      if (key === undefined) throw noKey(signer, [...byAddress.keys()]);
      if (calls !== 'every' && !calls.includes(call.kind)) {
        throw new RejectedError(`expected a call out of ${calls.join(', ')}, was ${call.kind}: not signed`, {
          code: 'function',
        });
      }
      assertFee(fee, feeCap);
      const { publicKey } = key;
      const transaction = await buildCall({ network, publicKey, nonce, fee, contractId, call });
      const signed = finish(key, transaction);
      assertSigned(signed.hex, call, fee, options);
      return signed;
    },
  };
}

export interface SignDeployRequest extends Pick<SigningPolicy, 'network' | 'feeCap'> {
  readonly key: Key;
  readonly contractName: string;
  readonly source: string;
  readonly nonce: number;
  readonly fee: MicroStx;
}

/**
 * Signs a contract deploy in Clarity 4.
 *
 * @throws ConfigError when the key must not be used on this network; RejectedError when the fee is above the cap.
 */
export async function signDeploy(request: SignDeployRequest): Promise<SignedTransaction> {
  const { key, network, fee, feeCap } = request;
  assertUsableOn(key, network);
  assertFee(fee, feeCap);
  const transaction = await buildDeploy({ ...request, publicKey: key.publicKey });
  const signed = finish(key, transaction);
  assertEnvelope(transaction, fee, { network, feeCap });
  return signed;
}

function finish(key: Key, transaction: StacksTransactionWire): SignedTransaction {
  signOrigin(key, transaction);
  return { txId: txId(transaction.txid()), hex: transaction.serialize() };
}

const noKey = (signer: Principal, held: readonly Principal[]): ConfigError =>
  new ConfigError(`expected a signer out of ${held.join(', ') || '(no keys)'}, was ${signer}`);
