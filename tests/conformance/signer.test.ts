import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import {
  createLocalSigner,
  type KeySource,
  keyFromText,
  openKeystore,
  startSignerProcess,
} from '../../src/signer/index.ts';
import { describeSignerPort, signerSecrets } from './signer-port.ts';

const [stored, given] = signerSecrets;
const password = 'correct horse battery';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signer-port-'));
  const key = keyFromText({ name: 'stored', text: stored });
  await openKeystore(join(folder, 'keys'), { n: 2 ** 10, r: 8, p: 1 }).add(key, password);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeSignerPort('in this process', async (policy) => ({
  signer: createLocalSigner({ ...policy, keys: signerSecrets.map((text) => keyFromText({ name: 'k', text })) }),
  close: async () => {},
}));

/** One key from the keystore, one from the environment. */
describeSignerPort('in a process of its own', async (policy) => {
  const keys: KeySource[] = [
    { kind: 'stored', folder: join(folder, 'keys'), name: 'stored', password },
    { kind: 'text', name: 'given', text: given },
  ];
  const signer = await startSignerProcess({ ...policy, keys });
  return { signer, close: () => signer.close() };
});
