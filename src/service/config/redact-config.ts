import type { ServiceConfig } from './load-config.ts';

const HIDDEN = '(hidden)';

/** A URL without user, password and query, any of which may be a secret. */
export function redactUrl(text: string): string {
  const url = new URL(text);
  const secret = url.username !== '' || url.password !== '' || url.search !== '';
  url.username = '';
  url.password = '';
  url.search = '';
  return secret ? `${url.protocol}//${HIDDEN}@${url.host}${url.pathname}` : text;
}

/** The config as it may be shown: no credentials. It holds no keys to begin with. */
export function redactConfig(config: ServiceConfig): Record<string, unknown> {
  return {
    ...config,
    chain: { ...config.chain, urls: config.chain.urls.map(redactUrl) },
    redisUrl: config.redisUrl && redactUrl(config.redisUrl),
    databaseUrl: config.databaseUrl && redactUrl(config.databaseUrl),
    apiKey: config.apiKey && HIDDEN,
  };
}
