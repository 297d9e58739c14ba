import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import pc from 'picocolors';
import type { MicroStx, Principal, TxId } from '../../core/index.ts';
import type { BotEvent, BotListener } from '../../service/index.ts';
import type { AccountSummary, TurnSummary } from '../../trading/index.ts';
import { describeOutcomes, describePlans } from './deeds.ts';
import { formatDenial, formatEnergy, formatInteger, formatIntent, formatStx, packed, shortId } from './format.ts';

export interface TerminalViewOptions {
  readonly out: NodeJS.WriteStream;
  readonly names: ReadonlyMap<Principal, string>;
  /** The profit so far. */
  readonly profit: () => MicroStx;
  /** Shows allowed intents too, where nothing is sent that would show them. @default false */
  readonly showAllowed?: boolean;
}

export interface TerminalView {
  readonly hear: BotListener;
  /** What is on the screen stays there: others are about to print. */
  keep(): void;
}

const INDENT = '  ';
/** Columns from which on transactions are shown by their whole id. */
const ROOM_FOR_IDS = 160;

/**
 * Shows a bot at work: the market and the accounts once a block and, under them, what the bot did and what became of it.
 * On a terminal a block in which nothing happened is overwritten by the next, so that the screen moves only when
 * something did, and lines are kept within its width; elsewhere a block is one line.
 */
export function createTerminalView({ out, names, profit, showAllowed = false }: TerminalViewOptions): TerminalView {
  const width = (): number => (out.isTTY ? (out.columns ?? 80) : Number.POSITIVE_INFINITY);
  /** Lines above the cursor that the next block overwrites. */
  let passing = 0;

  const showBlock = (lines: readonly string[]): void => {
    if (passing > 0) {
      moveCursor(out, 0, -passing);
      cursorTo(out, 0);
      clearScreenDown(out);
    }
    out.write(`${lines.join('\n')}\n`);
    passing = out.isTTY ? lines.length : 0;
  };
  const action = (line: string): void => {
    passing = 0;
    out.write(`${INDENT}${line}\n`);
  };
  const idText = (id: TxId): string => (width() >= ROOM_FOR_IDS ? id : shortId(id));
  const withId = (text: string, id: TxId, place = ''): string => `${text}  ${pc.dim(`${idText(id)}${place}`)}`;
  const nameOf = (account: Principal): string => names.get(account) ?? `${account.slice(0, 8)}…`;

  const blockLines = (height: number, summary: TurnSummary): readonly string[] => {
    const best = summary.bestOffers.map(({ price }) => price).join(' ');
    const market = [
      pc.bold(`block ${String(height).padStart(5)}`),
      `price ${summary.energyPrice}`,
      `${summary.openOffers} offers${best ? `, best ${best}` : ''}`,
      `profit ${formatStx(profit())}`,
    ];
    const accounts = summary.accounts.map((account) => accountText(nameOf(account.account), account));
    if (!out.isTTY) return [[market.join('  '), ...accounts].join(' | ')];
    const room = { width: width() - INDENT.length, separator: pc.dim(' | ') };
    return [
      ...packed(market, { width: width(), separator: '  ' }),
      ...packed(accounts, room).map((line) => `${INDENT}${line}`),
    ];
  };

  const hear = (event: BotEvent): void => {
    switch (event.kind) {
      case 'turn':
        showBlock(blockLines(event.height, event.summary));
        return;
      case 'decided':
        for (const { account, intent, verdict } of event.decisions) {
          if (verdict.kind === 'deny') {
            action(pc.dim(`${nameOf(account)} may not ${formatIntent(intent)}: ${formatDenial(verdict)}`));
          } else if (showAllowed) {
            action(`${pc.cyan('·')} ${nameOf(account)} would ${formatIntent(intent)}  ${pc.dim(intent.reason)}`);
          }
        }
        return;
      case 'submitted':
        for (const batch of event.batches) {
          const ids = new Set(batch.intentIds);
          for (const text of describePlans(
            event.planned.filter(({ id }) => ids.has(id)),
            nameOf,
          )) {
            action(withId(`${pc.cyan('→')} ${text}`, batch.txId));
          }
        }
        return;
      case 'confirmed':
        for (const batch of event.batches) {
          for (const { failed, text } of describeOutcomes(batch, nameOf)) {
            const mark = failed ? pc.red('✗') : pc.green('✓');
            action(withId(`${mark} ${text}`, batch.txId, ` block ${batch.height}`));
          }
        }
        return;
      case 'filled':
        for (const fill of event.fills) {
          if (fill.side !== 'sold') continue;
          const text = `${nameOf(fill.seller)} sold #${fill.tradeId}, ${formatEnergy(fill.amount)} at ${fill.price}`;
          action(withId(`${pc.green('✓')} ${text}`, fill.txId, ` block ${fill.height}`));
        }
        return;
      case 'rewound':
        action(pc.yellow(`a reorg took blocks back, up to block ${event.height}`));
        return;
      case 'benched':
        for (const { strategy, reason } of event.benched) action(pc.red(`strategy ${strategy} is benched: ${reason}`));
        return;
      case 'trouble':
        action(pc.yellow(`${event.message}; trying again`));
        return;
      case 'recovered':
        action(pc.green('back to normal'));
        return;
      case 'standby':
        action(pc.yellow('another process holds the operator; standing by to take its place'));
        return;
      case 'halt-state':
        action(pc.yellow(`trading is ${event.state}`));
        return;
    }
  };
  return {
    hear,
    keep() {
      passing = 0;
    },
  };
}

const accountText = (name: string, { energy, escrowed, funds }: AccountSummary): string =>
  `${name} ${formatInteger(energy)}${escrowed > 0 ? `+${formatInteger(escrowed)}` : ''} Wh ${formatStx(funds)}`;
