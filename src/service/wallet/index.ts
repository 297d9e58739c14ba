export { describeCall, spentBy } from './describe-call.ts';
export { errorSentence } from './error-sentence.ts';
export {
  assertChain,
  assertContract,
  type PreparedTransaction,
  prepareCall,
  prepareDeploy,
  type SenderTerms,
  type TransactionContent,
  type WalletTarget,
} from './prepare.ts';
export { type AccountReport, type DelegationReport, type OpenOffer, readAccount } from './read-account.ts';
export { type SendDeps, type SendOptions, type SendOutcome, sendTransaction } from './send.ts';
export { type Settled, type SettledValue, sendCall, sendDeploy } from './settle.ts';
export { type DelegationTerms, type WorstCase, worstCase } from './worst-case.ts';
