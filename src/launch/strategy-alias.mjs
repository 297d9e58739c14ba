let api;

/** The address of the strategy API in the thread that asks. */
export function initialize(data) {
  api = data.api;
}

/** A module hook of Node: `wattmaker/strategy` is this package's strategy API, wherever the importing file lies. */
export async function resolve(specifier, context, next) {
  return specifier === 'wattmaker/strategy' ? next(api, context) : next(specifier, context);
}
