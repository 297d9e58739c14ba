export { assess } from './assess.ts';
export { type RiskCode, riskCodes } from './codes.ts';
export type { Exposure, RiskCheck, RiskContext } from './context.ts';
export { DEFAULT_RISK_LIMITS, type RiskLimits, resolveLimits } from './limits.ts';
export { priceBand } from './price-band.ts';
export type { Denial, Verdict } from './verdict.ts';
export { worstCost } from './worst-cost.ts';
