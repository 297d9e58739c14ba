import { defineStrategy } from 'wattmaker/strategy';

/** Never returns. */
export default defineStrategy({
  apiVersion: 1,
  name: 'staller',
  description: 'Loops for ever.',
  parameters: {},
  decide() {
    for (;;);
  },
});
