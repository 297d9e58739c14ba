import { ConfigError } from '../../../src/core/index.ts';
import type { ChainBinding, Manifest } from './manifest.ts';

/**
 * Holds a recording to the chain and contract that are to be recorded.
 *
 * @throws ConfigError for a recording of another chain, contract or beginning.
 */
export function assertBinding(
  folder: string,
  { chain, origin }: Manifest,
  wanted: { readonly chain: ChainBinding; readonly fromHeight: number | null },
): void {
  const refusal = (what: string, was: string | number, expected: string | number): ConfigError =>
    new ConfigError(`expected a recording of ${what} ${expected} in "${folder}", was of ${was}`, {
      hints: ['Name another folder with --out to begin a recording of its own.'],
    });
  const { contractId, chainId, genesis } = wanted.chain;
  if (chain === null || origin.kind !== 'chain') throw refusal('the contract', 'none', contractId);
  if (chain.contractId !== contractId) throw refusal('the contract', chain.contractId, contractId);
  if (chain.chainId !== chainId) throw refusal('chain id', chain.chainId, chainId);
  if (chain.genesis !== genesis) throw refusal('the chain with genesis', chain.genesis, genesis);
  if (wanted.fromHeight !== null && wanted.fromHeight !== origin.fromHeight) {
    throw refusal('events from height', origin.fromHeight ?? 'the first event', wanted.fromHeight);
  }
}
