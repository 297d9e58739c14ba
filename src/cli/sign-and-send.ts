import { setTimeout as pause } from 'node:timers/promises';
import type { GridCall } from '../contract/index.ts';
import { ConfigError, type MicroStx, microStx, RejectedError, TransientError } from '../core/index.ts';
import {
  type PreparedTransaction,
  prepareCall,
  type SendDeps,
  type SenderTerms,
  type SendOptions,
  type Settled,
  sendCall,
  type WalletTarget,
} from '../service/wallet/index.ts';
import { createLocalSigner, type Key } from '../signer/index.ts';
import { showMicroStx } from './amounts.ts';
import { type CommandIo, createReport, type Report } from './command-io.ts';
import { contractOf, networkOf, openChain, type Sender, senderOf, urlsOf } from './wallet.ts';
import type { SigningOptions } from './wallet-options.ts';

/** A command in the middle of its work. */
export interface WalletSession {
  readonly io: CommandIo;
  readonly options: SigningOptions;
  readonly report: Report;
  readonly target: WalletTarget;
  readonly urls: readonly string[];
  readonly sender: Sender;
}

export interface CallDraft {
  readonly call: GridCall;
  /** What the signer should also know, shown before it is asked. */
  readonly notes?: readonly string[];
  /** One line for when the chain has confirmed it. */
  readonly done: (settled: Settled) => string;
}

/** Fees that are chosen without being asked for stay below these; what `--fee` names is the person's own choice. */
const CALL_FEE_CAP = microStx(100_000);

/** Opens what a signing command needs: contract, nodes and sender. @throws ConfigError */
export async function openSession(io: CommandIo, options: SigningOptions): Promise<WalletSession> {
  const network = networkOf(io, options);
  const contractId = contractOf(io, options, network);
  const urls = urlsOf(io, options, network);
  const sender = await senderOf(io, options, network);
  const chain = openChain(io, { network, urls, contractId });
  const report = createReport(io, { json: options.json === true });
  return { io, options, report, target: { chain, network, contractId }, urls, sender };
}

/** The whole life of a signing command: prepare, show, ask, sign, send, wait, tell. */
export async function signAndSend(
  io: CommandIo,
  options: SigningOptions,
  draftOf: (session: WalletSession) => Promise<CallDraft> | CallDraft,
): Promise<void> {
  const session = await openSession(io, options);
  const draft = await draftOf(session);
  const prepared = await prepareCall(session.target, draft.call, termsOf(session, CALL_FEE_CAP));
  const { network, contractId } = session.target;
  await complete(session, prepared, {
    notes: draft.notes ?? [],
    questions: ['Sign and send this?'],
    done: draft.done,
    send: (key, deps, sendOptions) => {
      const feeCap = options.fee === undefined ? CALL_FEE_CAP : prepared.fee;
      const signer = createLocalSigner({ keys: [key], network, contractId, feeCap, calls: 'every' });
      return sendCall({ ...deps, signer }, prepared, sendOptions);
    },
  });
}

export const termsOf = ({ options, sender }: WalletSession, feeCap: MicroStx): SenderTerms => ({
  publicKey: sender.publicKey,
  fee: options.fee === undefined ? undefined : microStx(options.fee),
  feeCap,
  nonce: options.nonce,
});

export interface Completion {
  readonly notes: readonly string[];
  /** Each has to be answered with yes. */
  readonly questions: readonly string[];
  readonly done: (settled: Settled) => string;
  readonly send: (key: Key, deps: SendDeps, options: SendOptions) => Promise<Settled>;
}

/** Shows a prepared transaction and either prints it unsigned, or asks, signs, sends and waits. */
export async function complete(session: WalletSession, prepared: PreparedTransaction, how: Completion): Promise<void> {
  const { io, options, report, target, sender } = session;
  const facts = factsOf(session, prepared);
  show(session, prepared, how.notes);
  if (options.unsigned) {
    report.line();
    report.line(`unsigned transaction for ${prepared.sender}, nonce ${prepared.nonce}:`);
    report.line(prepared.unsignedHex);
    report.line(
      'Sign it with a wallet that takes transaction hex, in deny mode as it is, and broadcast it from there.',
    );
    report.result({ ...facts, outcome: 'unsigned', unsigned: prepared.unsignedHex });
    return;
  }
  assertAffordable(prepared);
  await assertAgreed(io, options, how.questions);
  const key = await sender.unlock();
  const deps: SendDeps = { chain: target.chain, pause: (ms) => pause(ms), progress: (line) => report.line(line) };
  try {
    const settled = await how.send(key, deps, sendOptionsOf(session));
    report.line(`confirmed at height ${settled.height}, fee ${settled.fee} µSTX: ${how.done(settled)}`);
    report.result({ ...facts, outcome: 'confirmed', ...settled });
  } catch (error) {
    if (error instanceof RejectedError || error instanceof TransientError) {
      const code = error instanceof RejectedError ? error.code : null;
      report.result({
        ...facts,
        outcome: error instanceof RejectedError ? 'failed' : 'unknown',
        error: { code, message: error.message },
      });
    }
    throw error;
  }
}

const factsOf = ({ target }: WalletSession, prepared: PreparedTransaction) => ({
  network: target.network,
  contract: target.contractId,
  sender: prepared.sender,
  nonce: prepared.nonce,
  offeredFee: prepared.fee,
  postConditions: prepared.postConditions,
});

function show(
  { report, target, urls, sender }: WalletSession,
  prepared: PreparedTransaction,
  notes: readonly string[],
): void {
  const row = (label: string, values: readonly string[]): void =>
    values.forEach((value, index) => {
      report.line(`${(index === 0 ? label : '').padEnd(10)}${value}`);
    });
  row('network', [`${target.network}, ${urls.join(', ')}`]);
  row('sender', [`${prepared.sender} (${sender.label}), nonce ${prepared.nonce}`]);
  row('signs', prepared.lines);
  row('may move', prepared.postConditions);
  row('fee', [`${prepared.fee} µSTX (${showMicroStx(prepared.fee)})`]);
  row('costs', [`${showMicroStx(prepared.cost)} of the ${showMicroStx(prepared.balance)} in the wallet`]);
  row('note', notes);
}

function assertAffordable({ cost, balance, sender }: PreparedTransaction): void {
  if (cost <= BigInt(balance)) return;
  throw new ConfigError(`expected at least ${cost} µSTX in ${sender}, was ${balance}`, {
    hints: ['Send STX to the address first; on the embedded chain: `wattmaker devnet --fund ADDRESS=MICROSTX`.'],
  });
}

async function assertAgreed(io: CommandIo, { yes }: SigningOptions, questions: readonly string[]): Promise<void> {
  if (yes) return;
  if (!io.interactive) {
    throw new ConfigError('expected a terminal to ask at, found none: nothing was signed', {
      hints: ['Give --yes to sign without being asked.'],
    });
  }
  for (const question of questions) {
    if (!(await io.confirm(question))) throw new ConfigError('expected a yes, was a no: nothing was signed');
  }
}

function sendOptionsOf({ options, target }: WalletSession): SendOptions {
  const isEmbedded = target.network === 'embedded';
  const seconds = options.wait ?? (isEmbedded ? 120 : 1800);
  return { timeoutMs: seconds * 1000, pollMs: isEmbedded ? 250 : 5000 };
}
