import { validateStacksAddress } from '@stacks/transactions';
import type { FastifyInstance } from 'fastify';
import { u128Hex } from '../../admission.ts';
import type { Chain } from '../../chain.ts';
import { TESTNET_CHAIN_ID } from '../../network.ts';
import { blockAtTip, noSuchTip, type TipQuery, text } from './reply.ts';

const SERVER_VERSION = 'wattmaker-devnet';
const PEER_VERSION = 4_207_599_116;

export function infoRoutes(server: FastifyInstance, chain: Chain): void {
  server.get('/v2/info', () => {
    const { tip, consensusHash } = chain;
    return {
      peer_version: PEER_VERSION,
      pox_consensus: consensusHash,
      burn_block_height: chain.vm.burnHeight,
      stable_pox_consensus: consensusHash,
      stable_burn_block_height: chain.vm.burnHeight,
      server_version: SERVER_VERSION,
      network_id: TESTNET_CHAIN_ID,
      parent_network_id: TESTNET_CHAIN_ID,
      stacks_tip_height: tip.height,
      stacks_tip: tip.hash,
      stacks_tip_consensus_hash: consensusHash,
      genesis_chainstate_hash: chain.genesisHash,
      unanchored_tip: null,
      unanchored_seq: null,
      tenure_height: chain.vm.burnHeight,
      exit_at_block_height: null,
      is_fully_synced: true,
    };
  });

  server.get<{ Params: { principal: string }; Querystring: TipQuery & { proof?: string } }>(
    '/v2/accounts/:principal',
    (request, reply) => {
      const { principal } = request.params;
      if (!isPrincipal(principal)) return text(reply, 400, `Invalid path parameters for '${request.url}'`);
      const block = blockAtTip(chain, request.query);
      if (block === undefined) return noSuchTip(reply, request.query);
      const { balance, nonce } = chain.accounts.at(principal, block.height);
      const proofs = request.query.proof === '0' ? {} : { balance_proof: '', nonce_proof: '' };
      return reply.send({ balance: u128Hex(balance), locked: u128Hex(0n), unlock_height: 0, nonce, ...proofs });
    },
  );
}

const CONTRACT_NAME = /^[a-zA-Z]([a-zA-Z0-9]|[-_])*$/;

/** Whether `text` is a standard or contract principal with a right checksum. */
export function isPrincipal(text: string): boolean {
  const [address = '', name, ...rest] = text.split('.');
  return validateStacksAddress(address) && rest.length === 0 && (name === undefined || CONTRACT_NAME.test(name));
}
