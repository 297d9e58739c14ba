import { formatInteger } from '../view/format.ts';

/** How far the runs of a command are, told on standard error. */
export interface BacktestProgress {
  /** @param what is about to be played, of so many events. */
  begin(what: string, events: number): void;
  played(events: number): void;
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

export function createProgress({ now, write, live, total }: ProgressOptions): BacktestProgress {
  const begun = now();
  let [name, before, size, told] = ['', 0, 0, begun];
  const line = (events: number): string => {
    const seconds = (now() - begun) / 1_000;
    const done = before + events;
    const rate = done / Math.max(seconds, 0.001);
    const left = rate > 0 ? Math.ceil((total - done) / rate) : 0;
    const of = `${formatInteger(events)} of ${formatInteger(size)} events`;
    return `${name}: ${of}, ${formatInteger(Math.round(rate))} events/s, ${left} s left`;
  };
  return {
    begin(what, events) {
      before += size;
      name = what;
      size = events;
    },
    played(events) {
      if (now() - told >= (live ? LIVE_MS : PLAIN_MS)) {
        told = now();
        write(live ? `${CLEAR}${line(events)}` : `${line(events)}\n`);
      }
    },
    end() {
      before += size;
      size = 0;
      const seconds = (now() - begun) / 1_000;
      const rate = formatInteger(Math.round(before / Math.max(seconds, 0.001)));
      write(`${live ? CLEAR : ''}${formatInteger(before)} events in ${seconds.toFixed(1)} s, ${rate} events/s\n`);
    },
  };
}
