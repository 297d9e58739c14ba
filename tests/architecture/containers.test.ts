import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './imports.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, { command?: string; image?: string; environment?: Record<string, string>; ports?: unknown }>;
};

describe('docker-compose.yml', () => {
  it('behavior: Redis keeps jobs: append-only file, no eviction, a password', () => {
    const { command = '' } = compose.services.redis ?? {};
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
    expect(command).toMatch(/--requirepass \$\{REDIS_PASSWORD:\?/);
  });

  it('behavior: no service opens a port to the outside, and every image is of a named version', () => {
    for (const { ports, image } of Object.values(compose.services)) {
      expect(ports).toBeUndefined();
      if (image !== undefined) expect(image).toMatch(/:\d/);
    }
  });

  it('behavior: every variable that it needs stands in .env.example', () => {
    const wanted = [...read('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '');
    const example = read('.env.example');
    for (const name of new Set(wanted)) expect(example).toContain(`${name}=`);
  });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('behavior: two stages, locked packages without the tools of development, not root', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    expect(dockerfile).toContain('npm ci --engine-strict --omit=dev');
    expect(
      dockerfile
        .trim()
        .split('\n')
        .findLast((line) => line.startsWith('USER')),
    ).toBe('USER node');
  });

  it('behavior: carries every folder that the program loads', () => {
    for (const folder of ['contracts', 'strategies', 'src']) expect(dockerfile).toContain(`COPY ${folder} ./${folder}`);
  });
});
