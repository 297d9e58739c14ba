import type { ForgetInput, ReorgInput } from '../../src/devnet/faults/actions.ts';
import type { FaultInput } from '../../src/devnet/faults/fault.ts';
import type { ActiveFault, FaultsReport, Firing } from '../../src/devnet/faults/faults.ts';
import type { ScheduleInput } from '../../src/devnet/faults/schedule.ts';

/** What a reorganisation came to; ids are with `0x`. */
export interface ReorgAnswer {
  readonly fork_height: number;
  readonly height: number;
  readonly index_block_hash: string;
  readonly orphaned: readonly string[];
  readonly mined: readonly string[];
  readonly rejected: readonly { readonly tx_id: string; readonly reason: string }[];
}

/** The embedded chain's fault routes, typed. Every function throws with the chain's own words where it refuses. */
export interface FaultClient {
  add(fault: FaultInput): Promise<ActiveFault>;
  remove(id: number): Promise<FaultsReport>;
  /** Ends all faults and the schedule. */
  clear(): Promise<FaultsReport>;
  report(): Promise<FaultsReport>;
  /** How often each kind happened since the start. */
  counts(): Promise<FaultsReport['counts']>;
  /** What happened after the firing of that number. */
  log(after?: number): Promise<readonly Firing[]>;
  schedule(options: ScheduleInput): Promise<FaultsReport>;
  endSchedule(): Promise<FaultsReport>;
  reorg(options: ReorgInput): Promise<ReorgAnswer>;
  /** Loses waiting transactions; answers with their ids. */
  forget(options: ForgetInput): Promise<readonly string[]>;
  /** Stops mining for so many blocks, or until the function that it answers with is called. */
  stallTip(forBlocks?: number): Promise<() => Promise<void>>;
  /** Holds the indexer so many blocks behind, for so many blocks or until the function that it answers with is called. */
  lagIndexer(by: number, forBlocks?: number): Promise<() => Promise<void>>;
  /** Cuts all connections and begins anew within the process, with the chain or as another one. */
  restart(state: 'keep' | 'discard'): Promise<{ readonly height: number; readonly genesis: string }>;
}

export function createFaultClient(devnet: { readonly url: string; readonly adminToken: string }): FaultClient {
  async function ask<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${devnet.url}/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${devnet.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      throw new Error(`${method} /admin/${path} was answered with ${response.status}: ${await response.text()}`);
    }
    return (await response.json()) as Answer;
  }
  const report = (): Promise<FaultsReport> => ask('GET', 'faults');
  const remove = (id: number): Promise<FaultsReport> => ask('DELETE', `faults/${id}`);
  const add = (fault: FaultInput): Promise<ActiveFault> => ask('POST', 'faults', fault);
  const until = async (fault: FaultInput): Promise<() => Promise<void>> => {
    const { id } = await add(fault);
    return async () => {
      await remove(id);
    };
  };
  const lasting = (forBlocks?: number) => (forBlocks === undefined ? {} : { forBlocks });
  return {
    add,
    remove,
    clear: () => ask('DELETE', 'faults'),
    report,
    counts: async () => (await report()).counts,
    log: (after = 0) => ask('GET', `faults/log?after=${after}`),
    schedule: (options) => ask('POST', 'faults/schedule', options),
    endSchedule: () => ask('DELETE', 'faults/schedule'),
    reorg: (options) => ask('POST', 'reorg', options),
    forget: async (options) => (await ask<{ forgotten: readonly string[] }>('POST', 'forget', options)).forgotten,
    stallTip: (forBlocks) => until({ kind: 'stall', ...lasting(forBlocks) }),
    lagIndexer: (by, forBlocks) => until({ kind: 'indexer-lag', by, ...lasting(forBlocks) }),
    restart: (state) => ask('POST', 'restart', { state }),
  };
}
