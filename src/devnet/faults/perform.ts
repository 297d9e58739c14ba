import type { IncomingMessage, ServerResponse } from 'node:http';
import { unreachable } from '../../core/index.ts';
import type { Chain } from '../chain.ts';
import { rawTransaction } from '../routes/node/transactions.ts';
import { UndecodableTransaction } from '../transaction.ts';
import type { ReplyFault } from './fault.ts';
import type { Asked } from './pattern.ts';
import { garbled, jsonReply, type Reply, rateLimited, rawReply, rejected, serverError } from './replies.ts';

/** A request that meets a fault, read to its end. */
export interface Encounter {
  readonly asked: Asked;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
}

export interface PerformDeps {
  readonly chain: Pick<Chain, 'examine'>;
  /** Lets the server do its work, and answers with what it would have replied. */
  readonly handle: (encounter: Encounter) => Promise<Reply>;
  readonly wait: (ms: number) => Promise<void>;
  /** Resolves after the replies to so many later requests of a pattern, or when time is up. */
  readonly othersFirst: (pattern: string, count: number, maxMs: number) => Promise<void>;
}

/** Does to a request what `fault` says. */
export async function perform(deps: PerformDeps, fault: ReplyFault, encounter: Encounter): Promise<void> {
  const { response, asked, request } = encounter;
  const handle = (): Promise<Reply> => deps.handle(encounter);
  const work = async (): Promise<void> => {
    if ('handled' in fault && fault.handled) await handle();
  };
  switch (fault.kind) {
    case 'drop':
      await work();
      request.socket.resetAndDestroy();
      return;
    case 'hang':
      await work();
      return;
    case 'delay': {
      const early = fault.handled ? await handle() : undefined;
      await deps.wait(fault.ms);
      send(response, early ?? (await handle()));
      return;
    }
    case 'reorder': {
      const reply = await handle();
      await deps.othersFirst(fault.on, fault.behind, fault.maxMs);
      send(response, reply);
      return;
    }
    case 'duplicate':
      sendTwice(response, await handle());
      return;
    case 'rate-limit':
      await work();
      send(response, rateLimited(fault.retryAfterSeconds));
      return;
    case 'server-error':
      await work();
      send(response, serverError(fault.status, asked.path));
      return;
    case 'garbage':
      send(response, garbled(await handle()));
      return;
    case 'truncate':
      cut(response, await handle(), fault);
      return;
    case 'swallow': {
      const submission = submissionOf(deps.chain, encounter);
      const taken = submission !== undefined && submission.kind !== 'rejected';
      send(response, taken ? jsonReply(200, submission.txid) : await handle());
      return;
    }
    case 'reject': {
      const submission = submissionOf(deps.chain, encounter);
      if (submission === undefined) {
        send(response, await handle());
        return;
      }
      await work();
      const { reason, reasonData } = fault;
      const data = reasonData === undefined ? {} : { reason_data: reasonData };
      send(response, rejected(submission.txid, { reason, ...data }));
      return;
    }
    default:
      unreachable(fault, 'fault');
  }
}

function sendTwice(response: ServerResponse, reply: Reply): void {
  const { socket } = response;
  response.once('finish', () => socket?.write(rawReply(reply)));
  send(response, reply);
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

function cut(
  response: ServerResponse,
  reply: Reply,
  { keep, announced }: { readonly keep: number; readonly announced: 'kept' | 'whole' },
): void {
  const kept = reply.body.subarray(0, Math.floor(reply.body.length * keep));
  if (announced === 'kept') {
    send(response, { ...reply, body: kept });
    return;
  }
  response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length });
  response.flushHeaders();
  response.write(kept, () => response.socket?.destroy());
}

/** What the posted transaction would come to; `undefined` when the body is none. */
function submissionOf(chain: PerformDeps['chain'], { request, body }: Encounter) {
  try {
    const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
    const raw = rawTransaction(isJson ? JSON.parse(body.toString('utf8')) : body);
    return raw === undefined ? undefined : chain.examine(raw);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof UndecodableTransaction) return undefined;
    throw error;
  }
}
