import { join } from 'node:path';
import { type Fold, type FoldOptions, walkForward } from '../../../backtest/optimize/folds.ts';
import { searchMethods } from '../../../backtest/optimize/search/methods.ts';
import type { SearchMethod } from '../../../backtest/optimize/search/search.ts';
import type { Space } from '../../../backtest/optimize/space.ts';
import { ConfigError, height } from '../../core/index.ts';
import { loadStrategy, strategyFile } from '../../trading/host/index.ts';
import { type ParameterValues, resolveParameters } from '../../trading/index.ts';
import type { FillName } from '../backtest/backtest-report.ts';
import { checkScene } from '../backtest/check-scene.ts';
import { type LoadedMarket, loadMarket } from '../backtest/load-market.ts';
import type { ParameterChoice } from '../backtest/parameter-grid.ts';
import { type BacktestOptions, fillModelsOf } from '../backtest/run-settings.ts';
import { hashOfModule } from '../hash-module.ts';
import { type LoadedObjective, loadObjective } from './load-objective.ts';
import { type AxisText, spaceOf } from './parse-space.ts';
import type { StudyIdentity } from './study-folder.ts';

/** What the options of `wattmaker optimize` say. */
export interface OptimizeOptions extends BacktestOptions {
  readonly strategy: string;
  readonly space?: readonly AxisText[];
  readonly set?: readonly ParameterChoice[];
  readonly method: string;
  readonly trials: number;
  readonly levels: number;
  readonly objective: string;
  readonly model: string;
  readonly folds: number;
  readonly train?: number;
  readonly test?: number;
  readonly gap?: number;
  readonly warmUp: number;
  readonly study?: string;
  readonly jobs?: number;
  readonly redis?: string;
  readonly json?: true;
}

/** A study as it was asked for, checked and loaded. */
export interface StudySetup {
  readonly markets: readonly LoadedMarket[];
  readonly space: Space;
  readonly fixed: ParameterValues;
  readonly method: SearchMethod;
  readonly objective: LoadedObjective;
  /** By recording. */
  readonly folds: readonly (readonly Fold[])[];
  /** The fill model that scores are by. */
  readonly model: FillName;
  readonly strategy: string;
  readonly strategyHash: string;
  readonly identity: StudyIdentity;
}

/** @throws ConfigError for whatever cannot be studied, before anything is played. */
export async function setUpStudy(
  folders: readonly string[],
  options: OptimizeOptions,
  { version, directory }: { readonly version: string; readonly directory: string },
): Promise<StudySetup> {
  const { strategy: reference, seed, trials, levels } = options;
  const method = methodOf(options.method);
  const [fills] = fillModelsOf([options.model]);
  const strategy = await loadStrategy(reference, directory);
  const space = spaceOf(strategy, options.space ?? []);
  const fixed = fixedOf(options.set ?? [], space);
  resolveParameters(strategy, fixed);
  const objective = await loadObjective(options.objective, directory);
  const markets = folders.map(loadMarket);
  for (const market of markets) checkScene(options, market);
  const walk = foldOptions(options);
  const folds = markets.map(({ folder, market }) => walkForward(folder, spanOf(market, options), walk));
  const strategyHash = hashOfModule(strategyFile(reference, directory));
  const identity: StudyIdentity = {
    version,
    recordings: markets.map(({ hash }) => hash),
    strategy: strategyHash,
    objective: objective.identity,
    model: fills?.name,
    method: method.name,
    space,
    fixed,
    trials,
    levels,
    seed,
    folds,
    warmUp: options.warmUp,
    scene: sceneOf(options),
  };
  const model = fills?.name ?? 'pessimistic';
  return { markets, space, fixed, method, objective, model, folds, strategy: reference, strategyHash, identity };
}

/** What a play needs of the options, as plain data for another thread or machine; its blocks are its span's. */
export function sceneOf(options: OptimizeOptions): BacktestOptions {
  const { funds, energy, target, latency, feeRate, blockSeconds, seed } = options;
  const { as: account, settle, import: gridImport, feedIn, limit } = options;
  const scene = {
    funds,
    energy,
    target,
    as: account,
    latency,
    settle,
    import: gridImport,
    feedIn,
    feeRate,
    blockSeconds,
  };
  const given = Object.entries({ ...scene, seed, limit }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as BacktestOptions;
}

function methodOf(name: string): SearchMethod {
  const method = searchMethods.find((each) => each.name === name);
  if (method !== undefined) return method;
  throw new ConfigError(`expected a method, was "${name}"`, {
    hints: searchMethods.map((each) => `${each.name}: ${each.description}.`),
  });
}

function fixedOf(choices: readonly ParameterChoice[], space: Space): ParameterValues {
  return Object.fromEntries(
    choices.map(({ name, values }) => {
      const [value, ...more] = values;
      if (value === undefined || more.length > 0) {
        throw new ConfigError(`expected one value of ${name}, was ${values.join(',')}`, {
          hints: [`What is to be searched is named with --space ${name}=${values.join(',')}.`],
        });
      }
      if (space.some((axis) => axis.name === name)) {
        throw new ConfigError(`expected ${name} to be set or to be searched, was both`, {
          hints: ['Name what to search with --space; all others keep what --set says, or their defaults.'],
        });
      }
      return [name, value];
    }),
  );
}

function foldOptions({ folds, train, test, gap }: OptimizeOptions): FoldOptions {
  return {
    folds,
    ...(train === undefined ? {} : { trainBlocks: train }),
    ...(test === undefined ? {} : { testBlocks: test }),
    ...(gap === undefined ? {} : { gapBlocks: gap }),
  };
}

function spanOf(market: LoadedMarket['market'], { from, to }: OptimizeOptions) {
  const { firstHeight, lastHeight } = market;
  const span = { from: height(from ?? firstHeight), to: height(to ?? lastHeight) };
  if (firstHeight <= span.from && span.from <= span.to && span.to <= lastHeight) return span;
  throw new ConfigError(`expected heights within ${firstHeight} to ${lastHeight}, was ${span.from} to ${span.to}`, {
    hints: ['Leave them out to use the whole recording.'],
  });
}

/** Where a study lies unless it is told: by what it is, so that asking again goes on with it. */
export const defaultFolder = (strategy: string, id: string): string =>
  join(
    'studies',
    `${strategy
      .replace(/\.[a-z]+$/, '')
      .replace(/[^A-Za-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '')}-${id}`,
  );
