import { Cl, serializeCV } from '@stacks/transactions';
import { microStx, type TxId, height as toHeight, tradeId } from '../../../src/core/index.ts';
import {
  type BroadcastOutcome,
  createExecution,
  type Execution,
  type ExecutionConfig,
  type LaneStatus,
  type LedgerPort,
  type SignerPort,
} from '../../../src/execution/index.ts';
import type { LaneLedger } from '../../../src/execution/ports/ledger.ts';
import { TRANSACTION_STATES } from '../../../src/execution/ports/transaction.ts';
import { collectingLog } from '../collecting-log.ts';
import { LANE } from '../execution-world.ts';
import { batchAnswer, type FakeChain, rejected, timedOut } from '../fake-chain.ts';
import { ManualQueue } from '../manual-queue.ts';
import { planBuy, planList } from '../trading-fixtures.ts';
import type { Answer, Move } from './moves.ts';

export const historyConfig: ExecutionConfig = {
  lanes: [LANE],
  // Each start is a crash of the one before it, whose lease is taken by the next epoch and never renewed.
  lease: { holder: 'history', soleHolder: true, renewMs: 3_600_000 },
  fee: { ratePerByte: 1, floor: microStx(100), cap: microStx(3_000), bumpAfterBlocks: 2 },
  confirmedDepth: 1,
  finalDepth: 3,
  validityBlocks: 5,
  maxUnconfirmed: 4,
  stuckBlocks: 8,
  retryMs: 20,
};

/** Notes of audit rows, and ends, that histories come to. */
const NOTES = {
  raised: /waited \d+ blocks/,
  expired: /it expired/,
  'cancelled on request': /it is cancelled/,
  'replaced as the node said': /^the node said/,
  'filled a gap': /fills the gap/,
  reorged: /a reorg took/,
  revived: /is gone$/,
  'posted again': /the same bytes again/,
} as const;
const HALTS = ['stuck', 'foreign'] as const;
const ENDS = ['final', 'cancelled', 'superseded'] as const;
export const WHAT_HISTORIES_REACH: readonly string[] = [
  ...Object.keys(NOTES),
  ...ENDS,
  'expired intents',
  ...HALTS.map((cause) => `halted: ${cause}`),
];

/** One lane that lives through moves, with a ledger that is watched: what was stored before what was posted. */
export class LaneHistory {
  readonly log = collectingLog();
  readonly queue = new ManualQueue();
  readonly intents: string[] = [];
  /** What must never be, as it was noticed on the way. */
  readonly faults: string[] = [];
  readonly chain: FakeChain;
  readonly ledger: LedgerPort;
  readonly #signer: SignerPort;
  readonly #stored = new Set<TxId>();
  #answers: { readonly with: Answer; times: number } | null = null;
  #toldNonce = 0;
  #toldHeight = 0;
  readonly #halts = new Set<string>();
  #replacedAt = new Map<number, number>();
  #lied = false;
  #now = 1_000_000;
  execution: Execution;

  constructor({ chain, ledger, signer }: { chain: FakeChain; ledger: LedgerPort; signer: SignerPort }) {
    this.chain = chain;
    this.ledger = this.#watched(ledger);
    this.#signer = signer;
    chain.onBroadcast = (arrive, id) => this.#answer(arrive, id);
    // The contract refuses a batch after its valid-until.
    chain.verdict = (call) =>
      chain.height + 1 > call.validUntil
        ? { status: 'abort_by_response', resultHex: serializeCV(Cl.error(Cl.uint(112))) }
        : { status: 'success', resultHex: batchAnswer(call) };
    this.#watchChain();
    this.execution = this.#start();
  }

  get lane(): LaneStatus {
    const [lane] = this.execution.lanes();
    if (lane === undefined) throw new Error('expected a lane');
    return lane;
  }

  async play(move: Move): Promise<void> {
    await this.#play(move);
    const { halt } = this.lane;
    if (halt !== null) this.#halts.add(halt.cause);
  }

