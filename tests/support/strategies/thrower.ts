import { defineStrategy } from 'wattmaker/strategy';

/** Fails at every question. */
export default defineStrategy({
  apiVersion: 1,
  name: 'thrower',
  description: 'Throws.',
  parameters: {},
  decide() {
    throw new RangeError('the sky is falling\non two lines');
  },
});
