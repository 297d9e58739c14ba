import type { FastifyReply } from 'fastify';
import type { Block } from '../../block.ts';
import type { Chain } from '../../chain.ts';

/** The node's way to fail: a status and one line of text. */
export const text = (reply: FastifyReply, status: number, message: string): FastifyReply =>
  reply.code(status).type('text/plain; charset=utf-8').send(message);

/** A JSON body that is a bare value; Fastify would send a string as text. */
export const json = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));

export interface TipQuery {
  readonly tip?: string;
}

/** The block that `?tip=` names: the newest one, or one of this chain by its index block hash. */
export function blockAtTip(chain: Chain, { tip }: TipQuery): Block | undefined {
  if (tip === undefined || tip === '' || tip === 'latest') return chain.tip;
  const block = chain.explorer.blockBy(tip.toLowerCase().replace(/^0x/, ''));
  return block !== undefined && tip.toLowerCase().endsWith(block.indexHash) ? block : undefined;
}

export const noSuchTip = (reply: FastifyReply, { tip }: TipQuery): FastifyReply =>
  text(reply, 404, `Chain tip '${tip}' not found`);
