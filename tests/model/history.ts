import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect } from 'vitest';
import { FUZZ_TIMES, fuzzParameters } from '../support/fuzz.ts';
import type { Epoch } from '../support/simnet.ts';
import { compareEverything, compareReads } from './compare.ts';
import { checkFold, type Snapshot, takeSnapshot } from './event-sourcing.ts';
import { sweepInvariants } from './invariants.ts';
import type { Act, Move } from './move.ts';
import { openingActs } from './opening.ts';
import { rehearse } from './rehearse.ts';
import { openStage, perform, type Stage } from './stage.ts';

/** How many commands a history has at most. */
const MAX_COMMANDS = 60;
/** Long enough for the runs asked for; a slower machine says how many it made. A search for a smaller failure ends then too. */
const TIME_LIMIT_SECONDS = 170;

/** How often each move was made. */
export type Made = Map<string, number>;

/** A move with its dice thrown, as fast-check draws, shrinks and prints it. */
class MoveCommand implements fc.Command<Stage, Stage> {
  #acts: readonly Act[] = [];
  readonly move: Move;
  readonly dice: unknown;
  readonly made: Made;

  constructor(move: Move, dice: unknown, made: Made) {
    this.move = move;
    this.dice = dice;
    this.made = made;
  }

  check(stage: Readonly<Stage>): boolean {
    const acts = this.move.bind(stage, this.dice);
    return acts !== null && rehearse(stage, this.move, acts);
  }

  run(stage: Stage): void {
    this.#acts = this.move.bind(stage, this.dice) ?? [];
    make(stage, this.move, this.#acts);
    this.made.set(this.move.name, (this.made.get(this.move.name) ?? 0) + 1);
  }

  toString(): string {
    return `${this.move.name} ${this.#acts.map((act) => inspect(act, { depth: 5, breakLength: Infinity })).join(' then ')}`;
  }
}

/** Makes a move that is bound to its acts, and compares all reads after it. */
function make(stage: Stage, { name, expects, entries = [] }: Move, acts: readonly Act[]): void {
  for (const [index, act] of acts.entries()) {
    const answer = perform(stage, act);
    if (index < acts.length - 1) {
      const answers = [answer.outcome, ...answer.entries];
      expect(answers, `${name}: setting the scene`).toEqual(answers.map(() => 'ok'));
    } else {
      if (expects !== 'anything') expect(answer.outcome, name).toBe(expects);
      for (const entry of entries) expect(answer.entries, name).toContain(entry);
    }
  }
  compareReads(stage);
}

/** Makes the acts that a history begins with. */
export function inhabit(stage: Stage): void {
  for (const act of openingActs({ expiresAt: BigInt(stage.height + 200) })) {
    expect(perform(stage, act).outcome).toBe('ok');
  }
}

/** The dice tried for a move that cannot be made with the first ones. */
const TRIES = 200;

/** Makes every move once, in one history; answers those that no dice allowed. */
export async function playEveryMove(epoch: Epoch, moves: readonly Move[], seed: number): Promise<readonly string[]> {
  const stage = await openStage(epoch);
  inhabit(stage);
  const never: string[] = [];
  for (const move of moves) {
    const dice = fc.sample(move.dice, { seed, numRuns: TRIES });
    const acts = dice
      .map((thrown) => move.bind(stage, thrown))
      .find((bound) => bound !== null && rehearse(stage, move, bound));
    if (acts) make(stage, move, acts);
    else never.push(move.name);
  }
  compareEverything(stage);
  sweepInvariants(stage);
  return never;
}

export interface HistoriesOptions {
  readonly epoch: Epoch;
  readonly moves: readonly Move[];
  readonly runs: number;
}

/**
 * Plays random histories of moves on the contract and the model side by side, each on a fresh chain. Answers how often
 * each move was made.
 *
 * FUZZ_REPLAY (fast-check's `replayPath`) beside FUZZ_SEED and FUZZ_PATH repeats a failure exactly.
 */
export async function playHistories({ epoch, moves, runs }: HistoriesOptions): Promise<Made> {
  const made: Made = new Map(moves.map(({ name }) => [name, 0]));
  let done = 0;
  const commandsMade = (): number => [...made.values()].reduce((sum, count) => sum + count, 0);
  const arbitraries = moves.flatMap((move) => {
    const arbitrary = move.dice.map((dice) => new MoveCommand(move, dice, made));
    return Array.from({ length: move.weight ?? 1 }, () => arbitrary);
  });
  const { FUZZ_REPLAY } = process.env;
  const drawing = fc.commands(arbitraries, {
    maxCommands: MAX_COMMANDS,
    size: 'max',
    ...(FUZZ_REPLAY === undefined ? {} : { replayPath: FUZZ_REPLAY }),
  });
  const history = fc.asyncProperty(fc.nat(5), fc.nat(), drawing, async (population, cutDie, drawn) => {
    const stage = await openStage(epoch);
    if (population > 0) inhabit(stage);
    const drawnCommands = [...drawn] as fc.Command<Stage, Stage>[];
    const cutAt = drawnCommands.length === 0 ? 0 : cutDie % drawnCommands.length;
    let snapshot: Snapshot | null = null;
    const cut: fc.Command<Stage, Stage> = {
      check: () => true,
      run: (current) => {
        snapshot = takeSnapshot(current);
      },
      toString: () => 'a client starts',
    };
    fc.modelRun(
      () => ({ model: stage, real: stage }),
      [...drawnCommands.slice(0, cutAt), cut, ...drawnCommands.slice(cutAt)],
    );
    compareEverything(stage);
    sweepInvariants(stage);
    checkFold(stage, snapshot, cutDie);
    done += 1;
    if (done % 100 === 0) console.log(`stateful, epoch ${epoch}: ${done} histories, ${commandsMade()} commands so far`);
  });
  const parameters = fuzzParameters(`stateful, epoch ${epoch}`, { runs, seconds: TIME_LIMIT_SECONDS });
  await fc.assert(history, parameters as fc.Parameters<[number, number, Iterable<fc.Command<Stage, Stage>>]>);
  const all =
    parameters.numRuns === done
      ? ''
      : ` (of ${parameters.numRuns}: the time of ${TIME_LIMIT_SECONDS * FUZZ_TIMES} s was up)`;
  console.log(`stateful, epoch ${epoch}: ${done} histories${all}, ${commandsMade()} commands, no difference`);
  return made;
}
