import { defineStrategy } from 'wattmaker/strategy';

/** Tries to write on what it is shown; `target` says on what. */
export default defineStrategy({
  apiVersion: 1,
  name: 'mutator',
  description: 'Writes on its view.',
  parameters: {
    target: {
      kind: 'choice',
      default: 'view',
      choices: ['view', 'account', 'own offers', 'offers', 'offer', 'history', 'parameters'],
      unit: '',
      description: 'What it writes on.',
      optimisable: false,
    },
  },
  decide(view, parameters) {
    const targets: Record<string, object | undefined> = {
      view,
      account: view.account,
      'own offers': view.account.openOffers,
      offers: view.offers,
      offer: view.offers[0],
      history: view.history.trades,
      parameters,
    };
    Object.assign(targets[parameters.target] ?? {}, { 0: 'mine', funds: 1_000_000_000, price: 1, target: 'mine' });
    return [];
  },
});
