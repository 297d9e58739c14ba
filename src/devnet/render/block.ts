import type { OperationResponse } from '@stacks/blockchain-api-client';
import type { Block } from '../block.ts';
import { sha512t256 } from '../hashing.ts';
import type { ChainView } from '../view.ts';
import { flatExecutionCost } from './costs.ts';

export const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** The parent's hashes; the genesis block names itself by the chain's genesis hash. */
export function parentOf(chain: ChainView, block: Block): { readonly hash: string; readonly indexHash: string } {
  return chain.explorer.blockAt(block.height - 1) ?? { hash: chain.genesisHash, indexHash: chain.genesisHash };
}

/** A block as `/extended/v2/blocks` shows it. */
export function blockV2(chain: ChainView, block: Block): OperationResponse['/extended/v2/blocks/{height_or_hash}'] {
  const parent = parentOf(chain, block);
  const burn = chain.bitcoin;
  return {
    canonical: true,
    height: block.height,
    hash: `0x${block.hash}`,
    block_time: block.time,
    block_time_iso: iso(block.time),
    tenure_height: burn.height,
    index_block_hash: `0x${block.indexHash}`,
    parent_block_hash: `0x${parent.hash}`,
    parent_index_block_hash: `0x${parent.indexHash}`,
    burn_block_time: burn.time,
    burn_block_time_iso: iso(burn.time),
    burn_block_hash: `0x${sha512t256('burn', chain.genesisHash)}`,
    burn_block_height: burn.height,
    miner_txid: `0x${sha512t256('miner', chain.genesisHash)}`,
    tx_count: block.transactions.length,
    ...flatExecutionCost,
  };
}
