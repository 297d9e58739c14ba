/**
 * The signer's process: unlocks the keys that its first message names, and signs until its channel closes. It has no
 * environment and no output; what goes wrong leaves it only as a `Failure`.
 */
import { type ByteSigner, createKeyedSigner } from '../byte-signer.ts';
import { type Key, wipeKey } from '../key.ts';
import { openKeystore } from '../keystore.ts';
import { keyFromText } from '../secret-text.ts';
import { packFailure } from './failure.ts';
import { type AnswerMessage, type KeySource, openMessage, type SignAnswer, signMessage } from './messages.ts';

const keys: Key[] = [];

function end(code: number): void {
  for (const key of keys) wipeKey(key);
  process.exit(code);
}

function answer(message: AnswerMessage, then: () => void = () => {}): void {
  if (process.connected) process.send?.(message, then);
  else then();
}

function fail(error: unknown): void {
  answer({ kind: 'failed', failure: packFailure(error) }, () => end(1));
}

const keyOf = async (source: KeySource): Promise<Key> =>
  source.kind === 'text' ? keyFromText(source) : openKeystore(source.folder).unlock(source.name, source.password);

async function open(received: unknown): Promise<ByteSigner> {
  const { keys: sources, policy } = openMessage.parse(received);
  // One after the other: each takes 128 MiB to unlock.
  for (const source of sources) keys.push(await keyOf(source));
  return createKeyedSigner({ ...policy, keys });
}

const signOne = (signer: ByteSigner, unsigned: string): Promise<SignAnswer> =>
  signer.sign(unsigned).then(
    (signed) => ({ kind: 'signed', ...signed }),
    (error: unknown) => ({ kind: 'refused', failure: packFailure(error) }),
  );

async function serve(signer: ByteSigner, received: unknown): Promise<void> {
  const { id, unsigned } = signMessage.parse(received);
  answer({ kind: 'answered', id, answers: await Promise.all(unsigned.map((one) => signOne(signer, one))) });
}

// The bot decides when to stop, for it may still need signatures; when it is gone, nobody does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Node would open its debugger, and with it the heap, to whoever sends this signal.
process.on('SIGUSR1', () => {});
process.on('disconnect', () => end(0));
process.on('uncaughtException', fail);

process.once('message', (first) => {
  open(first).then((signer) => {
    process.on('message', (received) => void serve(signer, received).catch(fail));
    answer({ kind: 'opened', accounts: [...signer.accounts] });
  }, fail);
});
