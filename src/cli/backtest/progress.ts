import { formatInteger } from '../view/format.ts';

/** How far backtests are, one or several at once, told on standard error. */
export interface BacktestProgress {
  /** So many more events are to be played than was known. */
  expect(more: number): void;
  /** So many more events of `what` were played. */
  played(what: string, more: number): void;
  end(): void;
}

export interface ProgressOptions {
  readonly now: () => number;
  readonly write: (text: string) => void;
  /** Whether the line before can be written over. */
  readonly live: boolean;
  /** Events of all runs together. */
  readonly total: number;
}

const LIVE_MS = 200;
const PLAIN_MS = 5_000;
const CLEAR = '\r\x1b[K';

export function createProgress({ now, write, live, total: known }: ProgressOptions): BacktestProgress {
  const begun = now();
  let [done, total, told] = [0, known, begun];
  const seconds = (): number => Math.max((now() - begun) / 1_000, 0.001);
  const rate = (): string => formatInteger(Math.round(done / seconds()));
  const line = (what: string): string => {
    const left = done > 0 ? Math.ceil(((total - done) * seconds()) / done) : 0;
    const of = `${formatInteger(done)} of ${formatInteger(total)} events`;
    return `${of}, ${rate()} events/s, ${formatInteger(left)} s left; ${what}`;
  };
  return {
    expect(more) {
      total += more;
    },
    played(what, more) {
      done += more;
      if (now() - told >= (live ? LIVE_MS : PLAIN_MS)) {
        told = now();
        write(live ? `${CLEAR}${line(what)}` : `${line(what)}\n`);
      }
    },
    end() {
      write(`${live ? CLEAR : ''}${formatInteger(done)} events in ${seconds().toFixed(1)} s, ${rate()} events/s\n`);
    },
  };
}
