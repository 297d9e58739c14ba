/** Where `wattmaker start` keeps chain, ledger and keys, from the folder that it is started in. */
export const DEMO_FOLDER = '.wattmaker/demo';
