import { validateStacksAddress } from '@stacks/transactions';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { minedOfPrincipal } from '../../render/transaction-v3.ts';
import type { ChainView } from '../../view.ts';
import { isPrincipal } from '../node/info.ts';
import { minedPage } from './mined-page.ts';
import { deprecated, failure } from './reply.ts';

interface PrincipalParams {
  readonly principal: string;
}

export function principalRoutes(server: FastifyInstance, chain: ChainView): void {
  server.get<{ Params: PrincipalParams }>('/extended/v1/address/:principal/nonces', ({ params }, reply) => {
    deprecated(reply, '/extended/v3/principals/{principal}/nonces');
    if (!isPrincipal(params.principal)) return badPrincipal(reply, params);
    const nonces = noncesOf(chain, params.principal);
    return reply.send({
      last_mempool_tx_nonce: nonces.lastPending,
      last_executed_tx_nonce: nonces.lastMined,
      possible_next_nonce: nonces.next,
      detected_missing_nonces: nonces.missing,
      detected_mempool_nonces: nonces.pending,
    });
  });

  server.get<{ Params: PrincipalParams }>('/extended/v3/principals/:principal/nonces', ({ params }, reply) => {
    if (!validateStacksAddress(params.principal)) return badPrincipal(reply, params);
    const nonces = noncesOf(chain, params.principal);
    return reply.send({
      next_nonce: nonces.next,
      last_confirmed_nonce: nonces.lastMined,
      mempool: { last_nonce: nonces.lastPending, pending_nonces: nonces.pending, missing_nonces: nonces.missing },
    });
  });

  server.get<{ Params: PrincipalParams }>('/extended/v1/address/:principal/balances', ({ params }, reply) => {
    deprecated(reply, '/extended/v3/principals/{principal}/balances/stx');
    if (!isPrincipal(params.principal)) return badPrincipal(reply, params);
    return reply.send({ stx: stxV1(chain, params.principal), fungible_tokens: {}, non_fungible_tokens: {} });
  });

  for (const path of ['/extended/v1/address/:principal/stx', '/extended/v2/addresses/:principal/balances/stx']) {
    server.get<{ Params: PrincipalParams }>(path, ({ params }, reply) => {
      deprecated(reply, '/extended/v3/principals/{principal}/balances/stx');
      if (!isPrincipal(params.principal)) return badPrincipal(reply, params);
      return reply.send(stxV1(chain, params.principal));
    });
  }

  server.get<{ Params: PrincipalParams }>('/extended/v3/principals/:principal/balances/stx', ({ params }, reply) => {
    if (!isPrincipal(params.principal)) return badPrincipal(reply, params);
    const { balance } = chain.accounts.get(params.principal);
    const { inbound, outbound, involved } = pendingStx(chain, params.principal);
    const mempool = {
      estimated_balance: (balance + inbound - outbound).toString(),
      inbound: inbound.toString(),
      outbound: outbound.toString(),
    };
    return reply.send({
      balance: balance.toString(),
      available: balance.toString(),
      locked: null,
      mempool: involved ? mempool : null,
    });
  });

  server.get<{ Params: PrincipalParams; Querystring: { limit?: string; cursor?: string } }>(
    '/extended/v3/principals/:principal/transactions',
    ({ params: { principal }, query }, reply) => {
      if (!isPrincipal(principal)) return badPrincipal(reply, { principal });
      return minedPage(reply, chain.explorer.minedOf(principal), query, (record) =>
        minedOfPrincipal(chain, record, principal),
      );
    },
  );
}

const badPrincipal = (reply: FastifyReply, { principal }: PrincipalParams): FastifyReply =>
  failure(reply, 400, `params/principal: expected a Stacks principal, was "${principal}"`);

/** Source of the rules: stacks-blockchain-api, datastore/pg-store.ts, getAddressNonces. */
function noncesOf(chain: ChainView, principal: string) {
  const { nonce } = chain.accounts.get(principal);
  const waiting = chain.mempool.noncesOf(principal);
  const lastMined = nonce === 0 ? null : nonce - 1;
  const lastPending = waiting.at(-1) ?? null;
  const next = Math.max(lastMined ?? -1, lastPending ?? -1) + 1;
  const missing: number[] = [];
  const pending: number[] = [];
  // The indexer looks for gaps only between a mined and a waiting transaction, and leaves the highest one out.
  if (lastMined !== null && lastPending !== null) {
    const known = new Set(waiting);
    for (let between = lastPending - 1; between > lastMined; between -= 1) {
      (known.has(between) ? pending : missing).push(between);
    }
  }
  return { lastMined, lastPending, next, missing, pending };
}

function pendingStx(chain: ChainView, principal: string) {
  let inbound = 0n;
  let outbound = 0n;
  let involved = false;
  for (const { transaction } of chain.mempool.all()) {
    const { payload, sender, fee } = transaction;
    const transfer = payload.kind === 'token_transfer' ? payload : undefined;
    if (sender === principal) {
      outbound += fee + (transfer?.amount ?? 0n);
      involved = true;
    }
    if (transfer?.recipient === principal) {
      inbound += transfer.amount;
      involved = true;
    }
  }
  return { inbound, outbound, involved };
}

function stxV1(chain: ChainView, principal: string) {
  const { balance, sent, received, fees } = chain.accounts.get(principal);
  const { inbound, outbound } = pendingStx(chain, principal);
  return {
    balance: balance.toString(),
    estimated_balance: (balance + inbound - outbound).toString(),
    pending_balance_inbound: inbound.toString(),
    pending_balance_outbound: outbound.toString(),
    total_sent: sent.toString(),
    total_received: received.toString(),
    total_fees_sent: fees.toString(),
    total_miner_rewards_received: '0',
    lock_tx_id: '',
    locked: '0',
    lock_height: 0,
    burnchain_lock_height: 0,
    burnchain_unlock_height: 0,
  };
}
