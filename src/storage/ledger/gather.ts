import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '../../core/index.ts';
import { translateFailure } from './failure.ts';

/** Answers each of what is asked for, in that order; an Error is for that one alone. */
export type AnswerAll<Ask, Answer> = (asks: readonly Ask[]) => Promise<readonly (Answer | Error)[]>;

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** So many at once make a statement that is over within milliseconds: rows stay locked until it is. */
const LARGEST_GROUP = 100;

/**
 * One statement for all who ask for it at about the same time: the first goes at once, and what comes while it is under way
 * goes together in the next. At most one is under way.
 *
 * Where a group fails because of what it holds, each of it is tried by itself. Where the database cannot be reached all of
 * it fails: what became of the write is not known.
 *
 * @param options.pauseMs between one group and the next: where several ask at once more will, and waiting a little for them
 *   makes fewer and larger groups. Who asks alone waits for nothing. Default 0.
 */
export function gather<Ask, Answer>(
  answerAll: AnswerAll<Ask, Answer>,
  { pauseMs = 0 }: { readonly pauseMs?: number } = {},
): (ask: Ask) => Promise<Answer> {
  let waiting: Waiting<Ask, Answer>[] = [];
  let isUnderWay = false;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.slice(0, LARGEST_GROUP);
      waiting = waiting.slice(LARGEST_GROUP);
      const answers = await answersTo(group.map(({ ask }) => ask));
      for (const [index, { resolve, reject }] of group.entries()) {
        const answer = answers[index] as Answer | Error;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
      if (pauseMs > 0 && (group.length > 1 || waiting.length > 0)) await delay(pauseMs);
    }
    isUnderWay = false;
  }

  async function answersTo(asks: readonly Ask[]): Promise<readonly (Answer | Error)[]> {
    try {
      return await answerAll(asks);
    } catch (cause) {
      const error = translateFailure(cause);
      if (asks.length === 1 || error instanceof TransientError) return asks.map(() => error);
      const alone: (Answer | Error)[] = [];
      for (const ask of asks) alone.push(...(await answersTo([ask])));
      return alone;
    }
  }

  return (ask) =>
    new Promise((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (isUnderWay) return;
      isUnderWay = true;
      // What one turn of the event loop asks for goes together.
      setImmediate(() => void work());
    });
}
