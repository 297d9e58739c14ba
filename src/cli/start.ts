import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DEMO_FOLDER } from '../service/config/index.ts';
import { createServiceLog, startDemo } from '../service/index.ts';
import { recordLiveRun } from './record/record-live-run.ts';
import { describePending, endSoon, runUntilStopped } from './run-until-stopped.ts';
import { serviceOutput } from './service-output.ts';
import { createTerminalView } from './view/terminal-view.ts';

interface StartOptions {
  readonly data: string;
  readonly fresh?: true;
  readonly duration?: number;
  readonly blockInterval: number;
  readonly seed: number;
  readonly port: number;
  readonly json?: true;
}

const integer =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InvalidArgumentError(`expected a whole number from ${low} to ${high}, was "${text}".`);
    }
    return value;
  };

/** `wattmaker start`: the demo on the embedded chain. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the bot on an embedded chain with simulated neighbours; nothing else is needed')
    .option('--data <folder>', 'where chain, ledger and keys are kept', DEMO_FOLDER)
    .option('--fresh', 'discard the chain and ledger of an earlier start')
    .option('--duration <seconds>', 'stop by itself after so long', integer(1, 31_536_000))
    .option('--block-interval <milliseconds>', 'time between two blocks', integer(100, 600_000), 2_000)
    .option('--seed <number>', "the neighbourhood's seed", integer(-(2 ** 31), 2 ** 31 - 1), 1)
    .option('--port <port>', 'port of the embedded chain; 0 takes a free one', integer(0, 65_535), 0)
    .option('--json', 'print one JSON object as the last line, and log lines before it')
    .action(async (options: StartOptions) => {
      const output = serviceOutput({ json: options.json === true });
      const folder = resolve(options.data);
      const log = createServiceLog(output.log);
      const demo = await startDemo(
        {
          clock: { now: () => Date.now() },
          log,
          recordRun: recordLiveRun({ log }),
          listener: (event) => output.listener(event),
          progress: output.say,
        },
        {
          folder,
          fresh: options.fresh === true,
          blockIntervalMs: options.blockInterval,
          seed: options.seed,
          port: options.port,
          environment: process.env,
        },
      );
      const { service } = demo;
      output.show(createTerminalView({ out: process.stdout, names: demo.names, profit: () => service.profit() }));
      output.say(`Chain at ${demo.chainUrl}. Ctrl-C stops; the next start goes on from there.`);
      try {
        const drained = await runUntilStopped(
          { say: output.say },
          { failure: demo.failure, drain: () => service.drain(), unconfirmed: () => service.unconfirmed() },
          { durationSeconds: options.duration },
        );
        const { reconciled, differences } = await service.reconcile();
        output.say(describePending(drained));
        output.say(reconciled ? 'Chain and ledger agree.' : `Chain and ledger differ: ${differences.join('; ')}`);
        const report = { ...(await service.report()), reconciled };
        if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
        if (!reconciled) process.exitCode = 1;
      } finally {
        await service.close();
        await demo.close();
        endSoon(output);
      }
    });
}
