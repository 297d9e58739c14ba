// Runs the source that its first argument names: `node src/launch/run.mjs tests/chaos/bot.ts`.
import { resolve } from 'node:path';
import { launch } from './launch.mjs';

const [entry] = process.argv.splice(2, 1);
await launch(resolve(entry));
