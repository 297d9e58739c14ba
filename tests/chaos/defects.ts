import type { Theme } from './plan.ts';

/** One way in which transaction queues lose money, put into this one. */
export interface Defect {
  readonly what: string;
  /** Each text is replaced at its first place in its file. */
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** The kind of rounds that must notice it. */
  readonly theme: Theme;
  /** Where bots die in these rounds; elsewhere than usual only where the defect needs it. */
  readonly at?: string;
}

const claim = 'src/storage/ledger/claim.ts';
const confirm = 'src/execution/confirm.ts';
const post = 'src/execution/post.ts';
const transactions = 'src/storage/ledger/transactions.ts';

// The texts are code, quoted as it stands.
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: as above
export const defects: readonly Defect[] = [
  {
    what: 'the next nonce comes from the ledger alone',
    edits: [
      {
        file: claim,
        find: 'greatest(ready.chain_nonce, coalesce(max(nonce) + 1, 0))',
        replace: 'coalesce(max(nonce) + 1, 0)',
      },
    ],
    theme: 'foreign',
  },
  {
    what: 'the next nonce comes from the chain alone',
    edits: [
      {
        file: claim,
        find: 'greatest(ready.chain_nonce, coalesce(max(nonce) + 1, 0))',
        replace: '(ready.chain_nonce + 0 * coalesce(max(nonce), 0))',
      },
      {
        file: 'src/storage/ledger/migrations.ts',
        find: ".createIndex('transactions_live_nonce')\n      .unique()",
        replace: ".createIndex('transactions_live_nonce')",
      },
    ],
    theme: 'kills',
  },
  {
    what: 'what no server knows has failed',
    edits: [
      {
        file: confirm,
        find: "await ledger.transition({ transactionIds: [transactionId], from: ['mempool'], to: 'broadcast', at, note });",
        replace: 'await ledger.supersede({ transactionId, at, note });',
      },
      // Asked of each transaction at once, so that a round is long enough.
      { file: confirm, find: 'clock.now() - claimedAt >= config.recheckMs', replace: 'true' },
    ],
    theme: 'mempool',
  },
  {
    what: 'bytes are posted before they are stored, and signed anew after a crash',
    edits: [
      {
        file: 'src/execution/advance.ts',
        find: '{ ledger, signer, clock }: Dependencies,\n  { claim, fee }',
        replace: '{ ledger, signer, clock, chain }: any,\n  { claim, fee }',
      },
      {
        file: 'src/execution/advance.ts',
        find: 'fee: feeFor(call, fee), noop: false });',
        replace:
          'fee: (feeFor(call, fee) + (Date.now() % 97)) as never, noop: false });\n  await chain.broadcast(attempt.hex);',
      },
    ],
    theme: 'kills',
    at: 'after broadcast',
  },
  {
    what: 'a claim without bytes is nobody’s work',
    edits: [
      {
        file: 'src/execution/submit.ts',
        find: "case 'claimed':\n",
        replace: "case 'claimed':\n      if (transaction.nonce >= 0) return null;\n",
      },
    ],
    theme: 'kills',
    at: 'after claim',
  },
  {
    what: 'jobs that the queue has lost do not come back',
    edits: [
      {
        file: 'src/execution/lane-work.ts',
        find: "await attempt('sweep', () => sweep(deps, { lane, config }));",
        replace: '',
      },
    ],
    theme: 'kills',
    at: 'before enqueue',
  },
  {
    what: 'writes are not fenced, and a lease that is lost is not noticed',
    edits: [
      { file: 'src/storage/ledger/fence.ts', find: 'rows.length < held.length', replace: 'held.length < 0' },
      {
        file: 'src/storage/ledger/fence.ts',
        find: 'join fence using (lane, epoch)',
        replace: 'join fence using (lane)',
      },
      {
        file: 'src/storage/ledger/lanes.ts',
        find: 'return numUpdatedRows === BigInt(held.length);',
        replace: 'return numUpdatedRows >= 0n;',
      },
    ],
    theme: 'rivals',
  },
  {
    what: 'a lease never runs out',
    edits: [{ file: 'src/storage/ledger/lanes.ts', find: "where('lanes.expires_at', '<=', NOW),", replace: '' }],
    theme: 'kills',
  },
  {
    what: 'intents under way are sent again',
    edits: [
      {
        file: 'src/storage/ledger/intents.ts',
        find: ".selectAll().where('state', '=', 'allowed')",
        replace: ".selectAll().where('state', 'in', ['allowed', 'claimed'])",
      },
      {
        file: claim,
        find: "and state = 'allowed' order by id for update",
        replace: "and state in ('allowed', 'claimed') order by id for update",
      },
    ],
    theme: 'kills',
  },
  {
    what: 'a POST without an answer has failed',
    edits: [
      {
        file: post,
        find: "case 'again':\n",
        replace:
          "case 'again':\n        await ledger.expire({ transactionId: transaction.id, at: clock.now(), note: 'no answer' });\n",
      },
    ],
    theme: 'mempool',
  },
  {
    what: 'what was mined stays mined',
    edits: [
      {
        file: confirm,
        find: 'const now = minedAttempt(transaction, known);',
        replace: 'if (transactionId >= 0) return true;\n    const now = minedAttempt(transaction, known);',
      },
    ],
    theme: 'reorgs',
  },
  {
    what: 'depth is counted without looking at the block, and reorganisations by the nonce alone',
    edits: [
      { file: confirm, find: "if (standing !== 'stands' || !(await", replace: 'if (!(await' },
      { file: confirm, find: "if (standing === 'stands') await", replace: 'await' },
      {
        file: confirm,
        find: 'const isReorganised = shown !== null && shown !== anchor?.indexBlockHash;',
        replace: 'const isReorganised = false;',
      },
    ],
    theme: 'reorgs',
  },
  {
    what: 'a used nonce whose transaction the indexer does not show yet is a stranger’s',
    edits: [
      {
        file: 'src/execution/missing.ts',
        find: 'const since = lane.missingSince.get(id);',
        replace:
          "await ledger.supersede({ transactionId: id, at: clock.now(), note: 'gone' });\n  if (id >= 0) return 'superseded';\n  const since = lane.missingSince.get(id);",
      },
    ],
    theme: 'mempool',
  },
  {
    what: 'a stranger’s transaction is outbid',
    edits: [
      {
        file: post,
        find: "if (reaction.holder === 'mempool') return pause(transaction, outcome, fields);",
        replace:
          "if (reaction.holder === 'mempool') return replaceBy({ transaction, noop: false, fee: microStx(99_000), note: 'outbid' }, fields);",
      },
    ],
    theme: 'foreign',
  },
  {
    what: 'the answers to a batch are not kept',
    edits: [{ file: transactions, find: "await trx.insertInto('results').values(rows).execute();", replace: '' }],
    theme: 'kills',
  },
  {
    what: 'what happened while nobody ran is not read',
    edits: [
      {
        file: 'src/execution/events.ts',
        find: 'return recordEvents(deps, { upTo: { sequence, digest }, entries: [] });',
        replace:
          'const nothing = { forgetAfter: null, listings: [], fills: [], prices: [], marks: [{ sequence, digest }] };\n  await deps.lease.recordEvents({ ...nothing, at: deps.clock.now() });\n  return [];',
      },
    ],
    theme: 'kills',
    at: 'after include',
  },
  {
    what: 'the log holds what unlocks the keys',
    edits: [
      {
        file: 'src/signer/process/start-signer-process.ts',
        find: 'const channel = new SignerChannel',
        replace: 'console.error(JSON.stringify(keys));\n  const channel = new SignerChannel',
      },
    ],
    theme: 'kills',
  },
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
