import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtInObjectives, type Objective } from '../../../backtest/optimize/objectives.ts';
import { BaseError, ConfigError } from '../../core/index.ts';
import { hashOfModule } from '../hash-module.ts';

/** An objective, and what it is: its name where it comes with the bot, else the hash of its file. */
export interface LoadedObjective {
  readonly objective: Objective;
  readonly identity: string;
}

const FILE = /\.(ts|mts|js|mjs)$/;

/**
 * Loads an objective: a built-in name, or the path of a module whose default export is a pure function of a backtest's
 * result. This runs the module's own top-level code.
 *
 * @throws ConfigError when there is no such objective, or none in the file.
 */
export async function loadObjective(reference: string, directory: string): Promise<LoadedObjective> {
  const known = builtInObjectives.find(({ name }) => name === reference);
  if (known !== undefined) return { objective: known, identity: known.name };
  const file = resolve(directory, reference);
  if (!FILE.test(reference) || !existsSync(file) || !statSync(file).isFile()) {
    throw new ConfigError(`expected an objective, was "${reference}"`, {
      hints: [
        `Built in are ${builtInObjectives.map(({ name }) => name).join(', ')}.`,
        'For one of your own give the path of an .mts or .mjs file whose default export takes a result and answers a number.',
      ],
    });
  }
  const score = await defaultExport(file);
  if (typeof score !== 'function') {
    throw new ConfigError(`expected a function as default export of ${file}, was ${typeof score}`, {
      hints: ['End it with `export default (result) => …`; it answers a number, higher is better, or null.'],
    });
  }
  const objective = {
    name: reference,
    description: `the function in ${reference}`,
    score: score as Objective['score'],
  };
  return { objective: guarded(objective), identity: hashOfModule(file) };
}

async function defaultExport(file: string): Promise<unknown> {
  try {
    return ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as { readonly default?: unknown }).default;
  } catch (cause) {
    throw new ConfigError(`the objective ${file} does not load`, { cause });
  }
}

/** What a function of a user throws is an error of the objective. */
function guarded(objective: Objective): Objective {
  return {
    ...objective,
    score(result) {
      try {
        return objective.score(result);
      } catch (cause) {
        if (cause instanceof BaseError) throw cause;
        throw new ConfigError(`the objective "${objective.name}" threw`, { cause });
      }
    },
  };
}
