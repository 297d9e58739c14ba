import { Cl, type ClarityValue, cvToString, type ListCV, serializeCV, type TupleCV } from '@stacks/transactions';
import { eventDigest, type GridCall, OPENING_DIGEST } from '../../src/contract/index.ts';
import { type Height, height, type Principal, principal, tradeId, txId } from '../../src/core/index.ts';
import type { ChainPort, GridLogEntry, GridLogPage } from '../../src/execution/ports/chain.ts';
import { type Decision, decide, delegationOf, emptyMarket, evolve, type MarketState } from '../../src/market/index.ts';
import { encodeDelegation, encodeEvent, encodeProsumer, encodeSummary, encodeTrade } from './grid-encoding.ts';
import { summaryOf } from './model-market.ts';

interface ModelBlock {
  readonly height: Height;
  readonly hash: string;
  readonly state: MarketState;
  readonly digest: string;
}

export interface ModelChain {
  /** What a follower may use of a chain; every answer passes through its Clarity bytes. */
  readonly port: ChainPort;
  readonly state: MarketState;
  readonly height: Height;
  /** Executes the calls in one new block; refused ones leave no trace. */
  mine(...calls: readonly (readonly [caller: Principal, call: GridCall])[]): readonly Decision[];
  /** Drops every block above a height; the blocks mined next are of another branch. */
  forkAt(height: Height): void;
  /** From now on the indexer shows what it shows now, until released. */
  holdIndexer(): void;
  releaseIndexer(): void;
  /** What the indexer makes of an entry before it answers. */
  tamper(change: (entry: GridLogEntry) => GridLogEntry): void;
  /** Runs once, just before the next page of the log is answered. */
  beforeNextPage(happening: () => void): void;
  /** Runs the action and tells the requests that it made, by name. */
  requestsOf(action: () => Promise<unknown>): Promise<readonly string[]>;
}

export interface ModelChainOptions {
  readonly owner: Principal;
  /** Begin with this state instead of an empty one; the log of what led to it is not there. */
  readonly state?: MarketState;
}

