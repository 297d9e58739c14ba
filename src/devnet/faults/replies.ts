import { STATUS_CODES } from 'node:http';
import type { Rejection } from '../admission.ts';
import { dialectOf } from '../dialect.ts';
import { sha512t256 } from '../hashing.ts';

/** One HTTP reply; header names are lower case. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const reply = (status: number, type: string, body: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': type, ...headers },
  body: Buffer.from(body),
});

export const jsonReply = (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  reply(status, 'application/json; charset=utf-8', JSON.stringify(body), headers);

/** The hosted gateway's refusal. Its `ratelimit-*` headers go with `retry-after`. */
export function rateLimited(retryAfterSeconds: number | null): Reply {
  const seconds = String(retryAfterSeconds);
  const told = { 'retry-after': seconds, 'ratelimit-remaining': '0', 'ratelimit-reset': seconds };
  return jsonReply(429, { message: 'API rate limit exceeded' }, retryAfterSeconds === null ? {} : told);
}

/** 500 in the words of the server that `path` belongs to; any other status comes from a gateway before it. */
export function serverError(status: number, path: string): Reply {
  const name = STATUS_CODES[status] ?? 'Server Error';
  if (status !== 500) return reply(status, 'text/html', `<html><body><h1>${status} ${name}</h1></body></html>`);
  if (dialectOf(path) === 'node') return reply(status, 'text/plain; charset=utf-8', name);
  return jsonReply(status, { statusCode: status, error: name, message: name });
}

export const rejected = (txid: string, rejection: Rejection): Reply =>
  jsonReply(400, { error: 'transaction rejected', ...rejection, txid });

/** `reply` with a body of as many bytes that mean nothing, drawn from its own. */
export function garbled(reply: Reply): Reply {
  const parts: Buffer[] = [];
  let hash = sha512t256(reply.body);
  for (let length = 0; length < reply.body.length; length += 32) {
    parts.push(Buffer.from(hash, 'hex'));
    hash = sha512t256(hash);
  }
  return { ...reply, body: Buffer.concat(parts).subarray(0, reply.body.length) };
}

/** `reply` as the bytes of HTTP/1.1. */
export function rawReply({ status, headers, body }: Reply): Buffer {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) }).map((pair) => pair.join(': '));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head), body]);
}
