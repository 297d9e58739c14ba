import type { BatchCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import type { Cost } from '../support/simnet.ts';
import { buyBatch, cancelBatch, listBatch } from './batch-calls.ts';
import { totalOf } from './limits.ts';
import type { Scene } from './scene.ts';
import { signedBytes } from './signed-bytes.ts';

export const BATCH_KINDS = ['buy', 'list', 'cancel'] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];
export const BATCH_SIZES = [1, 10, 50, 100] as const;

/** Whom a batch acts for: another prosumer in each entry, or the same one, by its operator; or its own signer. */
export const PARTIES = ['many', 'one', 'itself'] as const;
export type Party = (typeof PARTIES)[number];

export interface BatchCost {
  readonly kind: BatchKind;
  readonly party: Party;
  readonly entries: number;
  /** Of the signed transaction. */
  readonly bytes: number;
  readonly cost: Cost;
}

/** Lists and buys, lists and cancels that many offers, and tells what each kind of batch took. Every entry succeeds. */
export async function measureBatches(scene: Scene, party: Party, entries: number): Promise<readonly BatchCost[]> {
  const { sellers, buyers, seller, buyer } = cast(scene, party, entries);
  const measure = async (kind: BatchKind, caller: Principal, call: BatchCall) => {
    const { values, cost } = play(scene, caller, call);
    return { values, row: { kind, party, entries, bytes: await signedBytes(call), cost } };
  };
  const first = play(scene, seller, listBatch(sellers));
  const bought = await measure('buy', buyer, buyBatch(buyers, first.values));
  // Not the first listing of all, which finds no page of the bitmap to change.
  const listed = await measure('list', seller, listBatch(sellers));
  const cancelled = await measure('cancel', seller, cancelBatch(sellers, listed.values));
  return [bought.row, listed.row, cancelled.row];
}

function cast({ people, operator }: Scene, party: Party, entries: number) {
  const at = (index: number) => people[index % people.length] as Principal;
  const everyEntry = (first: number) =>
    Array.from({ length: entries }, (_, index) => at(party === 'many' ? first + index : first));
  const [seller, buyer] = party === 'itself' ? [at(0), at(1)] : [operator, operator];
  return { sellers: everyEntry(0), buyers: everyEntry(1), seller, buyer };
}

function play({ grid }: Scene, caller: Principal, call: BatchCall): { values: readonly bigint[]; cost: Cost } {
  const { result, cost } = grid.call(caller, call);
  if (!result.ok) throw new Error(`expected ${call.kind} to answer ok, was ${result.error}`);
  const values = result.entries.map((entry, index) => {
    if (!entry.ok) throw new Error(`expected entry ${index} of ${call.kind} to succeed, was ${entry.error}`);
    return entry.value;
  });
  return { values, cost: totalOf(cost) };
}
