import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChainClient } from '../../src/chain/index.ts';
import { principal, seededRandom } from '../../src/core/index.ts';
import type { ChainPort, GridLogEntry, LedgerPort, Transaction } from '../../src/execution/index.ts';
import { createPgliteLedger, openEmbeddedDatabase } from '../../src/storage/index.ts';
import { eventually } from '../support/eventually.ts';
import { familyOf, filesUnder, findLeaks, processesOf, rowsOf, saidThings } from '../support/leaked-secrets.ts';
import { type Quickstart, quickstart } from '../support/quickstart.ts';
import type { Wattmaker } from '../support/run-wattmaker.ts';

const BLOCK_MS = 500;
const PATIENT = { timeoutMs: 90_000, intervalMs: 100 };

let world: Quickstart;
let config: readonly string[];
let chain: ChainPort & { close(): void };

beforeAll(async () => {
  world = await quickstart({ blockIntervalMs: BLOCK_MS });
  // Ben changes his mind with every block, so that transactions are under way whenever the bot is killed.
  const restless = `strategy: surplus-seller
    parameters: { slotBlocks: 4, repricePercent: 1, minAgeBlocks: 1 }`;
  const file = await world.variant('restless', (text) => text.replace('strategy: surplus-seller', restless));
  config = ['--config', file];
  chain = createChainClient({
    urls: [world.url],
    contractId: world.contract,
    network: 'embedded',
    clock: { now: () => Date.now() },
    random: seededRandom(1),
  });
}, 120_000);
afterAll(async () => {
  chain?.close();
  await world?.stop();
});

const operatorNonce = async (): Promise<number> => (await chain.account(principal(world.address.operator))).nonce;

/** How often each sign stands in what the bot has printed. */
const shown = (bot: Wattmaker, sign: string | RegExp): number => bot.stdout().split(sign).length - 1;

async function eventsOfOperator(): Promise<GridLogEntry[]> {
  const entries: GridLogEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await chain.logs(cursor === undefined ? {} : { cursor });
    entries.push(...page.entries);
    cursor = page.olderCursor;
  }
  return entries.filter(
    ({ event }) => 'operator' in event && 'tradeId' in event && event.operator === world.address.operator,
  );
}

async function withLedger<Answer>(folder: string, look: (ledger: LedgerPort) => Promise<Answer>): Promise<Answer> {
  const database = await openEmbeddedDatabase(folder);
  try {
    const binding = { identity: await chain.identity(), contractId: world.contract };
    const ledger = await createPgliteLedger({ database }, { binding });
    return await look(ledger);
  } finally {
    await database.close();
  }
}

const EVERY_STATE = [
  'claimed',
  'signed',
  'queued',
  'broadcast',
  'mempool',
  'included',
  'final',
  'reverted',
  'cancelled',
  'superseded',
] as const satisfies readonly Transaction['state'][];

