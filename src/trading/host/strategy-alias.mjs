const api = new URL('../strategy-api.ts', import.meta.url).href;

/** A module hook of Node: `wattmaker/strategy` is this package's strategy API, wherever the importing file lies. */
export async function resolve(specifier, context, next) {
  return specifier === 'wattmaker/strategy' ? next(api, context) : next(specifier, context);
}
