/**
 * What goes over the channel between the bot and its signer. Both sides hold what they receive against these schemas;
 * another process, or a machine elsewhere, could answer the same messages.
 */
import { z } from 'zod';
import { type MicroStx, microStx, type Principal, principal, type TxId, txId } from '../../core/index.ts';
import { networkNames } from '../network.ts';

const hex = z.string().regex(/^([0-9a-f]{2})+$/);

const keySource = z.discriminatedUnion('kind', [
  /** A key of the keystore in `folder`. */
  z.strictObject({ kind: z.literal('stored'), folder: z.string(), name: z.string(), password: z.string() }),
  /** Words or hex, as the environment has them. */
  z.strictObject({ kind: z.literal('text'), name: z.string(), text: z.string() }),
]);
/** Where the signer finds a key. */
export type KeySource = z.infer<typeof keySource>;

/** The first message, once: which keys, and all that they may ever sign. */
export const openMessage = z.strictObject({
  kind: z.literal('open'),
  keys: z.array(keySource).min(1),
  policy: z.strictObject({
    network: z.enum(networkNames),
    contractId: z.string(),
    feeCap: z.number().transform((value): MicroStx => microStx(value)),
    calls: z.enum(['batches', 'every']).optional(),
  }),
});

/** Transactions to sign, in any number; each is answered by itself. */
export const signMessage = z.strictObject({
  kind: z.literal('sign'),
  id: z.int(),
  unsigned: z.array(hex),
});

/** An error of the project's tree as data. Of any other only its class and where it was thrown: no message leaves. */
const failure = z.strictObject({
  name: z.enum(['ConfigError', 'CorruptionError', 'RejectedError', 'Defect']),
  message: z.string(),
  code: z.string().nullable(),
  hints: z.array(z.string()),
});
export type Failure = z.infer<typeof failure>;

const signed = z.strictObject({
  kind: z.literal('signed'),
  txId: z.string().transform((text): TxId => txId(text)),
  hex,
});
const refused = z.strictObject({ kind: z.literal('refused'), failure });
export type SignAnswer = z.infer<typeof signed> | z.infer<typeof refused>;

export const answerMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('opened'),
    accounts: z.array(
      z.strictObject({
        address: z.string().transform((text): Principal => principal(text)),
        publicKey: hex,
      }),
    ),
  }),
  z.strictObject({
    kind: z.literal('answered'),
    id: z.int(),
    answers: z.array(z.discriminatedUnion('kind', [signed, refused])),
  }),
  /** It cannot open, or it has met a defect; nothing follows. */
  z.strictObject({ kind: z.literal('failed'), failure }),
]);

export type OpenMessage = z.input<typeof openMessage>;
export type SignMessage = z.input<typeof signMessage>;
export type AnswerMessage = z.infer<typeof answerMessage>;
