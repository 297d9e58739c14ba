import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { SOURCE_RUNNER } from '../../src/launch/index.ts';
import { type ControlClient, connectControl } from '../../src/service/control/index.ts';
import type { Death } from './plan.ts';
import type { World } from './town.ts';

const entry = fileURLToPath(new URL('bot.ts', import.meta.url));

/** How long a process may take to write its report. */
const REPORT_MS = 2_000;

export interface BotOptions {
  readonly world: World;
  /** Of the config file and data folder. */
  readonly index: number;
  readonly journal: string;
  /** Once this file is there no bot dies at a step any more. */
  readonly calm: string;
  readonly env: Readonly<Record<string, string>>;
  readonly deaths: readonly Death[];
}

/** How a life of a bot ended that nobody meant to end. */
export interface OwnEnd {
  readonly code: number | null;
  /** The last of what it printed. */
  readonly last: string;
}

/** A bot that is started again whenever it ends, until it is asked to stop: what an operator's service manager does. */
export class SupervisedBot {
  /** Milliseconds since the Unix epoch at which each killed life ended. */
  readonly kills: { readonly at: number; readonly pid: number; readonly death: Death['kind'] }[] = [];
  /** Ends by itself: a server was away at the start, say. */
  readonly ownEnds: OwnEnd[] = [];
  readonly #options: BotOptions;
  readonly #lives: Death[];
  readonly data: string;
  #child: ChildProcess | null = null;
  #dyingAtStep = false;
  #stopping = false;
  #ended: Promise<void> = Promise.resolve();

  private constructor(options: BotOptions, data: string) {
    this.#options = options;
    this.#lives = [...options.deaths];
    this.data = data;
  }

  static async start(options: BotOptions): Promise<SupervisedBot> {
    const { file, data } = await options.world.config(options.index);
    const bot = new SupervisedBot(options, data);
    bot.#ended = bot.#live(file);
    return bot;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The death that waits for the life under way. */
  get death(): Death | null {
    return this.#lives[0] ?? null;
  }

  /** Kills the life under way, which was to end by time. */
  kill(): void {
    if (this.#child === null) return;
    this.kills.push({ at: Date.now(), pid: this.#child.pid ?? 0, death: 'time' });
    this.#dyingAtStep = false;
    this.#lives.shift();
    this.#child.kill('SIGKILL');
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** From now on it lives until it is stopped, or comes to a late step at which it is to die. */
  spare(): void {
    this.#lives.splice(this.#lives[0]?.kind === 'step' ? 1 : 0);
  }

  control(): Promise<ControlClient | null> {
    return connectControl(this.data);
  }

  /** Asks it to drain; answers what was not in good order, null where it ended by itself within the time. */
  async stop(withinMs: number): Promise<string | null> {
    this.#stopping = true;
    const child = this.#child;
    // A life that does not listen to signals yet has nothing to drain: SIGINT ends it there and then.
    const isUp = (await this.control()) !== null;
    child?.kill(isUp ? 'SIGINT' : 'SIGKILL');
    const late = delay(withinMs, 'late' as const, { ref: false });
    const outcome = await Promise.race([this.#ended, late]);
    const code = child?.exitCode ?? null;
    if (outcome === 'late' && code === null) await this.#leaveReport();
    child?.kill('SIGKILL');
    await this.#ended;
    if (!isUp || child?.signalCode === 'SIGINT') return null;
    if (outcome === 'late') return code === null ? 'did not end in time' : `ended with ${code}, its output did not`;
    return code === 0 ? null : `ended with ${code ?? child?.signalCode}`;
  }

  /** Lets it write down what it waits for, beside its log. */
  async #leaveReport(): Promise<void> {
    this.signal('SIGUSR2');
    await delay(REPORT_MS);
  }

  async #live(file: string): Promise<void> {
    const { world, index, journal, calm, env } = this.#options;
    const out = createWriteStream(join(world.searched, `bot-${index}.log`), { flags: 'a' });
    while (!this.#stopping) {
      const death = this.#lives[0];
      const kill = death?.kind === 'step' ? ['--kill', JSON.stringify(death.at)] : [];
      const files = ['--config', file, '--password-file', world.passwordFile, '--journal', journal, '--calm', calm];
      const reports = ['--report-on-signal', `--report-directory=${world.searched}`];
      const child = spawn(process.execPath, [...reports, SOURCE_RUNNER, entry, ...files, ...kill], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, HOME: process.env.HOME, WATTMAKER_KEYS: world.keys, ...env },
      });
      this.#child = child;
      this.#dyingAtStep = death?.kind === 'step';
      let last = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          out.write(text);
          last = `${last}${text}`.slice(-2_000);
        });
      }
      const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
        child.once('close', (code, signal) => resolve({ code, signal })),
      );
      if (signal === 'SIGKILL') {
        if (this.#dyingAtStep && this.#lives[0]?.kind === 'step') {
          this.kills.push({ at: Date.now(), pid: child.pid ?? 0, death: 'step' });
          this.#lives.shift();
        }
      } else if (!this.#stopping) {
        this.ownEnds.push({ code, last });
        await delay(300);
      }
    }
    this.#child = null;
    await new Promise((resolve) => out.end(resolve));
  }
}
