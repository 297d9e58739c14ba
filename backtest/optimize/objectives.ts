import type { BacktestResult } from '../driver/backtest-result.ts';
import { sharpeOf } from './deflated-sharpe.ts';

/** What a search wants most. */
export interface Objective {
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** Higher is better; null where a result cannot be scored. Pure: the same result, the same score. */
  score(result: BacktestResult): number | null;
}

/** Profits of neighbouring points of the equity curve, in µSTX. */
const changesOf = ({ accounts: [account] }: BacktestResult): readonly number[] =>
  (account?.curve ?? []).slice(1).map(({ profit }, index) => Number(profit - (account?.curve[index]?.profit ?? 0n)));

const net = ({ accounts: [account] }: BacktestResult): number => Number(account?.profit.net ?? 0n);
const drawdown = ({ accounts: [account] }: BacktestResult): number => Number(account?.drawdown.amount ?? 0n);

/** Those that come with the bot, the default first. */
export const builtInObjectives: readonly Objective[] = [
  { name: 'profit', description: 'net profit, in µSTX', score: net },
  {
    name: 'profit-less-drawdown',
    description: 'net profit less the largest drawdown, in µSTX',
    score: (result) => net(result) - drawdown(result),
  },
  {
    name: 'sharpe',
    description: 'mean by standard deviation of the equity curve’s changes, not annualised; none without a change',
    score: (result) => sharpeOf(changesOf(result)),
  },
  {
    name: 'maker-profit',
    description: 'spread captured less fees, in µSTX: what quoting earns, whatever the inventory came to be worth',
    score: ({ accounts: [account] }) => Number((account?.profit.spread ?? 0n) + (account?.profit.fees ?? 0n)),
  },
];
