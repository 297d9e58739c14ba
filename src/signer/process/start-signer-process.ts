import { forkSource } from '../../launch/index.ts';
import { createGridSigner, type GridSigner } from '../grid-signer.ts';
import type { SigningPolicy } from '../policy.ts';
import { SignerChannel } from './channel.ts';
import type { KeySource } from './messages.ts';

export interface SignerProcessOptions extends SigningPolicy {
  /** Where its keys are. Handed over once; nothing of it is kept here. */
  readonly keys: readonly KeySource[];
  /** Milliseconds after which an answer counts as missing. @default 30000 */
  readonly deadlineMs?: number;
}

/** A signer in a process of its own: keys, passwords and what is made of them never come back from there. */
export interface SignerProcess extends GridSigner {
  readonly pid: number;
  /** Rejects when the process ends by itself. It is not started anew: nobody here has the password any more. */
  readonly failure: Promise<never>;
  /** Ends it; its keys are cleared first. */
  close(): Promise<void>;
}

/**
 * Starts a signer and waits until it has unlocked its keys. It inherits neither environment nor output.
 *
 * @throws ConfigError for a key that is missing, open to other users or not unlocked by its password, and for what
 * `createLocalSigner` refuses; FatalError when the process does not start.
 */
export async function startSignerProcess(options: SignerProcessOptions): Promise<SignerProcess> {
  const { keys, network, contractId, feeCap, calls, deadlineMs = 30_000 } = options;
  const child = forkSource(new URL('./main.ts', import.meta.url), ['ignore', 'ignore', 'ignore', 'ipc']);
  const channel = new SignerChannel(child, deadlineMs);
  channel.open({ kind: 'open', keys: [...keys], policy: { network, contractId, feeCap, calls } });
  const accounts = await channel.opened;
  return {
    ...createGridSigner({ accounts, sign: (unsigned) => channel.sign(unsigned) }, { network, contractId }),
    pid: child.pid ?? 0,
    failure: channel.failure,
    close: () => channel.close(),
  };
}
