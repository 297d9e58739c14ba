import { appendFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { processIo } from '../../src/cli/command-io.ts';
import { operatorKeys, startOperatorSigner } from '../../src/cli/operator-key.ts';
import { endSoon, runUntilStopped } from '../../src/cli/run-until-stopped.ts';
import { loadConfig } from '../../src/service/config/index.ts';
import { createServiceLog, startService } from '../../src/service/index.ts';
import { addressOf } from '../../src/signer/index.ts';
import { betweenSteps, type KillPoint } from './steps.ts';

/**
 * The bot of `wattmaker run`, composed of the same parts, that keeps a journal of its steps and dies where it is told to:
 * `--config FILE --password-file FILE --journal FILE --calm FILE [--kill JSON]`.
 */
async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { config: text, 'password-file': text, journal: text, calm: text, kill: text },
  });
  const { config: file = '', journal = '', calm = '' } = values;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const config = await loadConfig(file, { environment: process.env });
  const keys = await operatorKeys(processIo(), config);
  const signer = await startOperatorSigner(config, keys, { passwordFile: values['password-file'] ?? '' });
  try {
    const service = await startService({
      config,
      operators: keys.map(({ publicKey }) => addressOf(publicKey, config.network)),
      signer: signer.ready,
      directory: dirname(resolve(file)),
      clock: { now: () => Date.now() },
      log: createServiceLog({ destination: process.stderr, level: 'info' }),
      listener: (event) => appendFileSync(`${journal}.events`, `${JSON.stringify({ pid: process.pid, ...event })}\n`),
      between: betweenSteps({ journal, calm, kill: JSON.parse(values.kill ?? 'null') as KillPoint | null }),
    });
    try {
      const failure = Promise.race([service.failure, (await signer.ready).failure]);
      await runUntilStopped({ say }, { ...service, failure }, {});
    } finally {
      await service.close();
    }
  } finally {
    await signer.close();
    endSoon({ say });
  }
}

await main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
