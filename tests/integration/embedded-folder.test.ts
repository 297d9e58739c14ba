import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createPgliteLedger, createPgliteQueue, openEmbeddedDatabase } from '../../src/storage/index.ts';
import { collectingLog } from '../support/collecting-log.ts';
import { OPERATOR, planBuy } from '../support/trading-fixtures.ts';

const run = promisify(execFile);
const root = new URL('../../', import.meta.url).pathname;

/** Opens the folder in another process, which dies by SIGKILL if it could. */
async function openElsewhere(folder: string): Promise<string> {
  const script = `
    import { openEmbeddedDatabase } from '${root}src/storage/index.ts';
    openEmbeddedDatabase(process.argv[1]).then(
      () => { console.log('opened'); process.kill(process.pid, 'SIGKILL'); },
      (error) => { console.log(error.name + ': ' + error.message); process.exit(0); },
    );`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script, folder];
  const { stdout } = await run(process.execPath, args, { cwd: root }).catch((error) => error as { stdout: string });
  return stdout.trim();
}

test('a data folder has one process at a time, outlives it, and is taken over from one that was killed', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wattmaker-folder-'));
  const binding = { identity: { chainId: 1, genesis: 'ab'.repeat(32) }, contractId: `${OPERATOR}.energy-grid` };
  try {
    const first = await openEmbeddedDatabase(folder);
    const queue = await createPgliteQueue({ database: first, log: collectingLog() });
    const ledger = await createPgliteLedger({ database: first }, { binding });
    const lease = await ledger.acquireLanes({ lanes: [OPERATOR], holder: 'first', ttlMs: 60_000 });
    await lease?.recordIntents({ planned: [planBuy({ id: 'kept' })], at: 1 });
    await queue.enqueue({ topic: 'jobs', jobs: [{ id: 'lost', data: {} }] });
    expect(await openElsewhere(folder)).toBe(
      `ConfigError: data folder "${folder}" is in use by process ${process.pid}`,
    );
    await queue.close({ deadlineMs: 1_000 });
    await ledger.close();
    await first.close();

    expect(await openElsewhere(folder)).toBe('opened');

    const again = await openEmbeddedDatabase(folder);
    const emptied = await createPgliteQueue({ database: again, log: collectingLog() });
    const kept = await createPgliteLedger({ database: again }, { binding });
    expect((await kept.allowedIntents()).map(({ id }) => id)).toEqual(['kept']);
    expect(await emptied.counts('jobs')).toEqual({ waiting: 0, delayed: 0, active: 0 });
    await emptied.close({ deadlineMs: 1_000 });
    await kept.close();
    await again.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
