import fc from 'fast-check';
import type { EntryCall, GridCall, GridEvent } from '../../src/contract/index.ts';
import { type Height, height, type Principal } from '../../src/core/index.ts';
import {
  type CallContext,
  type Decision,
  decide,
  emptyMarket,
  evolve,
  type MarketState,
} from '../../src/market/index.ts';
import { cast } from '../model/cast.ts';
import type { Act, Move } from '../model/move.ts';
import { moves } from '../model/moves/index.ts';
import { openingActs } from '../model/opening.ts';

interface DrawnMove {
  readonly move: Move;
  readonly dice: unknown;
  /** Blocks that end before it. */
  readonly blocks: number;
}

/** A history to be played: moves of the contract's stateful test, several of them in a block. */
export type DrawnHistory = readonly DrawnMove[];

export function drawnHistory(options: { readonly maxMoves: number }): fc.Arbitrary<DrawnHistory> {
  const drawn = fc.oneof(
    ...moves.map((move) => ({
      weight: move.weight ?? 1,
      arbitrary: fc.tuple(move.dice, fc.nat(2)).map(([dice, blocks]) => ({ move, dice, blocks })),
    })),
  );
  return fc.array(drawn, { maxLength: options.maxMoves, size: 'max' });
}

/** Where a history goes by: what each call is answered by the plain market. */
export class PlayedHistory {
  state: MarketState = emptyMarket({ owner: cast.owner });
  height: Height;
  readonly events: GridEvent[] = [];
  readonly #onCall: ((call: GridCall | EntryCall, context: CallContext, decision: Decision) => void) | undefined;
  /** What each owns outside the market; absent: what a call may spend never lacks. */
  readonly #wallet: bigint | undefined;
  readonly #spent = new Map<Principal, bigint>();
  readonly balanceOf = (account: Principal): bigint => (this.#wallet ?? 2n ** 60n) - (this.#spent.get(account) ?? 0n);

  constructor(options: {
    readonly start: number;
    readonly wallet?: bigint;
    readonly onCall?: (call: GridCall | EntryCall, context: CallContext, decision: Decision) => void;
  }) {
    this.height = height(options.start);
    this.#onCall = options.onCall;
    this.#wallet = options.wallet;
    for (const act of openingActs({ expiresAt: 300n })) this.#act(act);
  }

  play(history: DrawnHistory): this {
    for (const { move, dice, blocks } of history) {
      this.height = height(this.height + blocks);
      for (const act of move.bind(this, dice) ?? []) this.#act(act);
    }
    return this;
  }

  #act(act: Act): void {
    if ('wait' in act) this.height = height(this.height + act.wait);
    if (!('call' in act)) return;
    const { caller } = act;
    const context = {
      caller,
      height: this.height,
      ...(this.#wallet === undefined ? {} : { callerBalance: this.balanceOf(caller) }),
    };
    const decision = decide(this.state, act.call, context);
    for (const event of decision.ok ? decision.events : []) {
      this.state = evolve(this.state, event);
      this.events.push(event);
      if (event.topic === 'funds-added') this.#spend(caller, BigInt(event.amount));
      if (event.topic === 'funds-withdrawn') this.#spend(caller, -BigInt(event.amount));
    }
    this.#onCall?.(act.call, context, decision);
  }

  #spend(account: Principal, amount: bigint): void {
    this.#spent.set(account, (this.#spent.get(account) ?? 0n) + amount);
  }
}