describe('wattmaker run, as docs/quickstart.md tells it', () => {
  it('behavior: doctor finds nothing that keeps the bot from running', { timeout: 60_000 }, async () => {
    const { code, json, stderr } = await world.run(['doctor', ...config, '--json']);
    expect(code, stderr).toBe(0);
    expect(json).toMatchObject({ healthy: true });
    const { findings } = json as { findings: { name: string; state: string }[] };
    expect(Object.fromEntries(findings.map(({ name, state }) => [name, state]))).toMatchObject({
      config: 'ok',
      key: 'ok',
      node: 'ok',
      clock: 'ok',
      contract: 'ok',
      meters: 'warn',
      'operator wallet': 'ok',
      'account anna': 'ok',
      'delegation of anna': 'ok',
      'account ben': 'ok',
      'delegation of ben': 'ok',
      'data folder': 'ok',
    });
  });

  it('behavior: a dry run shows what it would do, needs no password, sends nothing and keeps nothing', {
    timeout: 90_000,
  }, async () => {
    const dry = world.start(['run', ...config, '--dry-run']);
    await eventually(() => expect(dry.stdout()).toMatch(/ben would list /), PATIENT);
    dry.process.kill('SIGINT');
    expect((await dry.finished).code).toBe(0);
    expect(await operatorNonce()).toBe(0);
    expect(await eventsOfOperator()).toEqual([]);
    // The folder holds no database: not even an empty ledger was made.
    expect(await readdir(join(world.folder, 'data-restless'))).not.toContain('database');
  });

  it('behavior: killed again and again while it trades, it goes on without a double trade', {
    timeout: 400_000,
  }, async () => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() | 0);
    console.log(`moments of the kills: FUZZ_SEED=${seed}`);
    const random = seededRandom(seed);
    const moments = [0, 1].map(() => random.integer(0, 2 * BLOCK_MS));
    await world.sign('carla', 'offer', 'list', '2kWh', '70');

    let bot = world.start(['run', ...config]);
    await eventually(() => expect(bot.stdout()).toMatch(/anna bought #1/), PATIENT);
    await eventually(() => expect(bot.stdout()).toMatch(/ben listed #/), PATIENT);

    for (const [index, moment] of moments.entries()) {
      if (index === 0) await world.sign('carla', 'offer', 'list', '1kWh', '65');
      const sent = shown(bot, '→');
      await eventually(() => expect(shown(bot, '→')).toBeGreaterThan(sent), { ...PATIENT, intervalMs: 5 });
      await delay(moment);
      bot.process.kill('SIGKILL');
      await bot.finished;
      bot = world.start(['run', ...config]);
      await eventually(
        () => expect(shown(bot, '✓'), `seed ${seed}, kill ${index + 1}: ${bot.stderr()}`).toBeGreaterThan(0),
        PATIENT,
      );
    }

    // A batch that a kill kept from the node until it expired is refused by the contract, so some may be reverted.
    expect(await world.done('status', ...config)).toMatchObject({
      haltState: 'active',
      trouble: null,
      fills: { bought: 2, sold: 0, own: 0 },
      benched: [],
    });
    expect(await world.done('reconcile', ...config)).toMatchObject({ reconciled: true, differences: [] });
    const people = await world.run(['status', ...config]);
    expect(people.stdout).toMatch(/^trading is active at block \d+ of http/);
    expect(people.stdout).toMatch(/anna +│ bargain-buyer +│ +3,000 Wh │/);

    expect(await world.done('halt', ...config)).toEqual({ state: 'halted' });
    bot.process.kill('SIGINT');
    const drained = await bot.finished;
    expect(drained.code).toBe(0);
    expect(drained.stdout).toMatch(/SIGINT: draining.*pending/is);

    const offline = await world.done('reconcile', ...config);
    expect(offline).toMatchObject({ reconciled: true, differences: [] });
    expect(offline.transactions).toBeGreaterThan(4);
    expect(offline.fills).toBe(2);

    // A halted bot takes offers back and lists or buys nothing more, so the chain comes to rest and can be compared.
    bot = world.start(['run', ...config]);
    await eventually(() => expect(shown(bot, 'block ')).toBeGreaterThan(8), PATIENT);
    expect(await world.done('status', ...config)).toMatchObject({ haltState: 'halted' });
    expect(bot.stdout()).not.toMatch(/→ .*(list|buy) /);
    bot.process.kill('SIGINT');
    await bot.finished;

    const events = await eventsOfOperator();
    const nonce = await operatorNonce();
    await withLedger(join(world.folder, 'data-restless'), async (ledger) => {
      const transactions = await ledger.transactions({ states: EVERY_STATE });
      const executed: string[] = [];
      const byTransaction = new Map<string, number>();
      for (const transaction of transactions) {
        expect(transaction).toHaveProperty('inclusion');
        if (!('inclusion' in transaction)) continue;
        const done = (await ledger.results(transaction.id)).filter(({ kind }) => kind === 'ok');
        executed.push(...done.map(({ intentId }) => intentId));
        byTransaction.set(transaction.inclusion.txId, done.length);
      }
      // Every nonce of the operator is a transaction of the ledger, without a gap and without a foreign one.
      expect(transactions.map((each) => each.nonce)).toEqual(Array.from({ length: nonce }, (_, index) => index));
      // No intent was executed twice, and the chain holds nothing by the operator that no intent asked for.
      expect(new Set(executed).size).toBe(executed.length);
      const onChain = new Map<string, number>();
      for (const { txId } of events) onChain.set(txId, (onChain.get(txId) ?? 0) + 1);
      expect(onChain).toEqual(new Map([...byTransaction].filter(([, count]) => count > 0)));
    });
  });

  it('behavior: keys and passwords are nowhere but in the keystore', { timeout: 120_000 }, async () => {
    const bot = world.start(['run', ...config]);
    await eventually(() => expect(shown(bot, 'block ')).toBeGreaterThan(0), PATIENT);
    const family = await familyOf(bot.process.pid ?? 0);
    const [signer, ...others] = await signersAmong(family);
    expect(others).toEqual([]);
    const running = processesOf(family.filter((pid) => pid !== signer));
    const whileRunning = await findLeaks(world.secrets, running, processesOf([signer ?? 0]));
    bot.process.kill('SIGINT');
    expect((await bot.finished).code).toBe(0);

    const folders = ['data-restless', 'devnet', 'keys'].map((name) => join(world.folder, name));
    const said = saidThings({ printed: world.printed() });
    const stored = await findLeaks(world.secrets, filesUnder(...folders), said);
    expect(stored.searched.files).toBeGreaterThan(100);
    const database = await openEmbeddedDatabase(join(world.folder, 'data-restless'));
    try {
      const rows = rowsOf(database.pool);
      const inRows = await findLeaks(world.secrets, rows);
      expect([...whileRunning.leaks, ...stored.leaks, ...inRows.leaks]).toEqual([]);
      // The search finds what is there: the operator's address wherever it was searched, and its key where it came from.
      const { operator } = world.address;
      const recordings = filesUnder(join(world.folder, 'data-restless', 'recordings'));
      for (const place of [rows, said, recordings])
        expect((await findLeaks({ operator }, place)).leaks).not.toEqual([]);
      const imported = saidThings({ file: await readFile(join(world.folder, 'operator.secret'), 'utf8') });
      expect((await findLeaks(world.secrets, imported)).leaks).not.toEqual([]);
    } finally {
      await database.close();
    }
  });

  it('behavior: a signer that dies takes the bot with it, in order, and the next start goes on', {
    timeout: 120_000,
  }, async () => {
    const bot = world.start(['run', ...config]);
    await eventually(() => expect(shown(bot, 'block ')).toBeGreaterThan(0), PATIENT);
    const [signer = 0] = await signersAmong(await familyOf(bot.process.pid ?? 0));
    process.kill(signer, 'SIGKILL');
    const { code, stderr } = await bot.finished;
    expect(code).toBe(1);
    expect(stderr).toContain("error: expected the signer's process to stay, it ended by itself (SIGKILL)");
    expect(await world.done('reconcile', ...config)).toMatchObject({ reconciled: true, differences: [] });
  });

  it('error: a wrong password is one line, exit code 2, and nothing is started', { timeout: 60_000 }, async () => {
    const file = join(world.folder, 'wrong-password');
    await writeFile(file, 'a password for something else\n', { mode: 0o600 });
    const { code, stdout, stderr } = await world.run(['run', ...config, '--password-file', file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: expected the password of key "operator", was another [^\n]*\n$/);
  });
});

async function signersAmong(pids: readonly number[]): Promise<number[]> {
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  return pids.filter((_, index) => lines[index]?.includes('signer/process/main.ts'));
}