  async #play(move: Move): Promise<void> {
    const { chain, queue, execution } = this;
    this.#lied = false;
    switch (move.do) {
      case 'submit':
        return this.#submit(move);
      case 'post':
        return queue.run(move.job);
      case 'postAll':
        return queue.runAll();
      case 'stall':
        for (let block = 0; block < move.blocks; block += 1) {
          chain.mineNothing();
          this.#now += 1_000;
          await execution.confirm();
          await queue.runAll();
        }
        return;
      case 'leaveGap':
        chain.mineForeign();
        await execution.confirm();
        await this.#submit({ buys: 1, lists: 1 });
        await queue.runAll();
        chain.reorg(1, { lose: true });
        return;
      case 'thrive':
        await queue.runAll();
        chain.mine();
        this.#now += 1_000;
        await execution.confirm();
        return;
      case 'confirm':
        await execution.confirm();
        return;
      case 'mine':
        chain.mine();
        return;
      case 'mineNothing':
        chain.mineNothing();
        return;
      case 'mineForeign':
        chain.mineForeign();
        return;
      case 'mineReplaced': {
        const held = chain.held(chain.nonce);
        const instead = held[move.attempt % Math.max(held.length, 1)];
        chain.mine(instead === undefined ? {} : { instead });
        return;
      }
      case 'postForeign':
        chain.postForeign(chain.nonce + move.ahead, move.fee);
        return;
      case 'reorg':
        // What was just confirmed is what a reorg most likely takes.
        if (move.fresh) await this.play({ do: 'thrive' });
        chain.reorg(Math.min(move.depth, chain.blocks.length), {
          lose: move.how === 'lose',
          same: move.how === 'same',
        });
        return;
      case 'forget':
        chain.mempool.delete(chain.nonce + move.ahead);
        return;
      case 'lag':
        this.lag(move);
        return;
      case 'answer':
        this.#answers = { with: move.with, times: move.times };
        return;
      case 'cancel':
        await execution.cancel(this.intents.slice(-move.newest));
        return;
      case 'resume':
        return execution.resume();
      case 'wait':
        this.#now += move.ms;
        return;
      case 'loseQueue':
        queue.lose();
        return;
      case 'restart':
        queue.lose();
        this.execution = this.#start();
        await this.execution.recover();
        return;
    }
  }

  lag({ node, indexer }: { readonly node: number; readonly indexer: number }): void {
    this.chain.nodeLag = Math.min(node, this.chain.blocks.length);
    this.chain.indexerLag = Math.min(indexer, this.chain.blocks.length);
  }

  /** Servers are honest again, a person looks at the lane, and the chain goes on until nothing is under way. */
  async comeToRest(): Promise<void> {
    this.#answers = null;
    this.#lied = false;
    this.lag({ node: 0, indexer: 0 });
    for (let round = 0; round < 60; round += 1) {
      await this.queue.runAll();
      this.chain.mine();
      this.chain.collectGarbage();
      this.#now += 1_000;
      await this.execution.openIntents({ seenHeight: this.chain.height });
      await this.execution.resume();
      await this.execution.confirm();
      const { transactions, intents } = await this.execution.summary();
      const { claimed, signed, queued, broadcast, mempool, included } = transactions;
      const underWay = claimed + signed + queued + broadcast + mempool + included + intents.allowed;
      if (underWay === 0 && this.lane.paused === null) return;
    }
    const left = await this.ledger.transactions({ states: ['claimed', 'signed', 'queued', 'broadcast', 'mempool'] });
    const stuck = left.map(({ id, nonce, state }) => `${id} (nonce ${nonce}, ${state})`);
    throw new Error(`still under way after 60 blocks: ${stuck.join(', ')}; lane ${this.lane.paused}`);
  }

  /** What of WHAT_HISTORIES_REACH happened. */
  async reached(): Promise<readonly string[]> {
    const transactions = await this.ledger.transactions({ states: TRANSACTION_STATES });
    const audits = await Promise.all(transactions.map(({ id }) => this.ledger.audit(id)));
    const notes = audits.flat().map(({ note }) => note ?? '');
    return [
      ...Object.entries(NOTES).flatMap(([what, pattern]) => (notes.some((note) => pattern.test(note)) ? [what] : [])),
      ...ENDS.filter((end) => transactions.some(({ state }) => state === end)),
      ...((await this.execution.summary()).intents.expired > 0 ? ['expired intents'] : []),
      ...[...this.#halts].map((cause) => `halted: ${cause}`),
    ];
  }

  #start(): Execution {
    const { chain, ledger, queue, log } = this;
    const clock = { now: () => this.#now };
    return createExecution({ chain, ledger, queue, signer: this.#signer, clock, log }, historyConfig);
  }

  async #submit({ buys, lists }: { readonly buys: number; readonly lists: number }): Promise<void> {
    const at = this.chain.height;
    const name = () => {
      const id = `i-${this.intents.length}`;
      this.intents.push(id);
      return id;
    };
    const planned = [
      ...Array.from({ length: buys }, () =>
        planBuy({ operator: LANE, id: name(), at, tradeId: tradeId(7 + this.intents.length) }),
      ),
      ...Array.from({ length: lists }, () =>
        planList({ operator: LANE, id: name(), at, openUntil: toHeight(at + 400) }),
      ),
    ];
    await this.execution.submit(planned, { height: at });
  }

  #answer(arrive: () => BroadcastOutcome, id: TxId): BroadcastOutcome {
    if (!this.#stored.has(id)) this.faults.push(`T1: ${id} was posted before it was stored`);
    const script = this.#answers;
    if (script === null) return arrive();
    script.times -= 1;
    if (script.times <= 0) this.#answers = null;
    switch (script.with) {
      case 'lost':
        return timedOut;
      case 'arrived':
        arrive();
        return timedOut;
      case 'swallowed':
        this.#lied = true;
        return { kind: 'accepted', txId: id };
      case 'limited':
        return { kind: 'unknown', cause: '429', retryAfterMs: 1_000 };
      default:
        return rejected(script.with);
    }
  }

  #watchChain(): void {
    const { chain } = this;
    const account = chain.account.bind(chain);
    const tip = chain.tip.bind(chain);
    chain.account = async () => {
      const told = await account();
      this.#toldNonce = told.nonce;
      return told;
    };
    chain.tip = async () => {
      const told = await tip();
      this.#toldHeight = told.height;
      return told;
    };
  }

  #watched(ledger: LedgerPort): LedgerPort {
    return {
      ...ledger,
      acquireLanes: async (parameters) => {
        const lease = await ledger.acquireLanes(parameters);
        return lease && { ...lease, lanes: lease.lanes.map((lane) => this.#watchedLane(lane)) };
      },
    };
  }

  #watchedLane(lane: LaneLedger): LaneLedger {
    return {
      ...lane,
      addAttempt: async (parameters) => {
        const added = await lane.addAttempt(parameters);
        if (added) this.#stored.add(parameters.attempt.txId);
        return added;
      },
      replace: async (parameters) => {
        const added = await lane.replace(parameters);
        if (added) await this.#checkReplacement(parameters);
        return added;
      },
      claim: async (parameters) => {
        const outcome = await lane.claim(parameters);
        const { chainNonce, window } = parameters;
        if (outcome.kind === 'claimed' && outcome.transaction.nonce >= chainNonce + window) {
          this.faults.push(`T10: nonce ${outcome.transaction.nonce} is beyond ${chainNonce} + ${window}`);
        }
        return outcome;
      },
    };
  }

  async #checkReplacement({ transactionId, attempt, note }: Parameters<LaneLedger['replace']>[0]): Promise<void> {
    this.#stored.add(attempt.txId);
    const transaction = await this.ledger.transaction(transactionId);
    const nonce = transaction?.nonce ?? -1;
    if (note.includes('waited')) {
      if (nonce !== this.#toldNonce) this.faults.push(`T10: nonce ${nonce} raised, the lowest is ${this.#toldNonce}`);
      if (this.#toldHeight <= (this.#replacedAt.get(transactionId) ?? 0)) {
        this.faults.push(`T10: nonce ${nonce} raised while the tip stood at ${this.#toldHeight}`);
      }
    }
    this.#replacedAt.set(transactionId, this.#toldHeight);
    if (attempt.fee > historyConfig.fee.cap) this.faults.push(`T10: a fee of ${attempt.fee} µSTX is above the cap`);
    if (note.startsWith('the node said') || this.#lied) return;
    if (this.chain.mempool.get(nonce)?.hex === null) this.faults.push(`nonce ${nonce} of a stranger is overwritten`);
  }
}
