import { type Height, height, type Principal } from '../../src/core/index.ts';
import { decide, evolve, type MarketState } from '../../src/market/index.ts';
import type { Act, Scene } from './move.ts';
import { type Answer, answerOf, type Played } from './stage.ts';

/** The model alone, acted on as a stage is, without a chain beside it. */
export class ModelScene implements Scene {
  state: MarketState;
  height: Height;
  readonly played: Played[] = [];
  readonly balanceOf = (account: Principal): bigint => this.#balances.get(account) ?? 0n;
  readonly #balances: Map<Principal, bigint>;

  /** Goes on from a scene, which stays as it is. */
  constructor({ state, height, balances }: Pick<Scene, 'state' | 'height'> & { balances: Map<Principal, bigint> }) {
    this.state = state;
    this.height = height;
    this.#balances = new Map(balances);
  }

  act(act: Act): Answer {
    const answer = this.#answer(act);
    this.height = height(this.height + ('wait' in act ? act.wait : 1));
    return answer;
  }

  #answer(act: Act): Answer {
    if ('unequal' in act) return { outcome: 'listLengthsDiffer', entries: [] };
    if (!('call' in act)) return { outcome: 'ok', entries: [] };
    const { caller, call } = act;
    const callerBalance = this.balanceOf(caller);
    const decision = decide(this.state, call, { caller, height: this.height, callerBalance });
    const events = decision.ok ? decision.events : [];
    for (const event of events) {
      this.state = evolve(this.state, event);
      if (event.topic === 'funds-added') this.#balances.set(caller, callerBalance - BigInt(event.amount));
      if (event.topic === 'funds-withdrawn') this.#balances.set(caller, callerBalance + BigInt(event.amount));
    }
    const answer = answerOf(decision);
    this.played.push({ caller, answer, events });
    return answer;
  }
}
