import { readFile } from 'node:fs/promises';
import { createChainClient } from '../../src/chain/index.ts';
import { decodeBatchResult, decodeCall, type GridCall, reads } from '../../src/contract/index.ts';
import { principal, seededRandom, type TxId, txId } from '../../src/core/index.ts';
import { postTopic } from '../../src/execution/advance.ts';
import {
  type ChainPort,
  type IntentRecord,
  type LedgerPort,
  reconcile,
  type Transaction,
} from '../../src/execution/index.ts';
import { TRANSACTION_STATES } from '../../src/execution/ports/transaction.ts';
import { LEDGER_SCHEMA, openStores } from '../../src/service/open-stores.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { type JournalLine, zombieWrites } from './steps.ts';
import { contractId, operators } from './town.ts';

/** A transaction of an operator's key as a block of the chain has it. */
export interface MinedTransaction {
  readonly txId: TxId;
  readonly lane: string;
  readonly nonce: number;
  readonly height: number;
  readonly call: GridCall;
  /** For each entry of the batch whether the contract did it; none where the whole transaction failed. */
  readonly done: readonly boolean[];
}

/** All that is to be compared once a round has come to rest. */
export interface Evidence {
  /** Whatever the operators' keys have on the chain, by block. */
  readonly mined: readonly MinedTransaction[];
  /** The lanes' next nonces, by operator. */
  readonly nonces: Readonly<Record<string, number>>;
  /** Transactions that somebody else signed with an operator's key, and which of them one of ours has pushed out. */
  readonly foreign: ReadonlySet<TxId>;
  readonly overwritten: readonly TxId[];
  /** Those of them that blocks held before there was a ledger. */
  readonly past: ReadonlySet<TxId>;
  /** What a process wrote that had lost its lanes. */
  readonly zombies: readonly string[];
  readonly transactions: readonly Transaction[];
  readonly intents: readonly IntentRecord[];
  /** Ids of intents whose recording a bot has seen done. */
  readonly recorded: readonly string[];
  /** Jobs of the lanes that are left in the queue, at most once each pass brings them back. */
  readonly jobs: number;
  /** Events of the chain that come after the last one that the ledger has read. */
  readonly unread: number;
  /** What the bot's own `reconcile` finds. */
  readonly differences: readonly string[];
}

export interface EvidenceParameters {
  readonly url: string;
  readonly redisUrl: string | null;
  readonly databaseUrl: string | null;
  /** The data folder of the bot whose embedded stores count. */
  readonly data: string;
  readonly journal: string;
  readonly foreign: ReadonlySet<TxId>;
  readonly past: ReadonlySet<TxId>;
}

/** Reads chain, ledger, queue and journal after the last bot has gone. */
export async function collectEvidence(parameters: EvidenceParameters): Promise<Evidence> {
  const { url, redisUrl, databaseUrl, data, journal, foreign, past } = parameters;
  const log = collectingLog();
  const clock = { now: () => Date.now() };
  const chain = createChainClient({ urls: [url], contractId, network: 'embedded', clock, random: seededRandom(1) });
  const stores = await openStores(
    { log },
    {
      redisUrl,
      databaseUrl,
      folder: data,
      binding: { identity: await chain.identity(), contractId },
      schema: LEDGER_SCHEMA,
      fresh: false,
      onLockLost: () => {},
    },
  );
  try {
    const { ledger, queue } = stores;
    const lanes = operators.map(({ address }) => principal(address));
    const transactions = await ledger.transactions({ states: TRANSACTION_STATES });
    const lines = await readJournal(journal);
    const recorded = lines.flatMap(({ intents }) => intents ?? []);
    const waiting = (await ledger.allowedIntents()).map(({ id }) => id);
    const carried = transactions.flatMap(({ intentIds }) => intentIds);
    const jobs = await queue.counts(postTopic(lanes));
    const accounts = await Promise.all(lanes.map(async (lane) => [lane, (await chain.account(lane)).nonce] as const));
    return {
      mined: await minedBy(url, new Set<string>(lanes)),
      nonces: Object.fromEntries(accounts),
      foreign,
      past,
      overwritten: await overwrittenOf(url, foreign),
      zombies: [...zombieWrites(lines)],
      transactions,
      intents: await ledger.intents([...new Set([...recorded, ...waiting, ...carried])]),
      recorded,
      // One that is held back would be offered again, unless its transaction has ended meanwhile: which all must have.
      jobs: jobs.waiting + jobs.active,
      unread: await unreadBy(chain, ledger),
      differences: (await reconcile({ chain, ledger })).differences,
    };
  } finally {
    await stores.close({ deadlineMs: 1_000 });
    chain.close();
  }
}

