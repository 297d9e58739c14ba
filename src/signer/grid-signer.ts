import type { MicroStx, Principal } from '../core/index.ts';
import type { SignedTransaction, SignerPort } from '../execution/ports/signer.ts';
import { type ByteSigner, createKeyedSigner, type KeyedSignerOptions, noKey } from './byte-signer.ts';
import { contractParts } from './network.ts';
import type { SigningPolicy } from './policy.ts';
import { buildCall, buildDeploy } from './transaction.ts';

export interface DeployRequest {
  /** The account that the contract's id names. */
  readonly signer: Principal;
  readonly source: string;
  readonly nonce: number;
  /** The total fee. */
  readonly fee: MicroStx;
}

/** The execution's port, and besides what only a person's command asks for. */
export interface GridSigner extends SignerPort {
  /** Signs the contract's deploy, in Clarity 4. @throws as `sign` */
  signDeploy(request: DeployRequest): Promise<SignedTransaction>;
}

/** Builds the transactions that are asked for and has them signed, wherever the keys are. */
export function createGridSigner(
  bytes: ByteSigner,
  { network, contractId }: Pick<SigningPolicy, 'network' | 'contractId'>,
): GridSigner {
  const [, contractName] = contractParts(network, contractId);
  const publicKeys = new Map(bytes.accounts.map(({ address, publicKey }) => [address, publicKey]));
  const publicKeyOf = (signer: Principal): string => {
    const publicKey = publicKeys.get(signer);
    if (publicKey === undefined) throw noKey(signer, [...publicKeys.keys()]);
    return publicKey;
  };
  return {
    addresses: async () => [...publicKeys.keys()],
    async sign({ signer, call, nonce, fee }) {
      const publicKey = publicKeyOf(signer);
      return bytes.sign((await buildCall({ network, publicKey, nonce, fee, contractId, call })).serialize());
    },
    async signDeploy({ signer, source, nonce, fee }) {
      const publicKey = publicKeyOf(signer);
      return bytes.sign((await buildDeploy({ network, publicKey, nonce, fee, contractName, source })).serialize());
    },
  };
}

/** A signer with its keys in this process: for a command that signs and ends. @throws as `createKeyedSigner` */
export const createLocalSigner = (options: KeyedSignerOptions): GridSigner =>
  createGridSigner(createKeyedSigner(options), options);
