import type { IntentState, Transaction } from '../../src/execution/index.ts';
import { isLive } from '../../src/execution/ports/transaction.ts';
import type { Evidence, MinedTransaction } from './evidence.ts';

/** What must be empty after every round: one line for people for each thing found. */
export interface Findings {
  /** Intents whose fate nobody knows, or that the ledger ended otherwise than the chain. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Whatever chain and ledger do not both know, and in the same way. */
  readonly unexplained: readonly string[];
  /** Nonces that are nobody's, or that two hold. */
  readonly nonces: readonly string[];
  /** Work that is left although the world is well again. */
  readonly unfinished: readonly string[];
  readonly leaks: readonly string[];
}

export const countOf = (findings: Findings): number => Object.values(findings).flat().length;

const ENDED: readonly IntentState[] = ['done', 'failed', 'superseded', 'expired', 'cancelled'];

/** Compares the chain's own history with the ledger, the queue and the intents that the bots recorded. */
export function judge(evidence: Evidence): Omit<Findings, 'leaks'> {
  const { mined, foreign, overwritten, zombies, transactions, jobs, unread, differences } = evidence;
  const attempts = new Map(
    transactions.flatMap((one) => ('attempts' in one ? one.attempts.map(({ txId }) => [txId, one] as const) : [])),
  );
  const ours = mined.filter(({ txId }) => !foreign.has(txId));
  const executions = executionsOf(ours, (one) => attempts.get(one.txId));
  return {
    lost: [...lostIntents(evidence, executions)],
    twice: [...twiceExecuted(ours, executions)],
    unexplained: [
      ...ours.filter(({ txId }) => !attempts.has(txId)).map(({ txId }) => `the chain has ${txId}, no attempt of ours`),
      ...overwritten.map((txId) => `${txId} of a stranger was in the mempool and had to make room for one of ours`),
      ...zombies,
      ...differences,
    ],
    nonces: [...oddNonces(evidence)],
    unfinished: [
      ...transactions
        .filter((one) => one.state === 'claimed' || isLive(one))
        .map(({ id, nonce, state }) => `transaction ${id} (nonce ${nonce}) is still ${state}`),
      ...(jobs > 0 ? [`${jobs} jobs are left in the queue`] : []),
      ...(unread > 0 ? [`${unread} events of the chain were never read`] : []),
    ],
  };
}

/** How often the chain did what each intent wanted. */
function executionsOf(
  ours: readonly MinedTransaction[],
  transactionOf: (mined: MinedTransaction) => Transaction | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of ours) {
    const { intentIds = [] } = transactionOf(one) ?? {};
    for (const [index, done] of one.done.entries()) {
      const id = intentIds[index];
      if (done && id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function* lostIntents(
  { intents, recorded, transactions }: Evidence,
  executions: ReadonlyMap<string, number>,
): Generator<string> {
  const known = new Map(intents.map(({ planned, state }) => [planned.id, state]));
  for (const id of new Set([...recorded, ...transactions.flatMap(({ intentIds }) => intentIds)])) {
    if (!known.has(id)) yield `intent ${id} was recorded and is not in the ledger`;
  }
  for (const [id, state] of known) {
    const times = executions.get(id) ?? 0;
    if (!ENDED.includes(state)) yield `intent ${id} is still ${state}`;
    else if (state === 'done' && times === 0) yield `intent ${id} is done in the ledger, not on the chain`;
    else if (state !== 'done' && times > 0) yield `intent ${id} is done on the chain, ${state} in the ledger`;
  }
}

/** By the ledger's word on which intents a transaction carries, and without it: no two listings are alike. */
function* twiceExecuted(ours: readonly MinedTransaction[], executions: ReadonlyMap<string, number>): Generator<string> {
  for (const [id, times] of executions) if (times > 1) yield `intent ${id} was executed ${times} times`;
  const seen = new Map<string, string>();
  for (const { call, done, txId } of ours) {
    if (!('entries' in call)) continue;
    for (const [index, entry] of call.entries.entries()) {
      if (done[index] !== true) continue;
      const openUntil = 'openUntil' in call ? call.openUntil : null;
      const what = `${call.kind} ${JSON.stringify({ ...entry, openUntil }, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`;
      const before = seen.get(what);
      if (before !== undefined) yield `${what} was executed in ${before} and in ${txId}`;
      seen.set(what, txId);
    }
  }
}

/** From a lane's first transaction to the chain's nonce, each nonce is of one transaction of ours or a stranger's. */
function* oddNonces({ mined, nonces, foreign, past, transactions }: Evidence): Generator<string> {
  for (const [lane, next] of Object.entries(nonces)) {
    const held = new Map<number, string>();
    for (const one of transactions) {
      if (one.lane !== lane || one.state === 'superseded') continue;
      if (held.has(one.nonce)) yield `nonce ${one.nonce} of ${lane} is of two transactions`;
      held.set(one.nonce, `transaction ${one.id}`);
    }
    for (const { txId, nonce, lane: sender } of mined) {
      if (sender !== lane || !foreign.has(txId)) continue;
      const other = held.get(nonce);
      if (other !== undefined) yield `nonce ${nonce} of ${lane} is of ${other} and of a stranger`;
      held.set(nonce, txId);
    }
    // A stranger may come first; whoever was there before the ledger cannot.
    const spent = new Set(mined.filter(({ txId, lane: sender }) => sender === lane && past.has(txId)).map(nonceOf));
    for (const one of transactions) {
      if (one.lane === lane && one.state === 'superseded' && spent.has(one.nonce)) {
        yield `nonce ${one.nonce} of ${lane} was used before transaction ${one.id} was given it`;
      }
    }
    for (let nonce = 0; nonce < next; nonce += 1) {
      if (!held.has(nonce)) yield `nonce ${nonce} of ${lane} is used by nobody that the ledger knows`;
    }
    for (const [nonce, holder] of held) {
      if (nonce >= next) yield `nonce ${nonce} of ${lane} is held by ${holder}, the chain is at ${next}`;
    }
  }
}

const nonceOf = ({ nonce }: { readonly nonce: number }): number => nonce;
