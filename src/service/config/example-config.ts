/** A config to start from, as `wattmaker config example` prints it; a test holds that it is valid. */
export const exampleConfig = `# Wattmaker: operator keys that trade for their accounts. Unknown keys are refused.
# The queue lives in Redis when REDIS_URL is set and the ledger in Postgres when DATABASE_URL is set; else both live in
# the data folder.
network: embedded                # embedded, testnet or mainnet
chain:
  urls: [http://127.0.0.1:3999]  # tried in this order
  contract: ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM.energy-grid
operators:                       # each has its own nonces; accounts trade through those that they delegated to
  - key: operator                # a key of the keystore, or WATTMAKER_KEY_OPERATOR
accounts:
  - name: anna
    address: ST2JHG361ZXG51QTKY2NQCVBPPRRE2KZB1HR05NNC
    strategy: bargain-buyer      # see \`wattmaker strategies list\`, or a path to a file
    targetWh: 20000              # the energy balance that anna wants to hold
    limits:
      spendPerDay: 20000000      # µSTX
      energyPerTurn: 10000       # Wh
  - name: ben
    address: ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG
    strategy: surplus-seller
grid:                            # µSTX per Wh; absent: the energy price, and 40 % of it
  import: 110
  feedIn: 40
data: .wattmaker/data
`;
