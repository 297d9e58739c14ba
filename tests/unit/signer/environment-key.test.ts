import { describe, expect, it } from 'vitest';
import { keyFromEnvironment, keyFromText, keyVariable } from '../../../src/signer/index.ts';

const text = '3c'.repeat(32);

describe('a key from the environment', () => {
  it('is found under its name in capitals', () => {
    expect(keyVariable('my-bot')).toBe('WATTMAKER_KEY_MY_BOT');
    expect(keyFromEnvironment('my-bot', { WATTMAKER_KEY_MY_BOT: text })).toEqual(keyFromText({ name: 'my-bot', text }));
  });

  it('is null where the variable is not set', () => {
    expect(keyFromEnvironment('my-bot', {})).toBeNull();
  });

  it('is refused, unquoted, where the variable holds something else', () => {
    expect(() => keyFromEnvironment('bot', { WATTMAKER_KEY_BOT: '' })).toThrow(
      /WATTMAKER_KEY_BOT to hold a key, was empty/,
    );
    expect(() => keyFromEnvironment('bot', { WATTMAKER_KEY_BOT: 'hunter2' })).toThrow(/^(?!.*hunter2).*"bot".*$/);
  });
});
