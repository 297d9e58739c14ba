/** A small change of the contract that a test must notice. */
export interface Mutant {
  readonly what: string;
  /** The text to change; the first after `inside`, where that is given. Missing text is an error. */
  readonly find: string;
  readonly replace: string;
  readonly inside?: string;
  /** Change every occurrence in the one definition that `inside` begins. */
  readonly throughout?: true;
}

const fn = (name: string): string => `(${name}\n`;
const list = fn('define-private (list-offer');
const buy = fn('define-private (buy-offer');
const cancel = fn('define-private (cancel-offer');
const reading = fn('define-public (record-reading');
const addEnergy = '(define-public (add-energy ';
const consume = '(define-public (consume-energy ';
const addFunds = '(define-public (add-funds ';
const withdraw = '(define-public (withdraw-funds ';
const delegate = fn('define-public (delegate-trading');

const dropped = 'true';
const drop = (what: string, inside: string, condition: string): Mutant => ({
  what: `${what} is not checked`,
  inside,
  find: `(asserts! ${condition} `,
  replace: `(asserts! (is-eq u1 u1) `,
});
const swap = (what: string, inside: string | undefined, find: string, replace: string): Mutant => ({
  what,
  find,
  replace,
  ...(inside === undefined ? {} : { inside }),
});

/** Takes the user for the caller, so that a contract in the middle acts as the user. */
const trusting = (inside: string): Mutant => ({
  what: `${/[a-z-]+/.exec(inside.replace(/^\(define-(public|private) \(/, ''))} trusts a contract in the middle`,
  inside,
  find: 'contract-caller',
  replace: 'tx-sender',
  throughout: true,
});

