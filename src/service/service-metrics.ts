import { Gauge, Registry } from 'prom-client';
import type { MicroStx } from '../core/index.ts';
import type { Execution, LaneStatus, LedgerSummary } from '../execution/index.ts';
import type { Bot } from './bot/bot.ts';

export interface MetricsSource {
  readonly bot: Bot;
  readonly execution: Execution;
  readonly score: () => { readonly summary: LedgerSummary; readonly profit: MicroStx };
  readonly requests: () => number;
}

/** The service's numbers in Prometheus' text format. */
export async function serviceMetrics({ bot, execution, score, requests }: MetricsSource): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number): void => {
    new Gauge({ name: `wattmaker_${name}`, help, registers: [registry] }).set(value);
  };
  const { summary, profit } = score();
  const status = bot.status();
  gauge('height', 'The tip that the last poll saw', status.height ?? 0);
  gauge('turns_total', 'Turns of this run', status.turn);
  gauge('http_requests_total', 'HTTP requests to the chain in this run, retries included', requests());
  gauge('standby', '1 while another process holds the lanes', status.standby ? 1 : 0);
  gauge('fees_paid_microstx', 'Network fees that the chain took', summary.feesPaid);
  gauge('profit_microstx', 'What trading earned against the grid, less fees', profit);
  const laneGauge = (name: string, help: string, read: (lane: LaneStatus) => number): void => {
    const values = new Gauge({ name: `wattmaker_lane_${name}`, help, labelNames: ['lane'], registers: [registry] });
    for (const lane of execution.lanes()) values.set({ lane: lane.operator }, read(lane));
  };
  laneGauge('unconfirmed', 'Unconfirmed transactions of a lane', ({ unconfirmed }) => unconfirmed);
  laneGauge('balance_microstx', 'The wallet that pays the fees', ({ balance }) => balance);
  laneGauge('halted', '1 while a lane is halted with an alarm', ({ halt }) => (halt === null ? 0 : 1));
  laneGauge('paused', '1 while a lane sends nothing new', ({ paused }) => (paused === null ? 0 : 1));
  const states = new Gauge({
    name: 'wattmaker_transactions',
    help: 'Transactions by state',
    labelNames: ['state'],
    registers: [registry],
  });
  for (const [state, count] of Object.entries(summary.transactions)) states.set({ state }, count);
  const fills = new Gauge({
    name: 'wattmaker_fills_total',
    help: 'Confirmed trades by side',
    labelNames: ['side'],
    registers: [registry],
  });
  for (const [side, { count }] of Object.entries(summary.fills)) fills.set({ side }, count);
  return registry.metrics();
}
