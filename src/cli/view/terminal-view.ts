import { clearLine, cursorTo } from 'node:readline';
import pc from 'picocolors';
import type { MicroStx, Principal } from '../../core/index.ts';
import type { EntryResult } from '../../execution/index.ts';
import type { BotEvent, BotListener } from '../../service/index.ts';
import type { AccountSummary, PlannedIntent, TurnSummary } from '../../trading/index.ts';
import { formatDenial, formatEnergy, formatInteger, formatIntent, formatStx, shortId } from './format.ts';

export interface TerminalViewOptions {
  readonly out: NodeJS.WriteStream;
  readonly names: ReadonlyMap<Principal, string>;
  /** The profit so far. */
  readonly profit: () => MicroStx;
  /** Shows allowed intents too, where nothing is sent that would show them. @default false */
  readonly showAllowed?: boolean;
}

/**
 * Shows a bot at work: a line a block and, under it, what the bot did and what became of it. On a terminal a block in
 * which nothing happened is overwritten by the next, so that the screen moves only when something did.
 */
export function createTerminalView({ out, names, profit, showAllowed = false }: TerminalViewOptions): BotListener {
  const live = out.isTTY === true;
  let passing = false;

  const print = (line: string): void => {
    if (passing) {
      clearLine(out, 0);
      cursorTo(out, 0);
      passing = false;
    }
    out.write(`${line}\n`);
  };
  const showBlock = (line: string): void => {
    print(line);
    if (!live) return;
    // Step back onto the line: the next block overwrites it unless an action is printed under it.
    out.write('\u001b[1A');
    passing = true;
  };
  const action = (line: string): void => {
    if (passing) {
      out.write('\n');
      passing = false;
    }
    out.write(`         ${line}\n`);
  };
  const nameOf = (account: Principal): string => names.get(account) ?? `${account.slice(0, 8)}…`;

  const blockLine = (height: number, summary: TurnSummary): string => {
    const [best] = summary.bestOffers;
    const offers = `${summary.openOffers} offers${best ? `, best ${best.price}` : ''}`;
    const accounts = summary.accounts
      .map((account) => accountText(nameOf(account.account), account))
      .join(pc.dim(' | '));
    return [
      pc.bold(`block ${String(height).padStart(5)}`),
      `price ${summary.energyPrice}`,
      offers.padEnd(20),
      accounts,
      `profit ${formatStx(profit())}`,
    ].join('  ');
  };

  return (event: BotEvent): void => {
    switch (event.kind) {
      case 'turn':
        showBlock(blockLine(event.height, event.summary));
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
          for (const planned of event.planned.filter(({ id }) => ids.has(id))) {
            action(
              `${pc.cyan('→')} ${nameOf(planned.account)}: ${formatIntent(planned.intent)}  ${pc.dim(shortId(batch.txId))}`,
            );
          }
        }
        return;
      case 'confirmed':
        for (const batch of event.batches) {
          for (const { intent, result } of batch.entries) {
            action(
              `${outcome(nameOf(intent.account), intent, result)}  ${pc.dim(`${batch.txId} block ${batch.height}`)}`,
            );
          }
        }
        return;
      case 'filled':
        for (const fill of event.fills) {
          if (fill.side !== 'sold') continue;
          const text = `sold #${fill.tradeId}, ${formatEnergy(fill.amount)} at ${fill.price}`;
          action(`${pc.green('✓')} ${nameOf(fill.seller)} ${text}  ${pc.dim(`${fill.txId} block ${fill.height}`)}`);
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
      case 'halt-state':
        action(pc.yellow(`trading is ${event.state}`));
        return;
    }
  };
}

const accountText = (name: string, { energy, escrowed, funds }: AccountSummary): string =>
  `${name} ${formatEnergy(energy)}${escrowed > 0 ? `+${formatInteger(escrowed)}` : ''} ${formatStx(funds)}`;

const done = { buy: 'bought', list: 'listed', cancel: 'took back' } as const;

function outcome(name: string, { intent }: PlannedIntent, result: EntryResult): string {
  if (result.kind === 'error') return `${pc.red('✗')} ${name}: ${formatIntent(intent)} failed: ${result.error}`;
  const id = intent.kind === 'list' ? result.value : intent.tradeId;
  const price = intent.kind === 'list' ? ` at ${intent.price}` : '';
  const cost = intent.kind === 'buy' ? ` for ${formatStx(result.value as MicroStx)}` : '';
  return `${pc.green('✓')} ${name} ${done[intent.kind]} #${id}, ${formatEnergy(intent.amount)}${price}${cost}`;
}
