import { expect } from 'vitest';
import { createChainClient } from '../../src/chain/index.ts';
import { seededRandom } from '../../src/core/index.ts';
import { startTestDevnet, type TestDevnet } from '../support/devnet.ts';
import { signGridDeployment } from '../support/sign-grid-call.ts';
import { type ChainUnderTest, describeChainPort } from './chain-port.ts';

const clock = { now: () => Date.now() };

const clientOf = (devnet: TestDevnet, contractId: string) =>
  createChainClient({ urls: [devnet.url], contractId, network: 'embedded', clock, random: seededRandom(1) });

async function embeddedChain(): Promise<ChainUnderTest> {
  const devnet = await startTestDevnet();
  const [owner, seller, buyer, ...others] = devnet.accounts;
  if (owner === undefined || seller === undefined || buyer === undefined) throw new Error('expected three accounts');
  const contractId = `${owner.address}.energy-grid`;
  const port = clientOf(devnet, contractId);
  const deployment = await signGridDeployment(owner, 0);
  expect(await port.broadcast(deployment.hex)).toEqual({ kind: 'accepted', txId: deployment.txId });
  await devnet.mine();
  return {
    port,
    portOf: (id) => clientOf(devnet, id),
    contractId,
    owner,
    traders: [seller, buyer, ...others],
    mine: () => devnet.mine(),
    stop: async () => {
      port.close();
      await devnet.stop();
    },
  };
}

describeChainPort('HTTP on the embedded chain', embeddedChain);
