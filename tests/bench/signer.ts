import { makeContractCall } from '@stacks/transactions';
import { encodeCall, type GridCall } from '../../src/contract/index.ts';
import { microStx, principal } from '../../src/core/index.ts';
import type { SignerPort } from '../../src/execution/index.ts';
import { createLocalSigner, keyFromText, startSignerProcess } from '../../src/signer/index.ts';
import type { Bench } from './bench-result.ts';

const ENTRIES = [1, 10, 100];
/** As many lanes as the pipeline's benchmark has. */
const AT_ONCE = 50;
const MEASURE_MS = 2_000;

/** Known to everybody, good for nothing but this. */
const text = '7d'.repeat(32);
const network = 'testnet';
const contractId = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.energy-grid';
const policy = { network, contractId, feeCap: microStx(50_000) } as const;
const fee = microStx(9_000);

/** Signed transactions a second, from the call to the bytes: by the library alone, in this process, and in one of its own. */
export const signerBench: Bench = async (progress) => {
  const local = createLocalSigner({ ...policy, keys: [keyFromText({ name: 'bench', text })] });
  const before = performance.now();
  const isolated = await startSignerProcess({ ...policy, keys: [{ kind: 'text', name: 'bench', text }] });
  const startMs = performance.now() - before;
  try {
    const [signer = principal('')] = await local.addresses();
    const rows = [];
    for (const entries of ENTRIES) {
      progress(`signer: measuring batches of ${entries}`);
      const call = callOf(entries);
      const by = (port: SignerPort) => (nonce: number) => port.sign({ signer, call, nonce, fee });
      const library = await rate(1, (nonce) => signByLibrary(call, nonce));
      const inProcess = await rate(1, by(local));
      const one = await rate(1, by(isolated));
      const many = await rate(AT_ONCE, by(isolated));
      rows.push({
        entries,
        'makeContractCall /s': Math.round(library),
        'in process /s': Math.round(inProcess),
        'own process, 1 at once /s': Math.round(one),
        [`own process, ${AT_ONCE} at once /s`]: Math.round(many),
        'own : in process': (many / inProcess).toFixed(2),
      });
    }
    return {
      name: 'signer',
      rows,
      limits: [
        `the process was ready after ${Math.round(startMs)} ms, without a password to stretch`,
        'in process and in one of its own: build, check every part of the bytes against the policy, sign; makeContractCall checks nothing',
        'in one of its own, building and signing share the work between two processes',
      ],
    };
  } finally {
    await isolated.close();
  }
};

const callOf = (entries: number): GridCall => ({
  kind: 'buyEnergyFor',
  validUntil: 90n,
  entries: Array.from({ length: entries }, (_, index) => ({
    buyer: principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5'),
    tradeId: BigInt(index + 1),
    amount: 50n,
    maxPrice: 120n,
  })),
});

function signByLibrary(call: GridCall, nonce: number): Promise<unknown> {
  const [contractAddress = '', contractName = ''] = contractId.split('.');
  const { functionName, functionArgs } = encodeCall(call);
  const contract = { contractAddress, contractName, functionName, functionArgs: [...functionArgs] };
  return makeContractCall({ ...contract, senderKey: `${text}01`, nonce, fee, network });
}

/** Times a second that `work` is done, so many at once, after a warm-up. */
async function rate(atOnce: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const run = async (milliseconds: number): Promise<number> => {
    const begun = performance.now();
    let done = 0;
    const lane = async (): Promise<void> => {
      while (performance.now() - begun < milliseconds) {
        await work(done);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return (done * 1000) / (performance.now() - begun);
  };
  await run(MEASURE_MS / 4);
  return run(MEASURE_MS);
}
