import type { BotEvent, BotListener } from '../service/index.ts';

/** Where a running service's words go: the view for people, or log lines before one JSON object. */
export interface ServiceOutput {
  readonly say: (line: string) => void;
  readonly log: { readonly destination: { write(line: string): void }; readonly level: 'info' | 'warn' };
  readonly listener: BotListener;
  /** From now on bot events go to this view. */
  show(view: BotListener): void;
}

/**
 * Standard output belongs to the view or, with `json`, to the one JSON object: everything else goes to standard error.
 */
export function serviceOutput({ json }: { readonly json: boolean }): ServiceOutput {
  let view: BotListener = () => {};
  const early: BotEvent[] = [];
  let shown = false;
  return {
    say: (line) => void (json ? process.stderr : process.stdout).write(`${line}\n`),
    log: { destination: { write: (line) => void process.stderr.write(line) }, level: json ? 'info' : 'warn' },
    listener: (event) => {
      if (json) return;
      if (shown) view(event);
      else early.push(event);
    },
    show(next) {
      view = next;
      shown = true;
      for (const event of early.splice(0)) if (!json) view(event);
    },
  };
}
