import { height } from '../../src/core/index.ts';
import { decide, evolve } from '../../src/market/index.ts';
import type { Act, Move } from './move.ts';
import { type Answer, answerOf, type Stage } from './stage.ts';

/**
 * Whether a move, played on the model alone, is the move that it is named: its scene can be set, and its subject is
 * answered as it expects. Rare states (a full account, one below zero) make some moves something else.
 */
export function rehearse(stage: Readonly<Stage>, move: Move, acts: readonly Act[]): boolean {
  let { state } = stage;
  let at: number = stage.height;
  const balances = new Map(stage.balances);
  const answer = (act: Act): Answer => {
    if (!('call' in act)) {
      at += 'wait' in act ? act.wait : 1;
      return { outcome: 'unequal' in act ? 'listLengthsDiffer' : 'ok', entries: [] };
    }
    const { caller, call } = act;
    const callerBalance = balances.get(caller) ?? 0n;
    const decision = decide(state, call, { caller, height: height(at), callerBalance });
    for (const event of decision.ok ? decision.events : []) {
      state = evolve(state, event);
      if (event.topic === 'funds-added') balances.set(caller, callerBalance - BigInt(event.amount));
      if (event.topic === 'funds-withdrawn') balances.set(caller, callerBalance + BigInt(event.amount));
    }
    at += 1;
    return answerOf(decision);
  };
  const answers = acts.map(answer);
  const subject = answers.pop();
  const isSet = answers.every(({ outcome, entries }) => [outcome, ...entries].every((one) => one === 'ok'));
  const expected = move.expects === 'anything' || subject?.outcome === move.expects;
  return isSet && expected && (move.entries ?? []).every((entry) => subject?.entries.includes(entry));
}
