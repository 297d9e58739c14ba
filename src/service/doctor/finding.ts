/** What one check of the doctor found. */
export interface Finding {
  /** What was looked at, for example `node` or `delegation of anna`. */
  readonly name: string;
  /** `warn` lets the bot run, `fail` does not, or not as the config means. */
  readonly state: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** The mend, where there is something to mend. */
  readonly mend?: string;
}

export const ok = (name: string, message: string): Finding => ({ name, state: 'ok', message });
export const warn = (name: string, message: string, mend: string): Finding => ({ name, state: 'warn', message, mend });
export const fail = (name: string, message: string, mend: string): Finding => ({ name, state: 'fail', message, mend });
