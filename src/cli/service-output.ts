import type { BotEvent, BotListener } from '../service/index.ts';
import type { TerminalView } from './view/terminal-view.ts';

/** Where a running service's words go: the view for people, or log lines before one JSON object. */
export interface ServiceOutput {
  readonly say: (line: string) => void;
  readonly log: { readonly destination: { write(line: string): void }; readonly level: 'info' | 'warn' };
  readonly listener: BotListener;
  /** From now on bot events go to this view. */
  show(view: TerminalView): void;
}

/**
 * Standard output belongs to the view or, with `json`, to the one JSON object: everything else goes to standard error.
 */
export function serviceOutput({ json }: { readonly json: boolean }): ServiceOutput {
  let view: TerminalView | null = null;
  const early: BotEvent[] = [];
  return {
    say(line) {
      view?.keep();
      (json ? process.stderr : process.stdout).write(`${line}\n`);
    },
    log: {
      destination: {
        write(line) {
          view?.keep();
          process.stderr.write(line);
        },
      },
      level: json ? 'info' : 'warn',
    },
    listener: (event) => {
      if (json) return;
      if (view === null) early.push(event);
      else view.hear(event);
    },
    show(next) {
      view = next;
      for (const event of early.splice(0)) next.hear(event);
    },
  };
}
