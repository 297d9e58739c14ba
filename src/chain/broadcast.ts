import { createHash } from 'node:crypto';
import { BaseError, ConfigError, type TxId, txId } from '../core/index.ts';
import type { BroadcastOutcome, RejectionReason } from '../execution/ports/chain.ts';
import { oneLine } from './answer.ts';
import { type AskDeps, askServer, limitsOf, noAnswer } from './ask.ts';
import type { Connection } from './connection.ts';
import { rejection } from './schemas.ts';
import { callable } from './server.ts';
import type { ServerFailure } from './server-failure.ts';

const PATH = '/v2/transactions';

/**
 * Posts signed bytes once. Another server is tried only where nothing can have reached the one before; anything else
 * that is neither acceptance nor rejection is `unknown`, for execution to decide on.
 */
export async function broadcast(deps: AskDeps, txHex: string): Promise<BroadcastOutcome> {
  try {
    return await postOnce(deps, txHex);
  } catch (error) {
    // A node of another chain stops the bot; any other answer leaves the outcome open.
    if (!(error instanceof BaseError) || error instanceof ConfigError) throw error;
    return unknown(error.message);
  }
}

async function postOnce(deps: AskDeps, txHex: string): Promise<BroadcastOutcome> {
  const { clock } = deps.options;
  const bytes = Buffer.from(txHex, 'hex');
  const endsAt = clock.now() + limitsOf(deps.options).totalMs;
  const failures: ServerFailure[] = [];
  for (const server of callable(deps.servers, clock.now())) {
    let posted = false;
    const answer = await askServer(deps, { server, endsAt }, async (connection) => {
      posted = true;
      return post(connection, bytes);
    });
    if (answer.kind === 'answer') return answer.value;
    failures.push(answer.failure);
    if (posted && !answer.failure.nothingSent) break;
  }
  const error = noAnswer(deps, failures);
  const retryAfterMs = failures.at(-1)?.retryAfterMs ?? error.retryAfterMs ?? null;
  return { kind: 'unknown', cause: error.message, retryAfterMs };
}

async function post(connection: Connection, bytes: Uint8Array<ArrayBuffer>): Promise<BroadcastOutcome> {
  const response = await connection.send(PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  const text = await response.text();
  const data = parsed(text);
  if (response.status === 200) return acceptance(data, idOf(bytes));
  const type = response.headers.get('content-type') ?? '';
  if (response.status === 400 && data.json && type.startsWith('application/json')) {
    const result = rejection.safeParse(data.value);
    if (result.success) return rejected(result.data);
  }
  // The node answers undecodable bytes in plain text.
  if (response.status === 400 && type.startsWith('text/plain')) {
    return { kind: 'rejected', reason: 'Deserialization', message: oneLine(text), expected: null, actual: null };
  }
  return unknown(`POST ${PATH} was answered with status ${response.status}: ${oneLine(text)}`);
}

/** A transaction's id: SHA-512/256 of all its bytes. */
const idOf = (bytes: Uint8Array): TxId => txId(createHash('sha512-256').update(bytes).digest('hex'));

type Parsed = { readonly json: true; readonly value: unknown } | { readonly json: false };

function parsed(text: string): Parsed {
  try {
    return { json: true, value: JSON.parse(text) };
  } catch {
    return { json: false };
  }
}

function acceptance(data: Parsed, expected: TxId): BroadcastOutcome {
  if (data.json && typeof data.value === 'string' && data.value.replace(/^0x/, '') === expected) {
    return { kind: 'accepted', txId: expected };
  }
  const was = data.json ? oneLine(JSON.stringify(data.value)) : 'no JSON';
  return unknown(`expected POST ${PATH} to answer "${expected}", was ${was}`);
}

function rejected({ reason, reason_data: data }: (typeof rejection)['_output']): BroadcastOutcome {
  const expected = data?.expected ?? null;
  const actual = data?.actual ?? null;
  const figures = expected === null || actual === null ? '' : ` (expected ${expected}, was ${actual})`;
  const message = `${oneLine(reason)}${data?.message === undefined ? '' : `: ${oneLine(data.message)}`}${figures}`;
  return { kind: 'rejected', reason: isReason(reason) ? reason : 'Unknown', message, expected, actual };
}

const unknown = (cause: string): BroadcastOutcome => ({ kind: 'unknown', cause, retryAfterMs: null });

/** Source: stacks-core, MemPoolRejection::into_json. */
const reasons: Readonly<Record<RejectionReason, true>> = {
  Serialization: true,
  Deserialization: true,
  BadTransactionVersion: true,
  TransferRecipientCannotEqualSender: true,
  TransferAmountMustBePositive: true,
  SignatureValidation: true,
  FeeTooLow: true,
  BadNonce: true,
  TooMuchChaining: true,
  NotEnoughFunds: true,
  NoSuchContract: true,
  NoSuchPublicFunction: true,
  BadFunctionArgument: true,
  ContractAlreadyExists: true,
  ConflictingNonceInMempool: true,
  BadAddressVersionByte: true,
  PoisonMicroblocksDoNotConflict: true,
  PoisonMicroblockHasUnknownPubKeyHash: true,
  PoisonMicroblockIsInvalid: true,
  NoCoinbaseViaMempool: true,
  NoTenureChangeViaMempool: true,
  TemporarilyBlacklisted: true,
  EstimatorError: true,
  ServerFailureNoSuchChainTip: true,
  ServerFailureDatabase: true,
  ServerFailureOther: true,
  Unknown: true,
};

const isReason = (text: string): text is RejectionReason => Object.hasOwn(reasons, text);
