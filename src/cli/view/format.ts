import { stripVTControlCharacters } from 'node:util';
import type { MicroStx, TxId, Wh } from '../../core/index.ts';
import type { Intent, Verdict } from '../../trading/index.ts';

const grouped = new Intl.NumberFormat('en-US');

/** A whole number with thousands separated: `12,345`. */
export const formatInteger = (value: number): string => grouped.format(value);

export const formatEnergy = (energy: Wh): string => `${grouped.format(energy)} Wh`;

/** µSTX as STX with all six places, so that no unit is lost: `1.234567 STX`. */
export function formatStx(amount: MicroStx): string {
  const sign = amount < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(amount) / 1_000_000);
  const rest = String(Math.abs(amount) % 1_000_000).padStart(6, '0');
  return `${sign}${grouped.format(whole)}.${rest} STX`;
}

export const shortId = (id: TxId): string => `${id.slice(0, 8)}…`;

/** An intent in a few words: `buy #17, 350 Wh at 61`. */
export function formatIntent(intent: Intent): string {
  switch (intent.kind) {
    case 'buy':
      return `buy #${intent.tradeId}, ${formatEnergy(intent.amount)} at up to ${intent.maxPrice}`;
    case 'list':
      return `list ${formatEnergy(intent.amount)} at ${intent.price} until block ${intent.openUntil}`;
    case 'cancel':
      return `cancel #${intent.tradeId}, ${formatEnergy(intent.amount)}`;
  }
}

export function formatDenial(verdict: Extract<Verdict, { kind: 'deny' }>): string {
  return `${verdict.code} (limit ${String(verdict.limit)}, was ${String(verdict.actual)})`;
}

/** Joins pieces into lines of at most `width` columns; no piece is broken. */
export function packed(
  pieces: readonly string[],
  { width, separator }: { readonly width: number; readonly separator: string },
): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const longer = `${last}${separator}${piece}`;
    if (last !== undefined && columnsOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
}

/** Columns that a text takes, its colours not counted. */
const columnsOf = (text: string): number => stripVTControlCharacters(text).length;
