import type { ChildProcess } from 'node:child_process';
import { type BaseError, CorruptionError, FatalError, TransientError } from '../../core/index.ts';
import type { SignedTransaction } from '../../execution/ports/signer.ts';
import type { SigningAccount } from '../byte-signer.ts';
import { unpackFailure } from './failure.ts';
import { answerMessage, type OpenMessage, type SignAnswer, type SignMessage } from './messages.ts';

/** Unlocking takes a third of a second a key; after so long the process is taken for stuck. */
const OPEN_DEADLINE_MS = 120_000;
/** How long one may take to clear its keys and end. */
const CLOSE_DEADLINE_MS = 2_000;

interface Waiting {
  readonly unsigned: string;
  readonly resolve: (signed: SignedTransaction) => void;
  readonly reject: (error: Error) => void;
}

/** Requests that went out in one message. */
interface Flight {
  readonly waiting: readonly Waiting[];
  readonly timer: NodeJS.Timeout;
}

/** The bot's end of the channel to its signer. */
export class SignerChannel {
  /** The accounts it signs for, once its keys are unlocked. */
  readonly opened: Promise<readonly SigningAccount[]>;
  /** Rejects when the process ends by itself. */
  readonly failure: Promise<never>;
  readonly #child: ChildProcess;
  readonly #deadlineMs: number;
  readonly #exited: Promise<void>;
  readonly #flights = new Map<number, Flight>();
  #gathered: Waiting[] = [];
  #lastId = 0;
  #ended: BaseError | null = null;
  #closing = false;
  #accept: (accounts: readonly SigningAccount[]) => void = () => {};
  #refuse: (error: BaseError) => void = () => {};
  #fail: (error: BaseError) => void = () => {};

  constructor(child: ChildProcess, deadlineMs: number) {
    this.#child = child;
    this.#deadlineMs = deadlineMs;
    this.opened = new Promise((resolve, reject) => {
      this.#accept = resolve;
      this.#refuse = reject;
    });
    this.failure = new Promise((_, reject) => {
      this.#fail = reject;
    });
    for (const promise of [this.opened, this.failure]) promise.catch(() => {});
    child.on('message', (received) => this.#hear(received));
    this.#exited = new Promise((resolve) => {
      const gone = (how: string): void => {
        this.#end(
          new FatalError(`expected the signer's process to stay, it ended by itself (${how})`, { hints: RESTART }),
        );
        resolve();
      };
      child.once('exit', (code, signal) => gone(signal === null ? `exit code ${code}` : signal));
      // It could not be started at all.
      child.once('error', (error) => gone(error.message));
    });
  }

  /** Hands over keys and policy. */
  open(message: OpenMessage): void {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), OPEN_DEADLINE_MS);
    this.opened.finally(() => clearTimeout(timer)).catch(() => {});
    this.#send(message);
  }

  /** What is asked for in one go travels in one message. */
  sign(unsigned: string): Promise<SignedTransaction> {
    if (this.#ended !== null) return Promise.reject(unanswered(this.#ended.message));
    return new Promise((resolve, reject) => {
      this.#gathered.push({ unsigned, resolve, reject });
      if (this.#gathered.length === 1) setImmediate(() => this.#takeOff());
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child.connected) this.#child.disconnect();
    // One that was suspended hears nothing; its keys go with it either way.
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_DEADLINE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #takeOff(): void {
    const waiting = this.#gathered;
    this.#gathered = [];
    if (waiting.length === 0) return;
    this.#lastId += 1;
    const id = this.#lastId;
    const timer = setTimeout(() => {
      this.#flights.delete(id);
      for (const { reject } of waiting) reject(unanswered(`no answer within ${this.#deadlineMs} ms`));
    }, this.#deadlineMs);
    this.#flights.set(id, { waiting, timer });
    this.#send({ kind: 'sign', id, unsigned: waiting.map(({ unsigned }) => unsigned) });
  }

  #send(message: OpenMessage | SignMessage): void {
    // A channel that closes under it ends in 'exit'.
    this.#child.send(message, () => {});
  }

  #hear(received: unknown): void {
    const parsed = answerMessage.safeParse(received);
    if (!parsed.success) {
      this.#end(
        new CorruptionError("expected an answer of the signer's protocol, was another", { cause: parsed.error }),
      );
      this.#child.kill('SIGKILL');
      return;
    }
    const message = parsed.data;
    switch (message.kind) {
      case 'opened':
        this.#accept(message.accounts);
        break;
      case 'failed':
        this.#end(unpackFailure(message.failure));
        break;
      case 'answered':
        this.#land(message.id, message.answers);
        break;
    }
  }

  /** Answers that come after their deadline belong to nobody. */
  #land(id: number, answers: readonly SignAnswer[]): void {
    const flight = this.#flights.get(id);
    if (flight === undefined) return;
    this.#flights.delete(id);
    clearTimeout(flight.timer);
    for (const [index, { resolve, reject }] of flight.waiting.entries()) {
      const answer = answers[index];
      if (answer === undefined) reject(unanswered('an answer without it'));
      else if (answer.kind === 'refused') reject(unpackFailure(answer.failure));
      else resolve({ txId: answer.txId, hex: answer.hex });
    }
  }

  #end(error: BaseError): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    this.#refuse(error);
    if (!this.#closing) this.#fail(error);
    const flights = [...this.#flights.values()];
    const waiting = [...flights.flatMap((flight) => flight.waiting), ...this.#gathered];
    for (const { timer } of flights) clearTimeout(timer);
    this.#flights.clear();
    this.#gathered = [];
    for (const { reject } of waiting) reject(unanswered(error.message));
  }
}

const RESTART = ['Start the bot again: it goes on with what the ledger holds.'];

const unanswered = (why: string): TransientError =>
  new TransientError(`expected the signer to answer, was not answered: ${why}`);
