import {
  AddressHashMode,
  AuthType,
  addressToString,
  Cl,
  type ClarityValue,
  type ClarityVersion,
  deserializeTransaction,
  PayloadType,
  type PostConditionMode,
  type PostConditionWire,
  type StacksTransactionWire,
  StacksWireType,
  serializePayloadBytes,
} from '@stacks/transactions';
import { sha512t256 } from './hashing.ts';
import { TESTNET_TRANSACTION_VERSION } from './network.ts';

/** What a transaction asks for. `unsupported` are the kinds that only miners make. */
export type Payload =
  | {
      readonly kind: 'token_transfer';
      readonly recipient: string;
      readonly amount: bigint;
      /** 34 bytes of hex without `0x`. */
      readonly memo: string;
    }
  | {
      readonly kind: 'contract_call';
      readonly contract: string;
      readonly functionName: string;
      readonly args: readonly ClarityValue[];
    }
  | {
      readonly kind: 'smart_contract';
      readonly name: string;
      readonly source: string;
      readonly clarityVersion: ClarityVersion | undefined;
    }
  | { readonly kind: 'unsupported'; readonly type: 'poison' | 'coinbase' | 'tenure_change' };

/** What is kept of every transaction; the rest is decoded from `raw` again when somebody asks. */
export interface TransactionHead {
  /** 64 hex digits without `0x`. */
  readonly txid: string;
  readonly raw: Uint8Array;
  readonly sender: string;
  readonly nonce: number;
  readonly fee: bigint;
}

/** One signed transaction, decoded. */
export interface Transaction extends TransactionHead {
  readonly wire: StacksTransactionWire;
  readonly sponsored: boolean;
  readonly mode: PostConditionMode;
  readonly postConditions: readonly PostConditionWire[];
  readonly payload: Payload;
}

/** The bytes are no transaction; the node answers 400 with this text. */
export class UndecodableTransaction extends Error {}

/**
 * Decodes a whole serialized transaction; nothing of it is verified.
 *
 * @throws UndecodableTransaction for bytes that are none, or that have bytes left over.
 */
export function decodeTransaction(raw: Uint8Array): Transaction {
  try {
    const wire = deserializeTransaction(raw);
    if (!Buffer.from(wire.serializeBytes()).equals(raw)) throw new Error('bytes do not encode back to themselves');
    const condition = wire.auth.spendingCondition;
    return {
      txid: sha512t256(raw),
      raw,
      wire,
      sender: addressOf(wire),
      nonce: Number(condition.nonce),
      fee: wire.auth.authType === AuthType.Sponsored ? wire.auth.sponsorSpendingCondition.fee : condition.fee,
      sponsored: wire.auth.authType === AuthType.Sponsored,
      mode: wire.postConditionMode,
      postConditions: wire.postConditions.values as PostConditionWire[],
      payload: payloadOf(wire),
    };
  } catch (error) {
    throw new UndecodableTransaction(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function addressOf(wire: StacksTransactionWire): string {
  const { hashMode, signer } = wire.auth.spendingCondition;
  const testnet = wire.transactionVersion === TESTNET_TRANSACTION_VERSION;
  const version = hashMode === AddressHashMode.P2PKH ? (testnet ? 26 : 22) : testnet ? 21 : 20;
  return addressToString({ type: StacksWireType.Address, version, hash160: signer });
}

function payloadOf(wire: StacksTransactionWire): Payload {
  const { payload } = wire;
  switch (payload.payloadType) {
    case PayloadType.TokenTransfer:
      return {
        kind: 'token_transfer',
        recipient: payload.recipient.value,
        amount: payload.amount,
        // The wire's text form of a memo loses bytes that are not UTF-8; the payload's last 34 bytes are the memo.
        memo: Buffer.from(serializePayloadBytes(payload)).subarray(-34).toString('hex'),
      };
    case PayloadType.ContractCall:
      return {
        kind: 'contract_call',
        contract: `${addressToString(payload.contractAddress)}.${payload.contractName.content}`,
        functionName: payload.functionName.content,
        args: payload.functionArgs,
      };
    case PayloadType.SmartContract:
    case PayloadType.VersionedSmartContract:
      return {
        kind: 'smart_contract',
        name: payload.contractName.content,
        source: payload.codeBody.content,
        clarityVersion: payload.payloadType === PayloadType.VersionedSmartContract ? payload.clarityVersion : undefined,
      };
    case PayloadType.PoisonMicroblock:
      return { kind: 'unsupported', type: 'poison' };
    case PayloadType.TenureChange:
      return { kind: 'unsupported', type: 'tenure_change' };
    default:
      return { kind: 'unsupported', type: 'coinbase' };
  }
}

export const headOf = ({ txid, raw, sender, nonce, fee }: TransactionHead): TransactionHead => ({
  txid,
  raw,
  sender,
  nonce,
  fee,
});

/** The contract id that a deployment makes. */
export const deployedContract = (transaction: TransactionHead, name: string): string => `${transaction.sender}.${name}`;

/** Consensus hex of `value` with `0x`. */
export const hexOf = (value: ClarityValue): string => `0x${Cl.serialize(value)}`;
