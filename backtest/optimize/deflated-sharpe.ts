import jStat from 'jstat';

/** Fewer samples than this say nothing of a Sharpe ratio. */
export const MIN_SAMPLES = 20;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const moment = (values: readonly number[], power: number): number => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** power));
};

/** Mean by standard deviation (n − 1), not annualised; null for fewer than two samples, or samples that are all the same. */
export function sharpeOf(samples: readonly number[]): number | null {
  if (samples.length < 2) return null;
  const deviation = Math.sqrt((moment(samples, 2) * samples.length) / (samples.length - 1));
  return deviation > 0 ? mean(samples) / deviation : null;
}

/** A probability, or why there is none. */
export type Probability =
  | {
      readonly value: number;
      /** Of the samples, not annualised. */
      readonly sharpe: number;
      /** The Sharpe ratio that it is compared with. */
      readonly benchmark: number;
      readonly samples: number;
    }
  | { readonly value: null; readonly reason: string };

/** What a Sharpe ratio was computed from. */
export interface SharpeMoments {
  readonly sharpe: number;
  readonly samples: number;
  readonly skewness: number;
  /** 3 for a normal distribution. */
  readonly kurtosis: number;
}

/**
 * How likely the true Sharpe ratio is above a benchmark,
 *
 *   Φ((SR − SR*)·√(T − 1) / √(1 − γ₃·SR + (γ₄ − 1)/4·SR²)),
 *
 * γ₃ skewness, γ₄ kurtosis. Samples count as independent.
 *
 * Source: Bailey & López de Prado, "The Sharpe ratio efficient frontier", Journal of Risk 15(2), 2012.
 */
export function probabilityAbove(benchmark: number, { sharpe, samples, skewness, kurtosis }: SharpeMoments): number {
  // Never below zero, since γ₄ ≥ 1 + γ₃²; zero for some samples of two values alone.
  const variance = Math.max(Number.EPSILON, 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2);
  return jStat.normal.cdf(((sharpe - benchmark) * Math.sqrt(samples - 1)) / Math.sqrt(variance), 0, 1);
}

/** The probabilistic Sharpe ratio of samples: `probabilityAbove` a benchmark, where there are enough of them. */
export function probabilisticSharpe(samples: readonly number[], benchmark = 0): Probability {
  if (samples.length < MIN_SAMPLES) {
    return { value: null, reason: `${samples.length} samples, ${MIN_SAMPLES} are needed` };
  }
  const sharpe = sharpeOf(samples);
  if (sharpe === null) return { value: null, reason: 'the profit never changes' };
  const skewness = moment(samples, 3) / moment(samples, 2) ** 1.5;
  const kurtosis = moment(samples, 4) / moment(samples, 2) ** 2;
  const value = probabilityAbove(benchmark, { sharpe, samples: samples.length, skewness, kurtosis });
  return { value, sharpe, benchmark, samples: samples.length };
}

/**
 * The Sharpe ratio that the best of `trials` tries without any skill is expected to have,
 *
 *   √V·((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))),
 *
 * V the variance of the tries' Sharpe ratios, γ the Euler–Mascheroni constant. 0 for a single try.
 */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (trials < 2) return 0;
  const quantile = (probability: number): number => jStat.normal.inv(probability, 0, 1);
  return Math.sqrt(variance) * ((1 - EULER) * quantile(1 - 1 / trials) + EULER * quantile(1 - 1 / (trials * Math.E)));
}

const EULER = 0.5772156649015329;

/**
 * The deflated Sharpe ratio: how likely the true Sharpe ratio of the best of several tries is above what the best of as many
 * without skill would show. 0.5 and less: nothing but the search itself need be behind it. All of the spread between the tries
 * counts as luck, which errs on the low side where they differ in skill.
 *
 * Source: Bailey & López de Prado, "The deflated Sharpe ratio: correcting for selection bias, backtest overfitting and
 * non-normality", Journal of Portfolio Management 40(5), 2014.
 *
 * @param samples of the best try.
 * @param sharpes of all tries, itself among them; null where a try has none, which counts as 0: it never traded.
 */
export function deflatedSharpe(samples: readonly number[], sharpes: readonly (number | null)[]): Probability {
  const tries = sharpes.map((sharpe) => sharpe ?? 0);
  const variance = tries.length < 2 ? 0 : (moment(tries, 2) * tries.length) / (tries.length - 1);
  return probabilisticSharpe(samples, expectedBestSharpe(tries.length, variance));
}
