/** Writes the contract's interface as TypeScript, or with `--check` compares it with the committed file. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getSDK } from '@hirosystems/clarinet-sdk';
import { keepGeneratedFile } from './generated-file.ts';

const root = new URL('../../../', import.meta.url);
const contractPath = 'contracts/energy-grid.clar';
const bindingPath = 'src/contract/abi.generated.ts';
const deployer = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM';

/** An analysed contract as one TypeScript file: what can be called, and the hash of the source that it came from. */
async function renderBinding(): Promise<string> {
  const source = readFileSync(new URL(contractPath, root), 'utf8');
  // An empty session writes no files, unlike one made from the manifest.
  const simnet = await getSDK();
  await simnet.initEmptySession({ enabled: false });
  simnet.setEpoch('3.3');
  simnet.deployContract('energy-grid', source, { clarityVersion: 4 }, deployer);
  const contract = simnet.getContractsInterfaces().get(`${deployer}.energy-grid`);
  if (contract === undefined) throw new Error(`expected ${contractPath} to deploy on the simnet`);
  const functions = contract.functions
    .filter(({ access }) => access !== 'private')
    .map(({ name, access, args, outputs }) => ({ name, access, args, output: outputs.type }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const digest = createHash('sha256').update(source).digest('hex');
  return [
    `// Generated from ${contractPath} by \`npm run generate\`; not edited by hand.`,
    '',
    `export const gridSourceSha256 = '${digest}';`,
    '',
    `export const gridFunctions = ${JSON.stringify(functions, null, 2)} as const;`,
    '',
  ].join('\n');
}

keepGeneratedFile({ path: bindingPath, text: await renderBinding(), from: contractPath });
