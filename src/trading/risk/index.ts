export { assess } from './assess.ts';
export { type RiskCode, riskCodes } from './codes.ts';
export type { Exposure, RiskCheck, RiskContext } from './context.ts';
export { DEFAULT_RISK_LIMITS, MAX_OPEN_OFFERS, type RiskLimits, resolveLimits } from './limits.ts';
export { priceBand } from './price-band.ts';
export { ALLOW, type Denial, deny, type Verdict } from './verdict.ts';
export { worstCost } from './worst-cost.ts';
