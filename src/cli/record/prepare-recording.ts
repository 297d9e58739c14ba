import { assertBinding } from '../../../backtest/data/recording/binding.ts';
import { createRecording } from '../../../backtest/data/recording/create-recording.ts';
import type { Disk } from '../../../backtest/data/recording/disk.ts';
import { isRecording, type RecordingBegin, readManifest } from '../../../backtest/data/recording/manifest.ts';
import { OPENING_DIGEST } from '../../contract/index.ts';
import { ConfigError, height, type Principal, principal, RejectedError, sequence } from '../../core/index.ts';
import { readSnapshot } from '../../service/follower/index.ts';
import type { RecordSource } from './record-source.ts';

/**
 * Makes the recording where there is none, and holds one that there is to the source's chain and contract.
 *
 * @param options.fromHeight the first block whose events are wanted; null for all.
 * @throws ConfigError for another chain, contract or beginning, and for a height that the chain cannot be read at.
 */
export async function prepareRecording(
  { disk, folder }: { readonly disk: Disk; readonly folder: string },
  { chain, contractId }: RecordSource,
  { fromHeight }: { readonly fromHeight: number | null },
): Promise<void> {
  const { chainId, genesis } = await chain.identity();
  const binding = { chainId, genesis, contractId };
  if (isRecording(folder)) {
    assertBinding(folder, readManifest(folder), { chain: binding, fromHeight });
    return;
  }
  const owner = principal(contractId.split('.')[0] ?? '');
  const begin = await beginAt({ chain, contractId }, { fromHeight, owner });
  createRecording(disk, folder, { origin: { kind: 'chain', fromHeight }, chain: binding, owner, begin });
}

/** The market in front of the first block that is wanted. */
async function beginAt(
  { chain, contractId }: Pick<RecordSource, 'chain' | 'contractId'>,
  { fromHeight, owner }: { readonly fromHeight: number | null; readonly owner: Principal },
): Promise<RecordingBegin> {
  if (fromHeight === null) return { sequence: sequence(0), digest: OPENING_DIGEST, snapshot: null };
  const before = height(Math.max(0, fromHeight - 1));
  const tip = await chain.blockHashAt(before);
  if (tip === null) {
    throw new ConfigError(`expected a height that the chain has passed, was --from ${fromHeight}`);
  }
  const snapshot = await readSnapshot(chain, { owner, prosumers: [], delegations: [] }, { tip }).catch(
    (cause: unknown) => {
      if (!(cause instanceof RejectedError)) throw cause;
      throw new ConfigError(`expected ${contractId} to exist in front of block ${fromHeight}, was not there`, {
        cause,
        hints: ['Leave out --from to record from its first event.'],
      });
    },
  );
  return { sequence: snapshot.summary.sequence, digest: snapshot.summary.digest, snapshot };
}