async function unreadBy(chain: ChainPort, ledger: LedgerPort): Promise<number> {
  const { sequence } = await chain.read(reads.market());
  return Number(sequence) - Number((await ledger.eventMarks()).at(-1)?.sequence ?? 0);
}

/** A line that a dying process cut off is the last of all, and never one that counts: it is written in one piece. */
export async function readJournal(journal: string): Promise<readonly JournalLine[]> {
  const text = await readFile(journal, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}

interface ListedTransaction {
  readonly tx_id: string;
  readonly sender_address: string;
  readonly nonce: number;
  readonly block_height: number;
  readonly tx_status: string;
  readonly tx_result: { readonly hex: string };
  readonly contract_call?: {
    readonly function_name: string;
    readonly function_args: readonly { readonly hex: string }[];
  };
}

const PAGE = 50;

async function ask<Answer>(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}${path}`);
  if (!response.ok) throw new Error(`GET ${path} was answered with ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

/** Which of the transactions that a node had taken had to make room for another of the same nonce. */
async function overwrittenOf(url: string, foreign: ReadonlySet<TxId>): Promise<readonly TxId[]> {
  const found: TxId[] = [];
  for (const id of foreign) {
    const response = await fetch(`${url}/extended/v1/tx/0x${id}`);
    // What a mempool forgot without a trace was pushed out by nobody.
    if (response.status === 404) continue;
    const { tx_status } = (await response.json()) as { readonly tx_status: string };
    if (tx_status === 'dropped_replace_by_fee') found.push(id);
  }
  return found;
}

/** Every transaction that the chain's blocks hold of these senders, oldest first. */
async function minedBy(url: string, senders: ReadonlySet<string>): Promise<readonly MinedTransaction[]> {
  const { stacks_tip_height: tip } = await ask<{ stacks_tip_height: number }>(url, '/v2/info');
  const found: MinedTransaction[] = [];
  for (let height = 1; height <= tip; height += 1) {
    for (let offset = 0, total = 1; offset < total; offset += PAGE) {
      const page = await ask<{ total: number; results: readonly ListedTransaction[] }>(
        url,
        `/extended/v2/blocks/${height}/transactions?limit=${PAGE}&offset=${offset}`,
      );
      total = page.total;
      found.push(...page.results.filter((one) => senders.has(one.sender_address)).map(minedTransaction));
    }
  }
  return found;
}

function minedTransaction(listed: ListedTransaction): MinedTransaction {
  const { tx_id, sender_address, nonce, block_height, tx_status, tx_result, contract_call: called } = listed;
  if (called === undefined) throw new Error(`expected operators to call the contract alone, was ${tx_id}`);
  const call = decodeCall(
    called.function_name,
    called.function_args.map(({ hex }) => hex),
  );
  if (!('entries' in call)) throw new Error(`expected operators to send batches alone, was ${call.kind}`);
  const result = tx_status === 'success' ? decodeBatchResult(tx_result.hex) : null;
  const done = result?.ok ? result.entries.map(({ ok }) => ok) : [];
  return { txId: txId(tx_id.replace(/^0x/, '')), lane: sender_address, nonce, height: block_height, call, done };
}
