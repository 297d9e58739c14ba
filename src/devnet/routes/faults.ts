import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../../core/index.ts';
import type { Chain } from '../chain.ts';
import type { ChainFaults } from '../faults/chain-faults.ts';
import type { Faults } from '../faults/faults.ts';
import { parsed, parseFault } from '../faults/parse.ts';
import { SCHEDULE } from '../faults/schedule.ts';

export interface FaultDeps {
  readonly chain: Chain;
  readonly faults: Faults;
  readonly chainFaults: ChainFaults;
}

const prefixed = (txids: readonly string[]): string[] => txids.map((txid) => `0x${txid}`);

/** Faults on demand; what each does stands with its schema. The caller guards the routes. */
export function faultRoutes(server: FastifyInstance, { chain, faults, chainFaults }: FaultDeps): void {
  server.get('/faults', () => faults.report());
  server.post('/faults', ({ body }) => faults.add(parseFault(body), 'admin'));
  server.delete('/faults', () => {
    faults.clear();
    return faults.report();
  });
  server.delete<{ Params: { id: string } }>('/faults/:id', ({ params }) => {
    if (!faults.remove(Number(params.id))) {
      const active = faults.report().active.map(({ id }) => id);
      throw new ConfigError(`id: expected an active fault, one of [${active.join(', ')}], was "${params.id}"`);
    }
    return faults.report();
  });

  server.post('/faults/schedule', ({ body }) => {
    faults.follow(parsed(SCHEDULE, body));
    return faults.report();
  });
  server.delete('/faults/schedule', () => {
    faults.endSchedule();
    return faults.report();
  });
  server.get<{ Querystring: { after?: string } }>('/faults/log', ({ query: { after = '0' } }) => {
    if (!/^\d+$/.test(after)) throw new ConfigError(`after: expected the number of a fault, was "${after}"`);
    return faults.log(Number(after));
  });

  server.post('/reorg', ({ body }) => {
    const { forkHeight, orphaned, mined, rejected } = chainFaults.reorg(body, 'admin');
    return {
      fork_height: forkHeight,
      height: chain.tip.height,
      index_block_hash: `0x${chain.tip.indexHash}`,
      orphaned: prefixed(orphaned),
      mined: prefixed(mined),
      rejected: rejected.map(({ txid, rejection }) => ({ tx_id: `0x${txid}`, ...rejection })),
    };
  });
  server.post('/forget', ({ body }) => ({ forgotten: prefixed(chainFaults.forget(body, 'admin')) }));
  server.post('/restart', ({ body }) => {
    chainFaults.restart(body, 'admin');
    return { height: chain.tip.height, genesis: chain.genesisHash };
  });
}
