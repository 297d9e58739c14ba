#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { launch } from '../launch/launch.mjs';

await launch(fileURLToPath(new URL('./main.ts', import.meta.url)));
