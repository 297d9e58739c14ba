import fc from 'fast-check';
import { afterAll, beforeAll, test } from 'vitest';
import { microStx } from '../../src/core/index.ts';
import { createLocalSigner, keyFromText } from '../../src/signer/index.ts';
import { createPgliteLedger, type EmbeddedDatabase, openMemoryDatabase } from '../../src/storage/index.ts';
import { testAccount } from '../support/devnet.ts';
import { LANE } from '../support/execution-world.ts';
import { FakeChain } from '../support/fake-chain.ts';
import { FUZZ_TIMEOUT, fuzzParameters } from '../support/fuzz.ts';
import { LaneHistory, WHAT_HISTORIES_REACH } from '../support/lane-history/history.ts';
import { LaneInvariants } from '../support/lane-history/invariants.ts';
import { type Move, moves } from '../support/lane-history/moves.ts';

let database: EmbeddedDatabase;
beforeAll(async () => {
  database = await openMemoryDatabase();
});
afterAll(() => database?.close());

const contractId = `${LANE}.energy-grid`;
const key = keyFromText({ name: 'test', text: testAccount(0).privateKey });
const signer = createLocalSigner({ keys: [key], network: 'embedded', contractId, feeCap: microStx(3_000) });

/** How many histories came to what. */
const reached = new Map<string, number>(WHAT_HISTORIES_REACH.map((what) => [what, 0]));

async function play(history: readonly Move[]): Promise<void> {
  const chain = new FakeChain(LANE);
  const binding = { identity: await chain.identity(), contractId };
  const ledger = await createPgliteLedger({ database }, { binding, schema: 'history', fresh: true });
  const lane = new LaneHistory({ chain, ledger, signer });
  const invariants = new LaneInvariants(lane);
  try {
    await lane.execution.recover();
    for (const move of history) {
      await lane.play(move);
      await invariants.check();
    }
    await lane.comeToRest();
    await invariants.checkEnd();
    for (const what of await lane.reached()) reached.set(what, (reached.get(what) ?? 0) + 1);
  } finally {
    await lane.execution.drain({ deadlineMs: 1_000 }).catch(() => {});
    await ledger.close();
  }
}

test('T1 to T5, T7 and T10 hold after every move of a random history', { timeout: FUZZ_TIMEOUT }, async () => {
  const histories = fc.array(moves, { minLength: 10, maxLength: 40, size: 'max' });
  await fc.assert(fc.asyncProperty(histories, play), fuzzParameters('lane histories', { runs: 25, seconds: 45 }));
  console.log(`histories with ${[...reached].map(([what, count]) => `${what}: ${count}`).join(', ')}`);
});
