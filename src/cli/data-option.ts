import { resolve } from 'node:path';
import { Option } from 'commander';
import { DEMO_FOLDER, loadConfig } from '../service/config/index.ts';

/** The options by which a command finds a running bot or its ledger. */
export interface DataOptions {
  readonly config?: string;
  readonly data?: string;
}

export const configOption = (): Option => new Option('--config <file>', 'the config file that the bot runs with');
export const dataOption = (): Option =>
  new Option('--data <folder>', `the bot's data folder; without it and --config: ${DEMO_FOLDER}, that of \`start\``);

/** The data folder that the options name. */
export async function dataFolder({ config, data }: DataOptions): Promise<string> {
  if (data !== undefined) return resolve(data);
  if (config !== undefined) return (await loadConfig(config, { environment: process.env })).data;
  return resolve(DEMO_FOLDER);
}
