export { type Environment, keyFromEnvironment, keyVariable } from './environment-key.ts';
export { addressOf, assertUsableOn, type Key } from './key.ts';
export type { KdfCost } from './key-file.ts';
export { type Keystore, keyName, openKeystore, type StoredKey } from './keystore.ts';
export {
  createLocalSigner,
  type LocalSignerOptions,
  type SignDeployRequest,
  signDeploy,
} from './local-signer.ts';
export { contractParts, isAddressOf, type NetworkName, networkName, signingNetwork } from './network.ts';
export type { PolicyCode, SigningPolicy } from './policy.ts';
export { publicAccountName } from './public-accounts.ts';
export { keyFromText, newKey, newWords, type SecretText } from './secret-text.ts';
export { buildCall, buildDeploy, type CallTerms, type DeployTerms, type TransactionTerms } from './transaction.ts';
