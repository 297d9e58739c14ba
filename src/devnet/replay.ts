import { CorruptionError, type FatalError } from '../core/index.ts';
import { receiptsDigest } from './block.ts';
import type { Contracts } from './contracts.ts';
import type { Fact } from './history.ts';
import { type EmptyRun, type JournalEntry, runTimes } from './journal.ts';
import type { ChainState } from './state.ts';
import { decodeTransaction } from './transaction.ts';

/** Does again what `entries` say, without reorganisations among them. @throws CorruptionError when it comes out differently. */
export function replay(state: ChainState, entries: readonly JournalEntry[]): void {
  for (const entry of entries) replayEntry(state, entry);
}

function replayEntry(state: ChainState, entry: JournalEntry): void {
  switch (entry.kind) {
    case 'genesis':
      return;
    case 'mint':
      state.mint(entry.address, BigInt(entry.amount));
      return;
    case 'pending':
      state.admit(decodeTransaction(Buffer.from(entry.transaction, 'hex')), entry.receivedAt);
      return;
    case 'dropped':
      state.drop(entry.txid, entry.reason);
      return;
    case 'empty':
      replayEmpty(state, entry);
      return;
    case 'block':
      replayBlock(state, entry);
      return;
    case 'reorg':
      throw new CorruptionError('expected reorganisations to be resolved before a replay, was one');
  }
}

function replayEmpty(state: ChainState, run: EmptyRun): void {
  expectHeight(state, run.height);
  const times = runTimes(run);
  const missing = state.tip.height + times.length - state.vm.height;
  if (missing > 0) state.vm.openBlocks(missing);
  for (const time of times) state.seal(time, run.fork ?? 0, []);
  state.accounts.beginBlock(state.tip.height);
}

function replayBlock(state: ChainState, entry: Extract<JournalEntry, { kind: 'block' }>): void {
  expectHeight(state, entry.height);
  const executor = state.openBlock(entry.height, entry.guarded);
  const transactions = entry.transactions.map((hex) => {
    const transaction = decodeTransaction(Buffer.from(hex, 'hex'));
    const attempt = executor.run(transaction);
    if (attempt.kind !== 'mined') throw replayedDifferently(entry.height);
    state.mempool.remove(transaction);
    return attempt.mined;
  });
  const { block } = state.seal(entry.time, entry.fork ?? 0, transactions);
  if (block.hash !== entry.hash || receiptsDigest(transactions) !== entry.receipts) {
    throw replayedDifferently(entry.height);
  }
}

function expectHeight({ tip }: ChainState, height: number): void {
  if (height === tip.height + 1) return;
  throw new CorruptionError(`expected the journal to go on at height ${tip.height + 1}, was ${height}`, {
    hints: ['Start with --fresh to discard this chain.'],
  });
}

const replayedDifferently = (height: number): FatalError =>
  new CorruptionError(`expected block ${height} to come out as the journal says, it came out differently`, {
    hints: ['The journal was written by another version. Start with --fresh to discard this chain.'],
  });

/** Takes over `facts` that the machine has been through; `contracts` hold those that they deployed. */
export function recall(state: ChainState, facts: readonly Fact[], contracts: Contracts): void {
  for (const fact of facts) {
    switch (fact.kind) {
      case 'block':
        state.recall(fact.block, contracts);
        break;
      case 'pending':
        state.admit(decodeTransaction(fact.head.raw), fact.receivedAt);
        break;
      case 'dropped':
        state.drop(fact.txid, fact.reason);
        break;
      case 'mint':
        state.mint(fact.address, fact.amount, 'has it');
        break;
    }
  }
}

/** The entries of the history that stands, and how many reorganisations it took. */
export function resolveReorgs(entries: readonly JournalEntry[]): { entries: JournalEntry[]; forks: number } {
  let forks = 0;
  let standing: JournalEntry[] = [];
  for (const entry of entries) {
    if (entry.kind === 'reorg') {
      forks += 1;
      standing = takeBack(standing, entry.height);
    } else {
      standing.push(entry);
    }
  }
  return { entries: standing, forks };
}

/** `entries` without the blocks above `height`; what else happened meanwhile stays. */
function takeBack(entries: readonly JournalEntry[], height: number): JournalEntry[] {
  return entries.flatMap((entry): JournalEntry[] => {
    if (entry.kind === 'block') return entry.height > height ? [] : [entry];
    return entry.kind === 'empty' ? cutRun(entry, height) : [entry];
  });
}

function cutRun(run: EmptyRun, height: number): EmptyRun[] {
  const room = height - run.height;
  if (room < 0) return [];
  const gaps: (readonly [number, number])[] = [];
  let left = room;
  for (const [seconds, count] of run.gaps) {
    if (left === 0) break;
    gaps.push([seconds, Math.min(count, left)]);
    left -= Math.min(count, left);
  }
  return [{ ...run, gaps }];
}
