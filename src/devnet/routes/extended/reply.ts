import type { FastifyReply } from 'fastify';

export const API_VERSION = 'wattmaker-devnet (stacks-blockchain-api v9.0.2)';

const NAMES: Readonly<Record<number, string>> = { 400: 'Bad Request', 404: 'Not Found' };

/** The indexer's way to fail. */
export const failure = (reply: FastifyReply, statusCode: 400 | 404, message: string): FastifyReply =>
  reply.code(statusCode).send({ statusCode, error: NAMES[statusCode], message });

/** Marks a route that the indexer means to remove. */
export const deprecated = (reply: FastifyReply, instead: string): FastifyReply =>
  reply.header('Warning', `299 - "Deprecated: use ${instead}"`);

/** A page size from the query; `undefined` when it is no number within the route's bounds. */
export function pageSize(text: string | undefined, bounds: { readonly usual: number; readonly most: number }) {
  if (text === undefined) return bounds.usual;
  const size = Number(text);
  return Number.isInteger(size) && size >= 0 && size <= bounds.most ? size : undefined;
}

/** An offset from the query; `undefined` when it is no natural number. */
export function pageOffset(text: string | undefined): number | undefined {
  const offset = Number(text ?? 0);
  return Number.isInteger(offset) && offset >= 0 ? offset : undefined;
}

export const bareHash = (text: string): string => text.toLowerCase().replace(/^0x/, '');

export const badPage = (reply: FastifyReply): FastifyReply =>
  failure(reply, 400, 'querystring: limit or offset out of bounds');
