import {
  Cl,
  type ClarityValue,
  cvToString,
  deserializeTransaction,
  type ListCV,
  serializeCV,
  type TupleCV,
} from '@stacks/transactions';
import type { GridRead } from '../../src/contract/index.ts';
import type { Principal, TxId } from '../../src/core/index.ts';
import type { ChainPort, TransactionStatus } from '../../src/execution/index.ts';
import { type FakeChain, signerOf } from './fake-chain.ts';
import { encodeDelegation } from './grid-encoding.ts';
import { wideDelegation } from './turn-scene.ts';

/**
 * One chain of several accounts' parts, which are to be mined in step. `mayAct` says who has delegated to whom.
 */
export function chainOf(
  parts: readonly [FakeChain, ...FakeChain[]],
  mayAct: (prosumer: string, operator: string) => boolean,
): ChainPort {
  const [first] = parts;
  const partOf = (address: Principal): FakeChain => {
    const part = parts.find((one) => one.address === address);
    if (part === undefined) throw new Error(`no part of the chain has the account ${address}`);
    return part;
  };
  return {
    identity: () => first.identity(),
    tip: () => first.tip(),
    account: (address) => partOf(address).account(),
    pendingNonces: (address) => partOf(address).pendingNonces(),
    broadcast: (hex) => partOf(signerOf(deserializeTransaction(hex)) as Principal).broadcast(hex),
    async transactions(ids) {
      const known = new Map<TxId, TransactionStatus>();
      for (const part of parts) {
        for (const [id, status] of await part.transactions(ids)) {
          if (status.kind !== 'absent' || !known.has(id)) known.set(id, status);
        }
      }
      return known;
    },
    logs: (options) => first.logs(options),
    blockHashAt: (at) => first.blockHashAt(at),
    feeRate: () => first.feeRate(),
    async read<Answer>(read: GridRead<Answer>): Promise<Answer> {
      if (read.functionName !== 'get-delegations') return first.read(read);
      const pairs = (read.functionArgs[0] as ListCV<TupleCV>).value;
      const grants = pairs.map(({ value: { prosumer, operator } }) =>
        encodeDelegation(mayAct(textOf(prosumer), textOf(operator)) ? wideDelegation() : undefined),
      );
      return read.decode(serializeCV(Cl.list(grants)));
    },
    contractSource: () => first.contractSource(),
    requestCount: () => first.requestCount(),
  };
}

const textOf = (value: ClarityValue | undefined): string => cvToString(value as ClarityValue);
