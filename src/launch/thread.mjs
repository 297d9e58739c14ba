// A worker thread inherits nothing that loads TypeScript, so it is launched as a process is.
import { workerData } from 'node:worker_threads';
import { launch } from './launch.mjs';

await launch(workerData.entry);
