import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createTerminalView } from '../../../src/cli/view/terminal-view.ts';
import { costOf, height, microStx, price, sequence, tradeId, txId, wh } from '../../../src/core/index.ts';
import type { BotEvent } from '../../../src/service/index.ts';
import type { Intent, PlannedIntent } from '../../../src/trading/index.ts';
import { testPrincipal } from '../../support/test-principal.ts';

const ben = testPrincipal(1);
const maker = testPrincipal(2);
const TX = txId('ab'.repeat(32));

function screen(terminal?: { readonly columns: number }) {
  const stream = new PassThrough();
  const out = Object.assign(stream, terminal ? { isTTY: true, columns: terminal.columns } : {});
  const names = new Map([
    [ben, 'ben'],
    [maker, 'maker'],
  ]);
  const view = createTerminalView({
    out: out as unknown as NodeJS.WriteStream,
    names,
    profit: () => microStx(1_234_567),
  });
  return { ...view, written: () => String(stream.read() ?? '') };
}

const turn = (at: number): BotEvent => {
  const account = (principal: typeof ben, escrowed: number) => ({
    account: principal,
    strategy: '',
    registered: true,
    energy: wh(13_000),
    funds: microStx(998_000_001),
    escrowed: wh(escrowed),
    openOffers: 0,
    targetWh: wh(0),
  });
  const offer = { seller: ben, amount: wh(100), cost: costOf(wh(100), price(69)), openUntil: null, attested: false };
  const summary = {
    sequence: sequence(1),
    energyPrice: price(105),
    grid: { import: price(105), feedIn: price(42) },
    openOffers: 28,
    bestOffers: [
      { ...offer, tradeId: tradeId(1), price: price(69) },
      { ...offer, tradeId: tradeId(2), price: price(72) },
    ],
    accounts: [account(ben, 0), account(maker, 1_250)],
  };
  return { kind: 'turn', turn: at, height: height(at), summary };
};

const planned = (account: typeof ben, intent: Intent, id: string): PlannedIntent => ({
  id,
  account,
  operator: account,
  strategy: '',
  turn: 1,
  height: height(1),
  intent,
});
const buy = (id: number, amount: number, maxPrice: number): Intent => ({
  kind: 'buy',
  tradeId: tradeId(id),
  amount: wh(amount),
  maxPrice: price(maxPrice),
  reason: '',
});
const buys = [
  planned(ben, buy(18, 650, 63), 'a'),
  planned(maker, buy(47, 400, 66), 'b'),
  planned(ben, buy(33, 950, 64), 'c'),
];
const sent: BotEvent = {
  kind: 'submitted',
  height: height(7),
  batches: [{ transactionId: 1, txId: TX, nonce: 0, fee: microStx(1), intentIds: buys.map(({ id }) => id) }],
  planned: buys,
};
const confirmed: BotEvent = {
  kind: 'confirmed',
  height: height(8),
  batches: [
    {
      transactionId: 1,
      txId: TX,
      height: height(8),
      status: 'success',
      fee: microStx(1),
      entries: buys.map((intent) => ({
        intent,
        result:
          intent.id === 'b'
            ? { kind: 'error', intentId: 'b', error: 'tradeNotOpen' }
            : { kind: 'ok', intentId: intent.id, value: intent.intent.amount * 60 },
        fee: microStx(0),
      })),
    },
  ],
};

/** Moves the cursor to the first of two lines. */
const BACK = '\u001b[2A';

const LINE =
  'block     7  price 105  28 offers, best 69 72  profit 1.234567 STX' +
  ' | ben 13,000 Wh 998.000001 STX | maker 13,000+1,250 Wh 998.000001 STX\n';

describe('away from a terminal', () => {
  it('default: a line a block, and a line an account for each transaction, with its whole id', () => {
    const { hear, written } = screen();
    for (const event of [turn(7), sent, confirmed]) hear(event);
    expect(stripVTControlCharacters(written())).toBe(
      `${LINE}  → ben: buy #18 #33, 1,600 Wh at 63 to 64  ${TX}\n` +
        `  → maker: buy #47, 400 Wh at 66  ${TX}\n` +
        `  ✓ ben bought #18 #33, 1,600 Wh at 63 to 64 for 0.096000 STX  ${TX} block 8\n` +
        `  ✗ maker: buy #47, 400 Wh at up to 66 failed: tradeNotOpen  ${TX} block 8\n`,
    );
  });

  it('behavior: nothing is ever overwritten', () => {
    const { hear, written } = screen();
    hear(turn(7));
    hear(turn(7));
    expect(stripVTControlCharacters(written())).toBe(LINE + LINE);
  });
});

describe('on a terminal', () => {
  it('behavior: a block in which nothing happened is overwritten, line by line', () => {
    const { hear, written } = screen({ columns: 80 });
    hear(turn(7));
    expect(stripVTControlCharacters(written())).toBe(
      'block     7  price 105  28 offers, best 69 72  profit 1.234567 STX\n' +
        '  ben 13,000 Wh 998.000001 STX | maker 13,000+1,250 Wh 998.000001 STX\n',
    );
    hear(turn(8));
    expect(written().startsWith(BACK)).toBe(true);
  });

  it('behavior: what happened stays, and so does what others print', () => {
    const { hear, keep, written } = screen({ columns: 80 });
    hear(turn(7));
    hear(sent);
    hear(turn(8));
    keep();
    hear(turn(9));
    expect(written()).not.toContain(BACK);
  });

  it.each([40, 60, 80, 100, 120])('behavior: on %i columns no line of a block is wider', (columns) => {
    const { hear, written } = screen({ columns });
    hear(turn(7));
    const lines = stripVTControlCharacters(written()).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
  });

  it.each([
    [100, 'abababab…'],
    [160, TX],
  ])('behavior: on %i columns ids of transactions are %s', (columns, id) => {
    const { hear, written } = screen({ columns });
    hear(sent);
    expect(stripVTControlCharacters(written())).toContain(`buy #47, 400 Wh at 66  ${id}\n`);
  });
});