export const mutants: readonly Mutant[] = [
  // Constants and shared checks.
  swap('one more offer may be open', undefined, 'MAX-OPEN-TRADES u100', 'MAX-OPEN-TRADES u101'),
  swap('one offer fewer may be open', undefined, 'MAX-OPEN-TRADES u100', 'MAX-OPEN-TRADES u99'),
  swap('MAX is one more', undefined, 'MAX u9007199254740991', 'MAX u9007199254740992'),
  swap('the opening price differs', undefined, 'energy-price uint u100', 'energy-price uint u101'),
  swap('zero is in range', undefined, '(and (> value u0)', '(and (>= value u0)'),
  swap('MAX is out of range', undefined, '(<= value MAX))', '(< value MAX))'),
  swap('a height is past at itself', undefined, '(and (>= height now)', '(and (> height now)'),
  swap('no height is too far', undefined, '(and (>= height now) (<= height MAX))', '(>= height now)'),
  swap(
    'a meter is never needed',
    undefined,
    '(or (not (var-get meters-required)) (is-some (get meter prosumer)))',
    dropped,
  ),
  swap(
    'escrowed energy does not count for the cap',
    undefined,
    '(to-int (get escrowed prosumer)) (to-int amount)) MAX-INT)',
    '(to-int amount)) MAX-INT)',
  ),
  swap('the energy cap is one lower', undefined, '(to-int amount)) MAX-INT)', '(to-int amount)) (- MAX-INT 1))'),
  swap('a grant ends one height early', undefined, '(<= now (get expires-at grant))', '(< now (get expires-at grant))'),
  swap('a grant never ends', undefined, '(asserts! (<= now (get expires-at grant)) err-delegation-expired)', ''),
  swap(
    'anyone may buy and list for others',
    undefined,
    '(is-eq contract-caller prosumer)\n    (ok none)',
    'true\n    (ok none)',
  ),
  swap(
    'the highest buy price is off by one',
    undefined,
    '(<= price (get max-buy-price grant))',
    '(< price (get max-buy-price grant))',
  ),
  swap(
    'the spend limit is off by one',
    undefined,
    '(<= cost (get spend-left grant))',
    '(< cost (get spend-left grant))',
  ),
  swap('the spend limit is not checked', undefined, '(asserts! (<= cost (get spend-left grant)) err-spend-limit)', ''),
  swap(
    'the lowest sell price is flipped',
    undefined,
    '(>= price (get min-sell-price grant))',
    '(<= price (get min-sell-price grant))',
  ),
  swap(
    'the energy limit is off by one',
    undefined,
    '(<= amount (get energy-left grant))',
    '(< amount (get energy-left grant))',
  ),
  swap('buying does not run the grant down', undefined, '(- (get spend-left grant) cost)', '(get spend-left grant)'),
  swap(
    'listing does not run the grant down',
    undefined,
    '(- (get energy-left grant) amount)',
    '(get energy-left grant)',
  ),
  swap('a cancel gives energy back to any grant', undefined, '(if (is-eq (get grant-id grant) grant-id)', '(if true'),
  swap('a cancel gives nothing back', undefined, '(+ (get energy-left grant) amount)', '(get energy-left grant)'),
  swap('the page has 127 bits', undefined, 'PAGE-SIZE u128', 'PAGE-SIZE u127'),
  swap(
    'the digest forgets the past',
    undefined,
    '(sha256 (concat (get digest log) (default-to 0x bytes)))',
    '(sha256 (default-to 0x bytes))',
  ),
  // Listing.
  drop('the amount of an offer', list, '(in-range amount)'),
  drop('the price of an offer', list, '(in-range price)'),
  drop('the cost of an offer', list, '(<= (* amount price) MAX)'),
  drop('the height of an offer', list, '(match open-until height (is-ahead height now) true)'),
  drop('the meter of a seller', list, '(is-attested account)'),
  drop('the energy of a seller', list, '(>= (get energy-balance account) (to-int amount))'),
  drop('the number of open offers', list, '(< (get open-trades account) MAX-OPEN-TRADES)'),
  swap(
    'the escrow is forgotten',
    list,
    'escrowed: (+ (get escrowed account) amount)',
    'escrowed: (get escrowed account)',
  ),
  swap(
    'the energy stays with the seller',
    list,
    '(- (get energy-balance account) (to-int amount))',
    '(get energy-balance account)',
  ),
  swap('open offers are not counted', list, '(+ (get open-trades account) u1)', '(get open-trades account)'),
  swap('the lister is the seller', list, 'lister: contract-caller', 'lister: seller'),
  swap('the trade forgets its grant', list, '(match delegated grant (get grant-id grant) u0)', 'u0'),
  swap('the bitmap is not told of a listing', list, '(toggle-open trade-id)', 'true'),
  swap(
    'an offer forgets its height',
    list,
    'open-until: open-until,\n        lister',
    'open-until: none,\n        lister',
  ),
  // Buying.
  drop('whether the trade is open', buy, '(is-eq (get status trade) "open")'),
  drop('the height of a bought offer', buy, '(match (get open-until trade) height (is-ahead height now) true)'),
  swap(
    'the amount is not compared with the terms',
    buy,
    '(and (is-eq amount (get amount expected)) (<= price (get max-price expected)))',
    '(<= price (get max-price expected))',
  ),
  swap(
    'the highest price of the terms is excluded',
    buy,
    '(<= price (get max-price expected))',
    '(< price (get max-price expected))',
  ),
  drop('a self-trade', buy, '(not (is-eq buyer seller))'),
  drop('the meter of the seller bought from', buy, '(is-attested seller-account)'),
  swap('the operator’s limits are not checked', buy, '(try! (check-buy-limits delegated price cost))', ''),
  swap(
    'funds are off by one',
    buy,
    '(>= (get funds-balance buyer-account) cost)',
    '(> (get funds-balance buyer-account) cost)',
  ),
  drop('the cap of the seller’s funds', buy, '(<= (+ (get funds-balance seller-account) cost) MAX)'),
  drop('the room of the buyer', buy, '(energy-fits buyer-account amount)'),
  swap(
    'the buyer pays nothing',
    buy,
    '(- (get funds-balance buyer-account) cost)',
    '(get funds-balance buyer-account)',
  ),
  swap(
    'the seller is not paid',
    buy,
    '(seller-funds (+ (get funds-balance seller-account) cost))',
    '(seller-funds (get funds-balance seller-account))',
  ),
  swap(
    'the buyer gets no energy',
    buy,
    '(+ (get energy-balance buyer-account) (to-int amount))',
    '(get energy-balance buyer-account)',
  ),
  swap(
    'the trade keeps its seller as buyer',
    buy,
    'buyer: buyer,\n          status',
    'buyer: seller,\n          status',
  ),
  swap('a bought trade is cancelled', buy, '"completed"', '"cancelled"'),
  swap(
    'the escrow stays after a purchase',
    buy,
    '(- (get escrowed seller-account) amount)',
    '(get escrowed seller-account)',
  ),
  swap(
    'a bought offer still counts',
    buy,
    '(- (get open-trades seller-account) u1)',
    '(get open-trades seller-account)',
  ),
  swap(
    'the event swaps buyer and seller',
    buy,
    'seller: seller,\n          buyer: buyer,\n          operator',
    'seller: buyer,\n          buyer: seller,\n          operator',
  ),
  // Cancelling.
  drop('whether the cancelled trade is open', cancel, '(is-eq (get status trade) "open")'),
  drop('the seller of a cancel', cancel, '(is-eq (default-to seller expected-seller) seller)'),
  swap('the lister may not cancel', cancel, '(is-eq contract-caller (get lister trade))', 'false'),
  swap('nobody else may cancel what has passed', cancel, '(not (is-ahead height now))', 'false'),
  swap('anyone may cancel before it has passed', cancel, '(not (is-ahead height now))', '(is-ahead height now)'),
  swap(
    'a cancel gives no energy back',
    cancel,
    '(+ (get energy-balance account) (to-int amount))',
    '(get energy-balance account)',
  ),
  swap('the escrow stays after a cancel', cancel, '(- (get escrowed account) amount)', '(get escrowed account)'),
  // Accounts.
  swap(
    'one may register twice',
    undefined,
    '(asserts! (is-none (map-get? prosumers contract-caller)) err-already-registered)',
    '',
  ),
  drop('meters before energy is added', addEnergy, '(not (var-get meters-required))'),
  drop('the energy cap', addEnergy, '(energy-fits account amount)'),
  swap(
    'added energy is not in the grid',
    addEnergy,
    '(+ (var-get grid-balance) (to-int amount))',
    '(var-get grid-balance)',
  ),
  drop('meters before energy is consumed', consume, '(not (var-get meters-required))'),
  drop('the energy consumed', consume, '(>= (get energy-balance account) (to-int amount))'),
  swap(
    'consumed energy stays in the grid',
    consume,
    '(- (var-get grid-balance) (to-int amount))',
    '(var-get grid-balance)',
  ),
  swap(
    'funds are credited without a transfer',
    addFunds,
    '(try! (stx-transfer? amount contract-caller current-contract))',
    '',
  ),
  drop('the cap of funds', addFunds, '(<= (+ (get funds-balance account) amount) MAX)'),
  drop('the funds withdrawn', withdraw, '(>= (get funds-balance account) amount)'),
  swap(
    'withdrawn funds stay on the account',
    withdraw,
    '(- (get funds-balance account) amount)',
    '(get funds-balance account)',
  ),
  swap('withdrawn funds stay in the total', withdraw, '(- (var-get total-funds) amount)', '(var-get total-funds)'),
  // Delegation.
  swap(
    'one may delegate to oneself',
    delegate,
    '(asserts! (not (is-eq operator contract-caller)) err-unauthorized)',
    '',
  ),
  drop('the height of a grant', delegate, '(is-ahead expires-at stacks-block-height)'),
  swap('grants share a number', delegate, '(var-set last-grant-id grant-id)', 'true'),
  swap('a revoke leaves the grant', undefined, '(map-delete delegations pair)', 'true'),
  // Batches.
  swap(
    'a batch is past at its last height',
    fn('define-public (buy-energy-for'),
    '(<= stacks-block-height valid-until)',
    '(< stacks-block-height valid-until)',
  ),
  swap(
    'a cancel batch never passes',
    fn('define-public (cancel-trade-for'),
    '(asserts! (<= stacks-block-height valid-until) err-past-height)',
    '',
  ),
  swap(
    'a buy batch may lack highest prices',
    fn('define-public (buy-energy-for'),
    '(is-eq (len max-prices) (len buyers))',
    dropped,
  ),
  swap(
    'a cancel batch may have lists of two lengths',
    fn('define-public (cancel-trade-for'),
    '(asserts! (is-eq (len trade-ids) (len sellers)) err-list-lengths-differ)',
    '',
  ),
  // Meters and the owner.
  drop('who sends a reading', reading, '(is-eq (get meter account) (some contract-caller))'),
  swap(
    'a reading counts twice',
    reading,
    '(> reading-id (get last-reading account))',
    '(>= reading-id (get last-reading account))',
  ),
  swap(
    'a reading adds what was consumed',
    reading,
    '(- (to-int produced) (to-int consumed))',
    '(+ (to-int produced) (to-int consumed))',
  ),
  drop('the lower cap of a reading', reading, '(>= energy-balance (- MAX-INT))'),
  swap(
    'anyone sets the price',
    fn('define-public (set-energy-price (price uint))'),
    '(asserts! (is-eq contract-caller contract-owner) err-owner-only)',
    '',
  ),
  swap(
    'anyone requires meters',
    fn('define-public (require-meters (required bool))'),
    '(asserts! (is-eq contract-caller contract-owner) err-owner-only)',
    '',
  ),
  swap(
    'anyone assigns meters',
    fn('define-public (assign-meter'),
    '(asserts! (is-eq contract-caller contract-owner) err-owner-only)',
    '',
  ),
  // A contract in the middle.
  ...[
    fn('define-private (caller-grant'),
    cancel,
    '(define-public (register-prosumer)',
    addEnergy,
    consume,
    addFunds,
    withdraw,
    fn('define-public (trade-energy'),
    '(define-public (buy-energy (',
    delegate,
    '(define-public (revoke-delegation (',
    reading,
    '(define-public (set-energy-price (',
    '(define-public (require-meters (',
    fn('define-public (assign-meter'),
  ].map(trusting),
];