/** A chain made of the model (decide and evolve) with a log like the indexer's. */
export function createModelChain({ owner, state: start }: ModelChainOptions): ModelChain {
  let branch = 0;
  const hashOf = (at: number): string =>
    eventDigest(OPENING_DIGEST, branch.toString(16).padStart(8, '0') + at.toString(16).padStart(8, '0'));
  let blocks: ModelBlock[] = [
    {
      height: height(1),
      hash: hashOf(1),
      state: start ?? emptyMarket({ owner }),
      digest: start === undefined ? OPENING_DIGEST : eventDigest(OPENING_DIGEST, 'ff'),
    },
  ];
  let log: GridLogEntry[] = [];
  let shown: readonly GridLogEntry[] | null = null;
  let change = (entry: GridLogEntry): GridLogEntry => entry;
  let happening: (() => void) | null = null;
  const requests: string[] = [];
  const top = (): ModelBlock => blocks.at(-1) as ModelBlock;

  function mine(calls: readonly (readonly [Principal, GridCall])[]): Decision[] {
    const at = height(top().height + 1);
    let { state, digest } = top();
    const decisions = calls.map(([caller, call], index) => {
      const decision = decide(state, call, { caller, height: at });
      if (!decision.ok) return decision;
      for (const event of decision.events) {
        const hex = encodeEvent(event);
        state = evolve(state, event);
        digest = eventDigest(digest, hex);
        const id = txId(eventDigest(hashOf(at), index.toString(16).padStart(8, '0')));
        log.push({ event, hex, txId: id, height: at });
      }
      return decision;
    });
    blocks.push({ height: at, hash: hashOf(at), state, digest });
    return decisions;
  }

  function answer(functionName: string, args: readonly ClarityValue[], { state, digest, height: at }: ModelBlock) {
    const list = (args[0] as ListCV | undefined)?.value ?? [];
    switch (functionName) {
      case 'get-market':
        return encodeSummary(summaryOf(state, { height: at, digest }));
      case 'get-trades':
        return Cl.list(list.map((id) => encodeTrade(state.trades.get(tradeId(naturalOf(id))))));
      case 'get-prosumers':
        return Cl.list(list.map((who) => encodeProsumer(state.prosumers.get(principalOf(who)))));
      case 'get-delegations':
        return Cl.list(
          list.map((pair) => {
            const { prosumer, operator } = (pair as TupleCV).value;
            return encodeDelegation(delegationOf(state, principalOf(prosumer), principalOf(operator)));
          }),
        );
      case 'get-open-pages': {
        const pages = new Map<number, bigint>();
        for (const { id } of state.openOffers) {
          const page = Math.floor(id / 128);
          pages.set(page, (pages.get(page) ?? 0n) | (1n << BigInt(id % 128)));
        }
        return Cl.list(list.map((page) => Cl.uint(pages.get(Number(naturalOf(page))) ?? 0n)));
      }
      default:
        throw new Error(`the model chain does not answer ${functionName}`);
    }
  }

  const port: Pick<ChainPort, 'tip' | 'read' | 'logs' | 'requestCount'> = {
    async tip() {
      requests.push('tip');
      return { height: top().height, indexBlockHash: top().hash };
    },
    async read(read, options = {}) {
      requests.push(read.functionName);
      const block = options.tip === undefined ? top() : blocks.find(({ hash }) => hash === options.tip);
      if (block === undefined) throw new Error(`the model chain has no block ${options.tip}`);
      return read.decode(serializeCV(answer(read.functionName, read.functionArgs, block)));
    },
    async logs({ cursor, limit = 50 } = {}): Promise<GridLogPage> {
      requests.push('logs');
      happening?.();
      happening = null;
      const entries = shown ?? log;
      const end = cursor === undefined ? entries.length : Number(cursor);
      const from = Math.max(0, end - Math.min(limit, 50));
      return {
        entries: entries.slice(from, end).reverse().map(change),
        olderCursor: from === 0 ? null : String(from),
      };
    },
    requestCount: () => requests.length,
  };

  return {
    port: new Proxy(port, { get: (target, name) => Reflect.get(target, name) ?? missing(String(name)) }) as ChainPort,
    get state() {
      return top().state;
    },
    get height() {
      return top().height;
    },
    mine: (...calls) => mine(calls),
    forkAt(at) {
      branch += 1;
      blocks = blocks.filter((block) => block.height <= at);
      log = log.filter((entry) => entry.height <= at);
    },
    holdIndexer() {
      shown = [...log];
    },
    releaseIndexer() {
      shown = null;
    },
    tamper(next) {
      change = next;
    },
    beforeNextPage(next) {
      happening = next;
    },
    async requestsOf(action) {
      const before = requests.length;
      await action();
      return requests.slice(before);
    },
  };
}

function missing(name: string): () => never {
  return () => {
    throw new Error(`a follower has no use for ${name}`);
  };
}

const naturalOf = (value: ClarityValue): bigint => BigInt((value as { readonly value: bigint }).value);
const principalOf = (value: ClarityValue | undefined): Principal => principal(cvToString(value as ClarityValue));

/** A state with `historic` trades behind it, of which the last `open` are still on offer by `sellers` prosumers. */
export function busyMarket(options: {
  readonly owner: Principal;
  readonly buyer: Principal;
  readonly sellers: readonly Principal[];
  readonly historic: number;
  readonly open: number;
}): MarketState {
  const { owner, buyer, sellers, historic, open } = options;
  let state = emptyMarket({ owner });
  const act = (caller: Principal, call: GridCall): void => {
    const decision = decide(state, call, { caller, height: height(1) });
    if (!decision.ok) throw new Error(`${call.kind} was refused: ${decision.error}`);
    for (const event of decision.events) state = evolve(state, event);
  };
  for (const prosumer of new Set([buyer, ...sellers])) {
    act(prosumer, { kind: 'registerProsumer' });
    act(prosumer, { kind: 'addEnergy', amount: 1_000_000_000n });
  }
  act(buyer, { kind: 'addFunds', amount: 1_000_000_000_000n });
  for (let index = 0; index < historic + open; index += 1) {
    const seller = sellers[index % sellers.length] as Principal;
    act(seller, { kind: 'tradeEnergy', amount: 10n, price: BigInt(50 + ((index * 37) % 100)) });
    if (index < historic) act(buyer, { kind: 'buyEnergy', tradeId: BigInt(state.lastTradeId) });
  }
  return state;
}
