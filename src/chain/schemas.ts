import { z } from 'zod';

const natural = z.number().int().nonnegative();
const bareHash = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/, 'expected 64 hex digits')
  .transform((hash) => hash.toLowerCase().replace(/^0x/, ''));
const hex = z
  .string()
  .regex(/^(0x)?([0-9a-fA-F]{2})+$/, 'expected hex digits')
  .transform((text) => text.toLowerCase().replace(/^0x/, ''));
const decimal = z
  .string()
  .regex(/^\d+$/, 'expected a decimal number')
  .transform((digits) => BigInt(digits));
const u128 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,32}$/, 'expected a hex number')
  .transform((digits) => BigInt(digits));

/** `GET /v2/info` */
export const nodeInfo = z.object({
  network_id: natural,
  server_version: z.string(),
  stacks_tip_height: natural,
  stacks_tip: bareHash,
  stacks_tip_consensus_hash: z.string().regex(/^(0x)?[0-9a-fA-F]{40}$/, 'expected 40 hex digits'),
  genesis_chainstate_hash: bareHash,
});
export type NodeInfo = z.infer<typeof nodeInfo>;

/** `GET /v2/accounts/{principal}` */
export const nodeAccount = z.object({ balance: u128, nonce: natural });

/** `POST /v2/contracts/call-read/…` */
export const callReadAnswer = z.discriminatedUnion('okay', [
  z.object({ okay: z.literal(true), result: hex }),
  z.object({ okay: z.literal(false), cause: z.string() }),
]);

/** `GET /v2/contracts/source/…` */
export const contractSource = z.object({ source: z.string() });

/** `GET /v2/fees/transfer` */
export const feePerByte = natural;

const amount = z.union([natural.transform((value) => BigInt(value)), u128]);

/** A rejection by `POST /v2/transactions`. `reason_data` differs by reason; only these fields of it are used. */
export const rejection = z.object({
  reason: z.string(),
  reason_data: z
    .object({
      expected: amount.optional().catch(undefined),
      actual: amount.optional().catch(undefined),
      message: z.string().optional().catch(undefined),
    })
    .nullish()
    .catch(null),
});

const droppedStatus = z.string().regex(/^dropped_/, 'expected a known transaction status');
const minedStatus = z.enum(['success', 'abort_by_response', 'abort_by_post_condition', 'problematic_skipped']);

/** A transaction of the v1 routes. */
export const transactionV1 = z.union([
  z.object({ tx_id: bareHash, tx_status: z.literal('pending') }),
  z.object({
    tx_id: bareHash,
    tx_status: minedStatus,
    canonical: z.boolean(),
    block_height: natural,
    block_hash: bareHash,
    fee_rate: decimal,
    tx_result: z.object({ hex }),
  }),
  z.object({ tx_id: bareHash, tx_status: droppedStatus }),
]);
export type TransactionV1 = z.infer<typeof transactionV1>;

/** `GET /extended/v1/tx/multiple` */
export const transactionsV1 = z.record(
  z.string(),
  z.discriminatedUnion('found', [
    z.object({ found: z.literal(true), result: transactionV1 }),
    z.object({ found: z.literal(false) }),
  ]),
);

/** `GET /extended/v3/transactions/{tx_id}?include=result` */
export const transactionV3 = z.union([
  z.object({ status: z.literal('pending') }),
  z.object({
    status: minedStatus,
    block: z.object({ height: natural, index_hash: bareHash }),
    fee_rate: decimal,
    result: z.object({ hex }),
  }),
  z.object({ status: droppedStatus }),
]);

/** `GET /extended/v3/principals/{principal}/nonces` */
export const noncesV3 = z.object({
  mempool: z.object({ last_nonce: natural.nullable(), pending_nonces: z.array(natural) }),
});

/** `GET /extended/v1/address/{principal}/nonces` */
export const noncesV1 = z.object({
  last_mempool_tx_nonce: natural.nullable(),
  detected_mempool_nonces: z.array(natural),
});

/** `GET /extended/v2/blocks/{height}` */
export const block = z.object({ canonical: z.boolean(), height: natural, hash: bareHash, index_block_hash: bareHash });

/** `GET /extended/v2/smart-contracts/{contract_id}/logs` */
export const contractLogs = z.object({
  cursor: z.string().nullable(),
  prev_cursor: z.string().nullable(),
  results: z.array(
    z.object({
      tx_id: bareHash,
      contract_log: z.object({ contract_id: z.string(), topic: z.string(), value: z.object({ hex }) }),
    }),
  ),
});
