import type { MicroStx, Wh } from '../../core/index.ts';
import type { LedgerSummary } from '../../execution/index.ts';
import type { AccountSummary } from '../../trading/index.ts';

/** What a run came to: the last line of `wattmaker start --json`. */
export interface RunReport {
  /** Blocks that the bot saw go by. */
  readonly blocks: number;
  readonly height: number;
  /** HTTP requests of a poll of the market that found nothing new; null when every poll found something. */
  readonly requestsPerIdlePoll: number | null;
  readonly transactions: { readonly confirmed: number; readonly reverted: number; readonly pending: number };
  /** Trades with neighbours, and those between accounts of ours apart. */
  readonly fills: { readonly bought: number; readonly sold: number; readonly own: number };
  /** Offers of ours that the chain took. */
  readonly listed: number;
  /** Failed batch entries by the contract's error name. */
  readonly failedEntries: Readonly<Record<string, number>>;
  /** Denied intents by risk code. */
  readonly denied: Readonly<Record<string, number>>;
  /** Energy of all accounts, open offers included. */
  readonly energyWh: Wh;
  /** Funds of all accounts in the contract. */
  readonly fundsMicroStx: MicroStx;
  readonly feesMicroStx: MicroStx;
  readonly profitMicroStx: MicroStx;
  readonly chainUrl: string;
  readonly queue: string;
  readonly ledger: string;
  /** Whether chain and ledger agree on every transaction and fill; null where nothing was compared. */
  readonly reconciled: boolean | null;
}

export interface RunReportParameters {
  readonly summary: LedgerSummary;
  readonly accounts: readonly AccountSummary[];
  readonly blocks: number;
  readonly height: number;
  readonly requestsPerIdlePoll: number | null;
  readonly profit: MicroStx;
  readonly chainUrl: string;
  readonly queue: string;
  readonly ledger: string;
  readonly reconciled: boolean | null;
}

export function runReport(parameters: RunReportParameters): RunReport {
  const { summary, accounts, profit, ...facts } = parameters;
  const { transactions, fills } = summary;
  const mined = transactions.included + transactions.final + transactions.reverted;
  const total = (pick: (account: AccountSummary) => number): number =>
    Number(accounts.reduce((sum, account) => sum + BigInt(pick(account)), 0n));
  return {
    ...facts,
    transactions: {
      confirmed: mined - summary.abortedTransactions,
      reverted: summary.abortedTransactions,
      pending:
        transactions.claimed +
        transactions.signed +
        transactions.queued +
        transactions.broadcast +
        transactions.mempool,
    },
    fills: { bought: fills.bought.count, sold: fills.sold.count, own: fills.own.count },
    listed: summary.listed.count,
    failedEntries: summary.failedEntries,
    denied: summary.denied,
    energyWh: total(({ energy, escrowed }) => energy + escrowed) as Wh,
    fundsMicroStx: total(({ funds }) => funds) as MicroStx,
    feesMicroStx: summary.feesPaid,
    profitMicroStx: profit,
  };
}
