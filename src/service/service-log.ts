import pino, { type Logger } from 'pino';

/**
 * The service's structured log, one JSON object a line. Fields that could carry a secret are removed by name, as a second
 * line of defence: no module puts one there.
 */
export function createServiceLog(options: {
  readonly destination: pino.DestinationStream;
  readonly level: pino.LevelWithSilent;
}): Logger {
  return pino(
    {
      base: null,
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: [
          'password',
          'secret',
          'privateKey',
          'mnemonic',
          'seed',
          'token',
          '*.password',
          '*.secret',
          '*.privateKey',
          '*.token',
        ],
        remove: true,
      },
    },
    options.destination,
  );
}
