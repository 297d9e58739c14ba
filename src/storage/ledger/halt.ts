import type { Transaction as SqlTransaction } from 'kysely';
import type { LaneHalt } from '../../execution/ports/ledger-records.ts';
import type { LedgerSchema } from './schema.ts';

/** Writes down why a lane sends nothing new, or, with null, that it does again. */
export async function writeHalt(trx: SqlTransaction<LedgerSchema>, lane: string, halt: LaneHalt | null): Promise<void> {
  await trx
    .updateTable('lanes')
    .set({ halt_cause: halt?.cause ?? null, halt_reason: halt?.reason ?? null, halted_at: halt?.at ?? null })
    .where('lane', '=', lane)
    .execute();
}
