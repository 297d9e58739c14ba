import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CorruptionError } from '../core/index.ts';
import { gridSourceSha256 } from './abi.generated.ts';

/**
 * The contract's source, as it is deployed.
 *
 * @throws CorruptionError when it is not the source that this binding was generated from.
 */
export function gridContractSource(): string {
  const source = readFileSync(new URL('../../contracts/energy-grid.clar', import.meta.url), 'utf8');
  const digest = createHash('sha256').update(source).digest('hex');
  if (digest !== gridSourceSha256) {
    throw new CorruptionError(`expected contracts/energy-grid.clar with sha256 ${gridSourceSha256}, was ${digest}`, {
      hints: ['Run "npm run generate" after changing the contract.'],
    });
  }
  return source;
}
