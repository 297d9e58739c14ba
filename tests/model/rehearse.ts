import { ModelScene } from './model-scene.ts';
import type { Act, Move } from './move.ts';
import type { Stage } from './stage.ts';

/**
 * Whether a move, played on the model alone, is the move that it is named: its scene can be set, and its subject is
 * answered as it expects. Rare states (a full account, one below zero) make some moves something else.
 */
export function rehearse(stage: Readonly<Stage>, move: Move, acts: readonly Act[]): boolean {
  const scene = new ModelScene(stage);
  const answers = acts.map((act) => scene.act(act));
  const subject = answers.pop();
  const isSet = answers.every(({ outcome, entries }) => [outcome, ...entries].every((one) => one === 'ok'));
  const expected = move.expects === 'anything' || subject?.outcome === move.expects;
  return isSet && expected && (move.entries ?? []).every((entry) => subject?.entries.includes(entry));
}
