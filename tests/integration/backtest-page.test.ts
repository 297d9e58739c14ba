import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { homes, recordNeighbourhood } from '../support/recorded-market.ts';
import { writeRecording } from '../support/recording-folder.ts';
import { runWattmaker } from '../support/run-wattmaker.ts';

interface Json {
  readonly seed: number;
  readonly version: string;
  readonly configHash: string;
  readonly recordings: readonly { readonly hash: string }[];
  readonly notModelled: readonly string[];
  readonly strategies: readonly { readonly hash: string }[];
  readonly runs: readonly {
    readonly results: {
      readonly pessimistic: { readonly accounts: readonly { readonly profit: Readonly<Record<string, number>> }[] };
    };
    readonly foresight: {
      readonly scores: { readonly pessimistic: { readonly capture: number; readonly regret: number } };
    };
  }[];
}

const base = mkdtempSync(join(tmpdir(), 'wattmaker-page-'));
/** A name that would be markup, were it not escaped. */
const recording = join(base, '<img src=x onerror=alert(1)>&"');
const file = join(base, 'report.html');
const options = ['--strategy', 'market-maker', '--strategy', 'surplus-seller', '--as', homes[0] as string];
const backtest = (...more: string[]) => runWattmaker(['backtest', recording, ...options, ...more]);

const browser = await startBrowser();
let told: Json;

beforeAll(async () => {
  writeRecording(recording, recordNeighbourhood(120, 3), 200);
  const { code, json, stderr } = await backtest('--html', file, '--json');
  expect(code, stderr).toBe(0);
  told = json as unknown as Json;
});
afterAll(async () => {
  if (!('missing' in browser)) await browser.close();
  rmSync(base, { recursive: true, force: true });
});

/** The report in a window, with whatever it asked for or complained of. */
async function open(looks: { readonly width: number; readonly colorScheme: 'light' | 'dark' }) {
  const page = await (browser as Browser).newPage({
    viewport: { width: looks.width, height: 800 },
    colorScheme: looks.colorScheme,
  });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

/** The cells of a table of parts, by part. */
async function partsOf(table: Locator): Promise<Readonly<Record<string, { microStx: number; shown: string }>>> {
  const cells = await table.locator('[data-part]').all();
  const read = cells.map(async (cell) => {
    const [part, microStx, shown] = await Promise.all([
      cell.getAttribute('data-part'),
      cell.getAttribute('data-micro-stx'),
      cell.innerText(),
    ]);
    return [part ?? '', { microStx: Number(microStx), shown }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

describe('the page of wattmaker backtest --html', () => {
  it('behavior: is the same, byte by byte, for the same backtest', async () => {
    const again = join(base, 'again.html');
    expect((await backtest('--html', again)).code).toBe(0);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(file, 'utf8'));
  });

  it('error: replaces no file unless it is told to', async () => {
    const there = join(base, 'there.html');
    writeFileSync(there, 'mine');
    const { code, stderr, stdout } = await backtest('--html', there);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`expected a new file for the report, was "${there}"`);
    expect(stderr).toContain('--force');
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect((await backtest('--html', there, '--force')).code).toBe(0);
    expect(readFileSync(there, 'utf8')).toContain('<!doctype html>');
  });

  it('error: a folder that is not there is told before anything is played', async () => {
    const { code, stderr } = await backtest('--html', join(base, 'nowhere', 'report.html'));
    expect(code).toBe(2);
    expect(stderr).toContain('expected a file in a folder that exists');
    expect(stderr).not.toContain('events/s');
  });
});

describe.skipIf('missing' in browser)('the page in a browser', () => {
  it('default: asks for nothing, complains of nothing, and shows every chart', async () => {
    const { page, complaints, requests } = await open({ width: 1280, colorScheme: 'light' });
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => url !== pathToFileURL(file).href && !url.startsWith('data:'))).toEqual([]);
    const charts = await page.locator('figure.chart').all();
    const titles = ['Equity', 'Drawdown', 'Inventory', 'Price and our fills'];
    expect(charts).toHaveLength(2 * titles.length);
    for (const [index, chart] of charts.entries()) {
      expect(await chart.locator('svg > title').textContent()).toBe(titles[index % titles.length]);
      expect((await chart.locator('svg > desc').textContent())?.length).toBeGreaterThan(10);
      expect(await chart.locator('tbody tr').count()).toBeGreaterThan(5);
      const drawn = await chart.locator('path.stroke, path.dots, path.squares').first().boundingBox();
      expect(drawn?.width).toBeGreaterThan(300);
      expect(drawn?.height).toBeGreaterThan(10);
    }
    await page.close();
  });

  it('behavior: the parts of the profit are those of the JSON, and sum to it', async () => {
    const { page } = await open({ width: 1280, colorScheme: 'light' });
    const tables = await page.locator('table.parts').all();
    expect(tables).toHaveLength(told.runs.length);
    for (const [index, run] of told.runs.entries()) {
      const shown = await partsOf(tables[index] ?? expect.fail());
      const profit = run.results.pessimistic.accounts[0]?.profit ?? expect.fail();
      for (const [part, cell] of Object.entries(shown)) {
        expect([part, cell.microStx]).toEqual([part, profit[part]]);
        expect(Math.round(Number.parseFloat(cell.shown.replaceAll(',', '')) * 1e6)).toBe(cell.microStx);
      }
      const { net, ...parts } = shown;
      expect(Object.keys(parts)).toEqual(['spread', 'inventory', 'fees', 'grid']);
      expect(Object.values(parts).reduce((sum, { microStx }) => sum + microStx, 0)).toBe(net?.microStx);
    }
    await page.close();
  });

  it('behavior: states what it rests on, capture and regret, and escapes what it was given', async () => {
    const { page } = await open({ width: 1280, colorScheme: 'dark' });
    const text = await page.innerText('body');
    const { capture } = told.runs[0]?.foresight.scores.pessimistic ?? expect.fail();
    const hash = told.recordings[0]?.hash ?? expect.fail();
    for (const said of [
      told.configHash,
      hash,
      `wattmaker ${told.version}`,
      `${(100 * capture).toFixed(2)} %`,
      ...told.strategies.map(({ hash }) => hash),
      'spendPerDay',
    ]) {
      expect(text).toContain(said);
    }
    for (const line of told.notModelled) expect(text).toContain(line);
    expect(text).toContain('<img src=x onerror=alert(1)>&"');
    expect(await page.$$('img, script, [onerror]')).toEqual([]);
    await page.close();
  });

  it('behavior: shows runs side by side without a column that is cut off', async () => {
    const { page } = await open({ width: 820, colorScheme: 'light' });
    const table = `document.querySelector('section[aria-label="Runs side by side"] .scroll')`;
    expect(await page.evaluate(`${table}.scrollWidth - ${table}.clientWidth`)).toBe(0);
    await page.close();
  });

  it.each([
    { width: 360, colorScheme: 'light' as const },
    { width: 360, colorScheme: 'dark' as const },
    { width: 1600, colorScheme: 'dark' as const },
  ])('behavior: fits $width pixels, $colorScheme, and is accessible', async (looks) => {
    const { page, complaints } = await open(looks);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(looks.width);
    await page.evaluate(axe.source);
    const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
    expect(passes.map(({ id }) => id)).toContain('color-contrast');
    await page.close();
  });
});
