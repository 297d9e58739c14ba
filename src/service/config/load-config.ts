import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '../../core/index.ts';
import { type ConfigFields, configSchema } from './schema.ts';

/** The variables of the environment that the service reads; nobody else reads the environment. */
export interface ServiceEnvironment {
  /** Redis for the queue; absent means the embedded database. */
  readonly REDIS_URL?: string | undefined;
  /** Postgres for the ledger; absent means the embedded database. */
  readonly DATABASE_URL?: string | undefined;
  readonly [name: string]: string | undefined;
}

/** A config with everything resolved: defaults by network filled in, paths absolute. */
export interface ServiceConfig extends ConfigFields {
  readonly execution: Required<ConfigFields['execution']> & { confirmedDepth: number; finalDepth: number };
  readonly polling: Required<ConfigFields['polling']> & { everyMs: number };
  readonly recording: Required<ConfigFields['recording']> & { folder: string };
  readonly redisUrl: string | null;
  readonly databaseUrl: string | null;
  readonly apiKey: string | null;
}

const where = (issue: z.core.$ZodIssue): string =>
  issue.path.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');

function describeIssue(issue: z.core.$ZodIssue): string {
  const place = where(issue);
  if (issue.code === 'unrecognized_keys') {
    return `unknown key${issue.keys.length > 1 ? 's' : ''} ${issue.keys.map((key) => `"${key}"`).join(', ')}${place ? ` in ${place}` : ''}`;
  }
  const was = issue.input === undefined ? '' : `, was ${JSON.stringify(issue.input)}`;
  return `${place || 'config'}: ${issue.message}${issue.message.includes('was ') ? '' : was}`;
}

/**
 * Checks a parsed config and fills in the defaults that depend on the network.
 *
 * @param baseFolder what relative paths start from.
 * @throws ConfigError naming every bad key at once.
 */
export function resolveConfig(
  raw: unknown,
  { baseFolder, environment, name = 'config' }: { baseFolder: string; environment: ServiceEnvironment; name?: string },
): ServiceConfig {
  const parsed = configSchema.safeParse(raw, { reportInput: true });
  if (!parsed.success) {
    const lines = parsed.error.issues.map(describeIssue);
    throw new ConfigError(`${name} is not valid: ${lines.join('; ')}`, {
      hints: ['`wattmaker config example` prints a config that works.'],
    });
  }
  const config = parsed.data;
  const embedded = config.network === 'embedded';
  const apiKey = config.chain.apiKeyFrom === undefined ? null : environment[config.chain.apiKeyFrom];
  if (apiKey === undefined) {
    throw new ConfigError(`chain.apiKeyFrom names "${config.chain.apiKeyFrom}", which the environment does not hold`);
  }
  const path = (text: string): string => resolve(baseFolder, text);
  const data = path(config.data);
  const { folder: recordings } = config.recording;
  return {
    ...config,
    operators: config.operators.map(({ key, keys }) => (keys === undefined ? { key } : { key, keys: path(keys) })),
    accounts: config.accounts.map((account) => ({
      ...account,
      strategy: /[/\\.]/.test(account.strategy) ? path(account.strategy) : account.strategy,
      ...(account.readings && { readings: path(account.readings) }),
    })),
    execution: {
      ...config.execution,
      confirmedDepth: config.execution.confirmedDepth ?? (embedded ? 1 : 6),
      finalDepth: config.execution.finalDepth ?? (embedded ? 6 : 150),
    },
    polling: { ...config.polling, everyMs: config.polling.everyMs ?? (embedded ? 500 : 5_000) },
    data,
    recording: {
      ...config.recording,
      folder: recordings === undefined ? join(data, 'recordings') : path(recordings),
    },
    redisUrl: environment.REDIS_URL || null,
    databaseUrl: environment.DATABASE_URL || null,
    apiKey,
  };
}

/**
 * Reads a YAML config file.
 *
 * @throws ConfigError when it cannot be read, is not YAML, or does not fit the schema.
 */
export async function loadConfig(
  file: string,
  { environment }: { environment: ServiceEnvironment },
): Promise<ServiceConfig> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`cannot read the config file "${file}"`, {
      cause,
      hints: ['`wattmaker config example > wattmaker.yaml` makes one to start from.'],
    });
  });
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new ConfigError(`${file} is not YAML: ${error.message.split('\n')[0]}`, { cause: error });
  return resolveConfig(document.toJS(), { baseFolder: dirname(resolve(file)), environment, name: file });
}
