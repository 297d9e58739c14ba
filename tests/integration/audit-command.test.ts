import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_STRATEGIES, strategyNames } from '../../src/trading/host/index.ts';
import { runCommand } from '../support/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'wattmaker-audit-'));
const recording = join(folder, 'recording');
const fixture = (name: string): string => resolve(import.meta.dirname, '../support/strategies', `${name}.ts`);

beforeAll(async () => {
  const made = ['--events', '1200', '--accounts', '20', '--open-offers', '15', '--seed', '3'];
  const { code, err } = await runCommand(['data', 'generate', '--out', recording, ...made]);
  expect(code, err).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function audit(strategy: string, ...more: readonly string[]) {
  const args = ['audit', recording, '--strategy', strategy, '--points', '2', '--json', ...more];
  const { code, out, err } = await runCommand(args);
  return { code, err, json: out === '' ? null : JSON.parse(out) };
}

const probesOf = (json: { findings: { probe: string }[] }): string[] => [
  ...new Set(json.findings.map(({ probe }) => probe)),
];

/** A strategy of the test's own that buys the cheapest offer where `condition` holds. */
function written(name: string, head: string, condition: string): string {
  const file = join(folder, `${name}.mts`);
  writeFileSync(
    file,
    `import { defineStrategy } from 'wattmaker/strategy';
${head}
export default defineStrategy({
  apiVersion: 1, name: '${name}', description: 'A cheat.', parameters: {},
  decide({ offers: [cheapest] }) {
    if (cheapest === undefined || !(${condition})) return [];
    const { tradeId, amount, price: maxPrice } = cheapest;
    return [{ kind: 'buy', tradeId, amount, maxPrice, reason: 'known' }];
  },
});
`,
  );
  return file;
}

describe('wattmaker audit', { timeout: 60_000 }, () => {
  it.each(strategyNames(BUILT_IN_STRATEGIES))('behavior: %s goes by what a turn gives it', async (name) => {
    // A buyer buys what it lacks.
    const { code, err, json } = await audit(name, ...(name === 'bargain-buyer' ? ['--target', '100kWh'] : []));
    expect(code, err).toBe(0);
    expect(json).toMatchObject({ honest: true, findings: [], uses: {}, unloadable: null, probes: 9 });
    expect(json.decidedTurns).toBeGreaterThan(5);
    expect(err).toContain('9 of 9 probes done');
  });

  it('behavior: one that fails on its way is not called honest for what it did before', async () => {
    const head = "const failed = () => { throw new Error('no more'); };";
    const failing = written('failing', head, 'cheapest.tradeId < 60 || failed()');
    const { code, err, json } = await audit(failing);
    expect(code).toBe(1);
    expect(json).toMatchObject({ honest: false, benched: { reason: 'threw Error: no more' } });
    expect(err).toMatch(/it threw Error: no more in turn \d+ at height \d+; what comes after could not be audited/);
  });

  it('behavior: a gambler is found by every probe, and by what it uses', async () => {
    const { code, err, json } = await audit(fixture('gambler'));
    expect(code).toBe(1);
    expect(Object.keys(json.uses)).toEqual(['Math.random']);
    expect(probesOf(json)).toEqual(
      expect.arrayContaining(['again', 'shifted', 'cut', 'shuffled', 'perturbed', 'closed']),
    );
    expect(err).toMatch(/expected .*gambler\.ts to go by what a turn gives it alone: it uses Math\.random/);
    expect(err).toMatch(/played once more, with all as it was, turn \d+ at height \d+ decides /);
  });

  it('behavior: who looks at the clock decides otherwise at another time', async () => {
    const { code, json } = await audit(fixture('clock-watcher'));
    expect(code).toBe(1);
    expect(Object.keys(json.uses)).toEqual(['Date.now']);
    expect(probesOf(json)).toEqual(['shifted']);
  });

  it('behavior: who keeps what it saw knows the future the second time', async () => {
    const { code, json } = await audit(fixture('rememberer'));
    expect(code).toBe(1);
    expect(json.uses).toEqual({});
    expect(probesOf(json)).toContain('again');
    expect(probesOf(json)).not.toContain('closed');
  });

  it('behavior: who reads the recording as it loads decides otherwise where it cannot', async () => {
    const head = `import { readFileSync } from 'node:fs';
let known = false;
try { known = readFileSync(${JSON.stringify(join(recording, 'manifest.json'))}, 'utf8').includes('segments/'); } catch {}`;
    const { code, json } = await audit(written('peeker', head, 'known'));
    expect(code).toBe(1);
    expect(Object.keys(json.uses)).toEqual(['node:fs readFileSync']);
    expect(probesOf(json)).toEqual(['closed']);
  });

  it('behavior: who cannot do without does not load', async () => {
    const head = `import { readdirSync } from 'node:fs';\nconst files = readdirSync(${JSON.stringify(recording)});`;
    const { code, json } = await audit(written('reader', head, 'files.length > 0'));
    expect(code).toBe(1);
    expect(json.unloadable).toMatch(/node:fs readdirSync is out of reach in an audit/);
  });

  it('behavior: who asks at each turn is found as well, whatever way it goes', async () => {
    const head = `const fs = process.getBuiltinModule('node:fs');`;
    const condition = `(() => { try { return fs.statSync(${JSON.stringify(recording)}).isDirectory(); } catch { return false; } })()`;
    const { code, json } = await audit(written('asker', head, condition));
    expect(code).toBe(1);
    expect(Object.keys(json.uses)).toEqual(['node:fs statSync']);
    expect(probesOf(json)).toEqual(['closed']);
  });

  it('error: an audit of nothing is none', async () => {
    const idle = await audit('bargain-buyer');
    expect(idle.code).toBe(2);
    expect(idle.err).toMatch(/expected decisions to audit, was none in \d+ turns/);
  });

  it('error: a recording or a strategy that there is not', async () => {
    const { code, err } = await runCommand(['audit', join(folder, 'none'), '--strategy', 'market-maker']);
    expect([code, err]).toEqual([2, expect.stringMatching(/expected a recording in/)]);
    expect(await audit('market-marker')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/expected a strategy, was "market-marker"/),
    });
  });
});
