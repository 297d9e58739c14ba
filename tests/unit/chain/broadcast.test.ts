import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RejectionReason } from '../../../src/execution/ports/chain.ts';
import type { Scripted } from '../../support/scripted-server.ts';
import { bench, deadUrl, INFO } from './harness.ts';

const POST = '/v2/transactions';
const HEX = '80800000000400aabbcc';
const ID = createHash('sha512-256').update(HEX, 'hex').digest('hex');
const ACCEPTED: Scripted = { json: ID };

const principal = 'ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG';
const u128 = (value: number) => `0x${value.toString(16).padStart(32, '0')}`;

/** What the node says with each reason, and the figures that come of it. */
const rejections: Readonly<
  Record<Exclude<RejectionReason, 'Unknown'>, readonly [data: unknown, expected?: bigint, actual?: bigint]>
> = {
  Serialization: [{ message: 'codec' }],
  Deserialization: [{ message: 'codec' }],
  BadTransactionVersion: [undefined],
  TransferRecipientCannotEqualSender: [{ recipient: principal }],
  TransferAmountMustBePositive: [undefined],
  SignatureValidation: [{ message: 'high-S' }],
  FeeTooLow: [{ expected: 180, actual: 1 }, 180n, 1n],
  BadNonce: [{ expected: 4, actual: 3, principal, is_origin: true }, 4n, 3n],
  TooMuchChaining: [{ message: 'far', expected: 30, actual: 99, principal, is_origin: true }, 30n, 99n],
  NotEnoughFunds: [{ expected: u128(2_000), actual: u128(7) }, 2_000n, 7n],
  NoSuchContract: [undefined],
  NoSuchPublicFunction: [undefined],
  BadFunctionArgument: [{ message: 'arity' }],
  ContractAlreadyExists: [{ contract_identifier: `${principal}.energy-grid` }],
  ConflictingNonceInMempool: [undefined],
  BadAddressVersionByte: [undefined],
  PoisonMicroblocksDoNotConflict: [undefined],
  PoisonMicroblockHasUnknownPubKeyHash: [undefined],
  PoisonMicroblockIsInvalid: [undefined],
  NoCoinbaseViaMempool: [undefined],
  NoTenureChangeViaMempool: [undefined],
  TemporarilyBlacklisted: [undefined],
  EstimatorError: [{ message: 'database' }],
  ServerFailureNoSuchChainTip: [undefined],
  ServerFailureDatabase: [{ message: 'locked' }],
  ServerFailureOther: [{ message: 'epoch' }],
};

const rejection = (reason: string, data?: unknown): Scripted => ({
  status: 400,
  json: { error: 'transaction rejected', reason, reason_data: data, txid: ID },
});

describe('broadcast', () => {
  it('behavior: the bytes are posted as they are, and accepted with their id', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(POST, ACCEPTED);
    expect(await client.broadcast(HEX)).toEqual({ kind: 'accepted', txId: ID });
    const posted = servers[0]!.requests.at(-1)!;
    expect(posted.body.toString('hex')).toBe(HEX);
    expect(posted.headers['content-type']).toBe('application/octet-stream');
  });

  it.each(Object.entries(rejections))('behavior: %s is a rejection with its figures', async (reason, told) => {
    const [data, expected = null, actual = null] = told;
    const { client, servers } = await bench();
    servers[0]!.on(POST, rejection(reason, data));
    const outcome = await client.broadcast(HEX);
    expect(outcome).toMatchObject({ kind: 'rejected', reason, expected, actual });
    expect(outcome.kind === 'rejected' && outcome.message.startsWith(reason)).toBe(true);
    expect(servers[0]!.paths).toEqual([POST]);
  });

  it('behavior: a reason of a later release is Unknown and quoted', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(POST, rejection('BrandNew', 'of another shape'));
    expect(await client.broadcast(HEX)).toMatchObject({ kind: 'rejected', reason: 'Unknown', message: 'BrandNew' });
  });

  it('behavior: 400 in plain text is how the node rejects what it cannot decode', async () => {
    const { client, servers } = await bench();
    servers[0]!.on(POST, { status: 400, text: 'Failed to decode:\n\u001b[31mposted transaction' });
    expect(await client.broadcast(HEX)).toEqual({
      kind: 'rejected',
      reason: 'Deserialization',
      message: 'Failed to decode: [31mposted transaction',
      expected: null,
      actual: null,
    });
  });

  it.each<[string, Scripted]>([
    ['a reset connection', 'reset'],
    ['an answer cut short', 'cut'],
    ['no answer', 'hang'],
    ['status 500', { status: 500, text: '' }],
    ['another id', { json: 'cd'.repeat(32) }],
    ['no id', { text: 'ok' }],
    ['a 400 that is no rejection', { status: 400, json: { statusCode: 400, error: 'Bad Request', message: '?' } }],
    ['a web page', { status: 400, text: '<html>', headers: { 'content-type': 'text/html' } }],
    ['status 404', { status: 404, text: 'nothing here' }],
  ])('behavior: %s leaves the outcome unknown; nothing is posted twice', async (_, answer) => {
    const { client, servers } = await bench({ count: 2, deadlineMs: 80 });
    servers[0]!.on(POST, answer);
    servers[1]!.on(POST, ACCEPTED);
    expect(await client.broadcast(HEX)).toMatchObject({ kind: 'unknown', retryAfterMs: null });
    expect(servers.flatMap((server) => server.paths)).toEqual([POST]);
  });

  it('behavior: 429 is unknown with the pause asked for, and the server is left alone so long', async () => {
    const { client, servers, pass } = await bench();
    servers[0]!.on(POST, { status: 429, headers: { 'retry-after': '5' }, json: {} }, ACCEPTED);
    expect(await client.broadcast(HEX)).toMatchObject({ kind: 'unknown', retryAfterMs: 5_000 });
    expect(await client.broadcast(HEX)).toMatchObject({ kind: 'unknown', retryAfterMs: 5_000 });
    expect(servers[0]!.paths).toEqual([POST]);
    pass(5_000);
    expect(await client.broadcast(HEX)).toEqual({ kind: 'accepted', txId: ID });
  });

  it('behavior: the next server is tried where nothing can have been sent', async () => {
    const { client, servers } = await bench({ dead: [await deadUrl()] });
    servers[0]!.on(POST, ACCEPTED);
    expect(await client.broadcast(HEX)).toEqual({ kind: 'accepted', txId: ID });
  });

  it('behavior: nobody there is unknown, not an error', async () => {
    const { client } = await bench({ count: 0, dead: [await deadUrl(), await deadUrl()] });
    const outcome = await client.broadcast(HEX);
    expect(outcome).toMatchObject({ kind: 'unknown', retryAfterMs: null });
    expect(outcome.kind === 'unknown' && outcome.cause).toContain('ECONNREFUSED');
  });

  it('error: nothing is posted to a node of another network', async () => {
    const { client, servers } = await bench();
    servers[0]!.on('/v2/info', { json: { ...INFO, network_id: 1 } }).on(POST, ACCEPTED);
    await expect(client.broadcast(HEX)).rejects.toMatchObject({ name: 'ConfigError' });
    expect(servers[0]!.paths).toEqual([]);
  });
});
