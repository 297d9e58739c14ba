import { defineStrategy } from 'wattmaker/strategy';

/** Ends the thread that asks it. */
export default defineStrategy({
  apiVersion: 1,
  name: 'quitter',
  description: 'Calls process.exit.',
  parameters: {},
  decide() {
    process.exit(3);
  },
});
