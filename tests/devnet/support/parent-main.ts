import { spawnDevnet } from '../../../src/devnet/index.ts';

/** A parent that starts a chain, says where, and then does nothing. */
const devnet = await spawnDevnet({ blockIntervalMs: 0 });
process.stdout.write(`${devnet.url}\n`);
setInterval(() => {}, 60_000);
