import { z } from 'zod';
import { ConfigError, type TxId, txId } from '../../core/index.ts';

const shape = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ transactions: z.array(z.string().regex(/^[0-9a-f]{64}$/)).min(1) }),
]);

/** What `POST /cancel` takes: the ids of some transactions' attempts, or all. */
export type CancelRequest = z.infer<typeof shape>;

/** @throws ConfigError for anything else. */
export function readCancelRequest(body: unknown): readonly TxId[] | 'all' {
  const { success, data } = shape.safeParse(body);
  if (success) return 'all' in data ? 'all' : data.transactions.map(txId);
  throw new ConfigError(
    `expected {"all": true} or {"transactions": [ids of 64 hex digits]}, was ${JSON.stringify(body) ?? 'nothing'}`,
  );
}
