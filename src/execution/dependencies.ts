import type { Clock, Log } from '../core/index.ts';
import type { ChainPort } from './ports/chain.ts';
import type { LaneLedger, LedgerPort } from './ports/ledger.ts';
import type { QueuePort } from './ports/queue.ts';
import type { SignerPort } from './ports/signer.ts';

export interface ExecutionDependencies {
  readonly ledger: LedgerPort;
  readonly queue: QueuePort;
  readonly chain: ChainPort;
  readonly signer: SignerPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** What one lane's work needs: it writes through the lane's lease alone. */
export interface LaneDependencies extends Omit<ExecutionDependencies, 'ledger'> {
  readonly ledger: LaneLedger;
  /** Of the jobs that post the transactions of all lanes that are held with this one. */
  readonly topic: string;
}
