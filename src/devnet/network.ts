/** The chain id of every Stacks test network, 0x80000000. */
export const TESTNET_CHAIN_ID = 0x8000_0000;
/** The network version byte that opens a testnet transaction. */
export const TESTNET_TRANSACTION_VERSION = 0x80;
/** Whether an address or contract id is of a test network: `ST…` (one signer) or `SN…` (several). */
export const isTestnetAddress = (principal: string): boolean => /^S[TN]/.test(principal);
/** Who is paid the fees: the boot address of the test networks, which nobody holds a key for. */
export const FEE_RECIPIENT = 'ST000000000000000000002AMW42H';
/** A transaction may be ahead of its account by one and by this many more. Source: stacks-core, MAXIMUM_MEMPOOL_TX_CHAINING. */
export const MAX_CHAINING = 25;
/** Pending transactions are dropped after 256 × 10 minutes. Source: stacks-core, MEMPOOL_MAX_TRANSACTION_AGE. */
export const MAX_PENDING_AGE_MS = 256 * 600 * 1000;
/** The node's limit for a request body: 16 MiB and one byte. Source: stacks-core, MAX_PAYLOAD_LEN. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024 + 1;
