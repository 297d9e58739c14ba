import { type Epoch, epochs } from '../support/simnet.ts';
import { BATCH_SIZES, type BatchCost, measureBatches, PARTIES } from './batches.ts';
import { type FunctionCost, measureFunctions } from './functions.ts';
import { measureReads, type ReadCost } from './reads.ts';
import { openScene, type PrincipalKind, type Scene } from './scene.ts';

export interface EpochCosts {
  readonly epoch: Epoch;
  readonly batches: readonly BatchCost[];
  /** The longest batches, whose prosumers are contracts with the longest names. */
  readonly heaviest: readonly BatchCost[];
  readonly functions: readonly FunctionCost[];
  /** In the scene of the heaviest batches. */
  readonly reads: readonly ReadCost[];
}

/** Everything that docs/costs.md tells of the chain, measured anew. @param progress Hears what comes next. */
export async function measureCosts(progress: (line: string) => void): Promise<readonly EpochCosts[]> {
  const measured: EpochCosts[] = [];
  for (const epoch of epochs) measured.push(await measureEpoch(epoch, (line) => progress(`epoch ${epoch}: ${line}`)));
  return measured;
}

async function measureEpoch(epoch: Epoch, progress: (line: string) => void): Promise<EpochCosts> {
  const open = (principals: PrincipalKind): Promise<Scene> => {
    progress(`a grid of 100 prosumers, ${principals} principals`);
    return openScene(epoch, principals);
  };
  const people = await open('standard');
  const batches: BatchCost[] = [];
  for (const party of PARTIES) {
    progress(`batches for ${party}`);
    for (const size of BATCH_SIZES) batches.push(...(await measureBatches(people, party, size)));
  }
  const contracts = await open('contract');
  const heaviest = await measureBatches(contracts, 'many', 100);
  const reads = measureReads(contracts);
  progress('every other function');
  return { epoch, batches, heaviest, reads, functions: await measureFunctions(epoch) };
}
