;; energy-grid: a peer-to-peer market for energy among prosumers.
;;
;; A prosumer is a registered principal with an energy balance (1 unit = 1 Wh) and a funds balance (micro-STX).
;;
;; 1. Offers. Listing moves the energy out of the seller's balance into escrow, so nothing is sold or consumed twice.
;;    An offer is bought whole, at its own price in micro-STX per Wh, or cancelled; it leaves "open" exactly once.
;; 2. Funds are STX that this contract holds. Only their prosumer takes them out.
;; 3. Delegation. A prosumer lets an operator trade within limits that hold here, whatever the operator signs. An
;;    operator moves nothing out. Batches act for up to 100 prosumers; a failing entry changes nothing and stops no other.
;; 4. Energy is self-reported until the owner requires meters; then only an assigned meter's readings create energy.
;; 5. Events. Every successful change prints one numbered event, with its block's height, and folds it into a hash chain:
;;    digest' = sha256(digest || consensus bytes of the event). Folding all events from the first gives this state.
;;
;; Identity is contract-caller everywhere: a contract called in between is not the user who called it.
;; Every function checks first, writes then, prints last. The checks stand in one order: who calls (owner, registered,
;; delegated), the numbers (amount, price, cost, height), what the call refers to (exists, open, not past its height, terms,
;; not one's own, metered), an operator's limits (price, spend, energy), balances, caps.
;; Nothing aborts at runtime: what cannot be done answers a code. Sums and products stay far below 2^127, because every
;; number is held to MAX before it is computed with.

;; ---- Errors: a code is never reused. u1 to u4 are those of the built-in stx-transfer? ----

;; Only the owner may do this.
(define-constant err-owner-only (err u100))
;; The prosumer is not registered.
(define-constant err-not-found (err u101))
;; The caller has no right to do this for this prosumer, or the rules on meters forbid it.
(define-constant err-unauthorized (err u102))
;; The energy balance is below the amount.
(define-constant err-insufficient-energy (err u103))
;; The caller is registered already.
(define-constant err-already-registered (err u104))
;; No trade has this id.
(define-constant err-trade-not-found (err u105))
;; The trade is completed or cancelled.
(define-constant err-trade-not-open (err u106))
;; The funds balance is below the cost or the amount.
(define-constant err-insufficient-funds (err u107))
;; A prosumer cannot buy its own offer.
(define-constant err-self-trade (err u108))
;; An amount of energy or funds is zero or above MAX, or a reading id is not above the last one.
(define-constant err-invalid-amount (err u109))
;; A price is zero or above MAX, or a cost or a limit in micro-STX is above MAX.
(define-constant err-invalid-price (err u110))
;; A balance would leave the range that the contract keeps it in.
(define-constant err-balance-cap (err u111))
;; The height named by the call or by the offer has passed, or is above MAX.
(define-constant err-past-height (err u112))
;; The lists of a batch have different lengths.
(define-constant err-list-lengths-differ (err u113))
;; The trade is not the one that the caller meant: another seller or amount, or a higher price.
(define-constant err-terms-differ (err u114))
;; The delegation's last height has passed.
(define-constant err-delegation-expired (err u116))
;; The cost is above what is left of the delegation's spend limit.
(define-constant err-spend-limit (err u117))
;; The amount is above what is left of the delegation's energy limit.
(define-constant err-energy-limit (err u118))
;; The price is above the delegation's highest buy price or below its lowest sell price.
(define-constant err-price-limit (err u119))
;; The seller has as many open offers as one may have.
(define-constant err-too-many-open-trades (err u120))

;; ---- Constants ----

(define-constant contract-owner contract-caller)
;; 2^53 - 1: the largest amount, price, cost, balance, limit and height, exact as an IEEE double.
(define-constant MAX u9007199254740991)
(define-constant MAX-INT 9007199254740991)
;; As many as one batch cancels, so that one transaction frees all of a prosumer's energy.
(define-constant MAX-OPEN-TRADES u100)
;; A page of the open-offer bitmap: one bit for each bit of a uint.
(define-constant PAGE-SIZE u128)

;; ---- Variables ----

;; The number of the last event, u0 before the first, and the hash chain over all of them.
(define-data-var event-log {
  sequence: uint,
  digest: (buff 32),
} {
  sequence: u0,
  digest: 0x0000000000000000000000000000000000000000000000000000000000000000,
})
(define-data-var last-trade-id uint u0)
(define-data-var last-grant-id uint u0)
;; In micro-STX per Wh.
(define-data-var energy-price uint u100)
;; = the sum of all energy balances and all escrowed energy, in Wh.
(define-data-var grid-balance int 0)
;; = the sum of all funds balances, in micro-STX; never above the STX that this contract holds.
(define-data-var total-funds uint u0)
(define-data-var prosumer-count uint u0)
(define-data-var meters-required bool false)

;; ---- Maps ----

;; 1. -MAX <= energy-balance, and energy-balance + escrowed <= MAX, so that a cancel always fits.
;; 2. energy-balance is negative only through a meter's reading.
;; 3. funds-balance <= MAX.
;; 4. escrowed = the sum of amounts, and open-trades = the number, of the open trades of this seller; at most 100.
;; 5. last-reading only grows, also when another meter is assigned.
(define-map prosumers
  principal
  {
    energy-balance: int,
    funds-balance: uint,
    escrowed: uint,
    open-trades: uint,
    meter: (optional principal),
    last-reading: uint,
  }
)

;; 1. Ids run from u1 to last-trade-id without gaps.
;; 2. After listing only buyer and status change, once; buyer is the seller until then.
;; 3. 0 < amount, price, amount x price <= MAX.
;; 4. grant-id is the grant that lister acted under, u0 where the seller listed it itself.
(define-map trades
  uint
  {
    seller: principal,
    buyer: principal,
    amount: uint,
    price: uint,
    status: (string-ascii 9),
    open-until: (optional uint),
    lister: principal,
    grant-id: uint,
  }
)

;; Page p has bit i set exactly while trade p x PAGE-SIZE + i is open.
(define-map open-pages
  uint
  uint
)

;; 1. Each grant has its own number from u1 to last-grant-id; a new one replaces the old one of the same pair.
;; 2. spend-left = the spend limit - all that was spent under this grant.
;; 3. energy-left = the energy limit - what was sold and what is now on offer under this grant.
(define-map delegations
  {
    prosumer: principal,
    operator: principal,
  }
  {
    grant-id: uint,
    spend-left: uint,
    energy-left: uint,
    max-buy-price: uint,
    min-sell-price: uint,
    expires-at: uint,
  }
)

;; ---- Private: events ----

;; Appends an event, given as its consensus bytes, to the log as it was before. The bytes are never none: no event comes near
;; the size limit of a value.
(define-private (append-event
    (log {
      sequence: uint,
      digest: (buff 32),
    })
    (bytes (optional (buff 2048)))
  )
  (var-set event-log {
    sequence: (+ (get sequence log) u1),
    digest: (sha256 (concat (get digest log) (default-to 0x bytes))),
  })
)

;; ---- Private: checks ----

(define-private (in-range (value uint))
  (and (> value u0) (<= value MAX))
)

;; Whether a height has not passed at the height now, itself included. Reading the height costs a read of the block's
;; budget each time, so an entry of a batch reads it once and hands it on.
(define-private (is-ahead
    (height uint)
    (now uint)
  )
  (and (>= height now) (<= height MAX))
)

(define-private (is-attested (prosumer {
  energy-balance: int,
  funds-balance: uint,
  escrowed: uint,
  open-trades: uint,
  meter: (optional principal),
  last-reading: uint,
}))
  (or (not (var-get meters-required)) (is-some (get meter prosumer)))
)

;; Whether amount more Wh fit into the account, offers that may come back included. Expects amount <= MAX.
(define-private (energy-fits
    (prosumer {
      energy-balance: int,
      funds-balance: uint,
      escrowed: uint,
      open-trades: uint,
      meter: (optional principal),
      last-reading: uint,
    })
    (amount uint)
  )
  (<= (+ (get energy-balance prosumer) (to-int (get escrowed prosumer)) (to-int amount)) MAX-INT)
)

;; The grant that the caller acts under for a prosumer: none for the prosumer itself.
(define-private (caller-grant
    (prosumer principal)
    (now uint)
  )
  (if (is-eq contract-caller prosumer)
    (ok none)
    (let ((grant (unwrap!
        (map-get? delegations {
          prosumer: prosumer,
          operator: contract-caller,
        })
        err-unauthorized
      )))
      (asserts! (<= now (get expires-at grant)) err-delegation-expired)
      (ok (some grant))
    )
  )
)

(define-private (check-buy-limits
    (delegated (optional {
      grant-id: uint,
      spend-left: uint,
      energy-left: uint,
      max-buy-price: uint,
      min-sell-price: uint,
      expires-at: uint,
    }))
    (price uint)
    (cost uint)
  )
  (match delegated
    grant (begin
      (asserts! (<= price (get max-buy-price grant)) err-price-limit)
      (asserts! (<= cost (get spend-left grant)) err-spend-limit)
      (ok true)
    )
    (ok true)
  )
)

(define-private (check-sell-limits
    (delegated (optional {
      grant-id: uint,
      spend-left: uint,
      energy-left: uint,
      max-buy-price: uint,
      min-sell-price: uint,
      expires-at: uint,
    }))
    (price uint)
    (amount uint)
  )
  (match delegated
    grant (begin
      (asserts! (>= price (get min-sell-price grant)) err-price-limit)
      (asserts! (<= amount (get energy-left grant)) err-energy-limit)
      (ok true)
    )
    (ok true)
  )
)

;; ---- Private: writes ----

;; Flips the bit of a trade in the open-offer bitmap: once when it is listed, once when it leaves "open".
(define-private (toggle-open (trade-id uint))
  (let ((page (/ trade-id PAGE-SIZE)))
    (map-set open-pages page
      (bit-xor (default-to u0 (map-get? open-pages page)) (bit-shift-left u1 (mod trade-id PAGE-SIZE)))
    )
  )
)

;; Runs the caller's grant down by a cost; answers what the event says of it. Expects check-buy-limits.
(define-private (spend-grant
    (buyer principal)
    (delegated (optional {
      grant-id: uint,
      spend-left: uint,
      energy-left: uint,
      max-buy-price: uint,
      min-sell-price: uint,
      expires-at: uint,
    }))
    (cost uint)
  )
  (match delegated
    grant (let ((spend-left (- (get spend-left grant) cost)))
      (map-set delegations {
        prosumer: buyer,
        operator: contract-caller,
      }
        (merge grant { spend-left: spend-left })
      )
      (some {
        id: (get grant-id grant),
        spend-left: spend-left,
      })
    )
    none
  )
)

;; Runs the caller's grant down by an amount put on offer; answers what the event says of it. Expects check-sell-limits.
(define-private (offer-from-grant
    (seller principal)
    (delegated (optional {
      grant-id: uint,
      spend-left: uint,
      energy-left: uint,
      max-buy-price: uint,
      min-sell-price: uint,
      expires-at: uint,
    }))
    (amount uint)
  )
  (match delegated
    grant (let ((energy-left (- (get energy-left grant) amount)))
      (map-set delegations {
        prosumer: seller,
        operator: contract-caller,
      }
        (merge grant { energy-left: energy-left })
      )
      (some {
        id: (get grant-id grant),
        energy-left: energy-left,
      })
    )
    none
  )
)

;; Gives a cancelled amount back to the grant that it was listed under, where that is still the one in force: a newer grant
;; of the same pair counts from its own limits. Answers what the event says of it.
(define-private (return-to-grant
    (seller principal)
    (lister principal)
    (grant-id uint)
    (amount uint)
  )
  (match (map-get? delegations {
    prosumer: seller,
    operator: lister,
  })
    grant (if (is-eq (get grant-id grant) grant-id)
      (let ((energy-left (+ (get energy-left grant) amount)))
        (map-set delegations {
          prosumer: seller,
          operator: lister,
        }
          (merge grant { energy-left: energy-left })
        )
        (some {
          id: grant-id,
          energy-left: energy-left,
        })
      )
      none
    )
    none
  )
)

;; ---- Private: the three trades, for the seed functions and the batches alike ----

;; Lists an offer of seller on behalf of the caller; answers its id.
(define-private (list-offer
    (seller principal)
    (amount uint)
    (price uint)
    (open-until (optional uint))
  )
  (let (
      (now stacks-block-height)
      (account (unwrap! (map-get? prosumers seller) err-not-found))
      (delegated (try! (caller-grant seller now)))
      (trade-id (+ (var-get last-trade-id) u1))
    )
    (asserts! (in-range amount) err-invalid-amount)
    (asserts! (in-range price) err-invalid-price)
    (asserts! (<= (* amount price) MAX) err-invalid-price)
    (asserts! (match open-until height (is-ahead height now) true) err-past-height)
    (asserts! (is-attested account) err-unauthorized)
    (try! (check-sell-limits delegated price amount))
    (asserts! (>= (get energy-balance account) (to-int amount)) err-insufficient-energy)
    (asserts! (< (get open-trades account) MAX-OPEN-TRADES) err-too-many-open-trades)
    (let (
        (energy-balance (- (get energy-balance account) (to-int amount)))
        (log (var-get event-log))
        (event {
          topic: "trade-listed",
          sequence: (+ (get sequence log) u1),
          height: now,
          trade-id: trade-id,
          seller: seller,
          operator: contract-caller,
          amount: amount,
          price: price,
          open-until: open-until,
          energy-balance: energy-balance,
          grant: (offer-from-grant seller delegated amount),
        })
      )
      (var-set last-trade-id trade-id)
      (map-set trades trade-id {
        seller: seller,
        buyer: seller,
        amount: amount,
        price: price,
        status: "open",
        open-until: open-until,
        lister: contract-caller,
        grant-id: (match delegated grant (get grant-id grant) u0),
      })
      (map-set prosumers seller
        (merge account {
          energy-balance: energy-balance,
          escrowed: (+ (get escrowed account) amount),
          open-trades: (+ (get open-trades account) u1),
        })
      )
      (toggle-open trade-id)
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok trade-id)
    )
  )
)

;; Buys an offer whole for buyer on behalf of the caller, where it is as the terms say, if any; answers its cost.
(define-private (buy-offer
    (buyer principal)
    (trade-id uint)
    (terms (optional {
      amount: uint,
      max-price: uint,
    }))
  )
  (let (
      (now stacks-block-height)
      (buyer-account (unwrap! (map-get? prosumers buyer) err-not-found))
      (delegated (try! (caller-grant buyer now)))
      (trade (unwrap! (map-get? trades trade-id) err-trade-not-found))
      (seller (get seller trade))
      (amount (get amount trade))
      (price (get price trade))
      (cost (* amount price))
      ;; Always registered: no one else lists.
      (seller-account (unwrap! (map-get? prosumers seller) err-not-found))
    )
    (asserts! (is-eq (get status trade) "open") err-trade-not-open)
    (asserts! (match (get open-until trade) height (is-ahead height now) true) err-past-height)
    (asserts!
      (match terms
        expected (and (is-eq amount (get amount expected)) (<= price (get max-price expected)))
        true
      )
      err-terms-differ
    )
    (asserts! (not (is-eq buyer seller)) err-self-trade)
    (asserts! (is-attested seller-account) err-unauthorized)
    (try! (check-buy-limits delegated price cost))
    (asserts! (>= (get funds-balance buyer-account) cost) err-insufficient-funds)
    (asserts! (energy-fits buyer-account amount) err-balance-cap)
    (asserts! (<= (+ (get funds-balance seller-account) cost) MAX) err-balance-cap)
    (let (
        (buyer-energy (+ (get energy-balance buyer-account) (to-int amount)))
        (buyer-funds (- (get funds-balance buyer-account) cost))
        (seller-funds (+ (get funds-balance seller-account) cost))
        (log (var-get event-log))
        (event {
          topic: "trade-bought",
          sequence: (+ (get sequence log) u1),
          height: now,
          trade-id: trade-id,
          seller: seller,
          buyer: buyer,
          operator: contract-caller,
          amount: amount,
          price: price,
          cost: cost,
          buyer-energy: buyer-energy,
          buyer-funds: buyer-funds,
          seller-energy: (get energy-balance seller-account),
          seller-funds: seller-funds,
          grant: (spend-grant buyer delegated cost),
        })
      )
      (map-set trades trade-id
        (merge trade {
          buyer: buyer,
          status: "completed",
        })
      )
      (map-set prosumers buyer
        (merge buyer-account {
          energy-balance: buyer-energy,
          funds-balance: buyer-funds,
        })
      )
      (map-set prosumers seller
        (merge seller-account {
          funds-balance: seller-funds,
          escrowed: (- (get escrowed seller-account) amount),
          open-trades: (- (get open-trades seller-account) u1),
        })
      )
      (toggle-open trade-id)
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok cost)
    )
  )
)

;; Takes an offer back on behalf of the caller, where its seller is as expected, if anyone is; answers its amount.
(define-private (cancel-offer
    (trade-id uint)
    (expected-seller (optional principal))
  )
  (let (
      (now stacks-block-height)
      (trade (unwrap! (map-get? trades trade-id) err-trade-not-found))
      (seller (get seller trade))
      (amount (get amount trade))
      ;; Always registered: no one else lists.
      (account (unwrap! (map-get? prosumers seller) err-not-found))
    )
    (asserts! (is-eq (get status trade) "open") err-trade-not-open)
    (asserts! (is-eq (default-to seller expected-seller) seller) err-terms-differ)
    (asserts!
      (or
        (is-eq contract-caller seller)
        (is-eq contract-caller (get lister trade))
        (match (get open-until trade) height (not (is-ahead height now)) false)
      )
      err-unauthorized
    )
    (let (
        (energy-balance (+ (get energy-balance account) (to-int amount)))
        (log (var-get event-log))
        (event {
          topic: "trade-cancelled",
          sequence: (+ (get sequence log) u1),
          height: now,
          trade-id: trade-id,
          seller: seller,
          operator: contract-caller,
          amount: amount,
          energy-balance: energy-balance,
          grant: (return-to-grant seller (get lister trade) (get grant-id trade) amount),
        })
      )
      (map-set trades trade-id (merge trade { status: "cancelled" }))
      (map-set prosumers seller
        (merge account {
          energy-balance: energy-balance,
          escrowed: (- (get escrowed account) amount),
          open-trades: (- (get open-trades account) u1),
        })
      )
      (toggle-open trade-id)
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok amount)
    )
  )
)

;; ---- Public: the account ----

;; Registers the caller as a prosumer with nothing on its account.
(define-public (register-prosumer)
  (begin
    (asserts! (is-none (map-get? prosumers contract-caller)) err-already-registered)
    (let (
        (log (var-get event-log))
        (event {
          topic: "prosumer-registered",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: contract-caller,
        })
      )
      (map-set prosumers contract-caller {
        energy-balance: 0,
        funds-balance: u0,
        escrowed: u0,
        open-trades: u0,
        meter: none,
        last-reading: u0,
      })
      (var-set prosumer-count (+ (var-get prosumer-count) u1))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Reports amount Wh as produced by the caller, while meters are not required.
(define-public (add-energy (amount uint))
  (let ((account (unwrap! (map-get? prosumers contract-caller) err-not-found)))
    (asserts! (not (var-get meters-required)) err-unauthorized)
    (asserts! (in-range amount) err-invalid-amount)
    (asserts! (energy-fits account amount) err-balance-cap)
    (let (
        (energy-balance (+ (get energy-balance account) (to-int amount)))
        (log (var-get event-log))
        (event {
          topic: "energy-added",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: contract-caller,
          amount: amount,
          energy-balance: energy-balance,
        })
      )
      (map-set prosumers contract-caller (merge account { energy-balance: energy-balance }))
      (var-set grid-balance (+ (var-get grid-balance) (to-int amount)))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Reports amount Wh as consumed by the caller, while meters are not required.
(define-public (consume-energy (amount uint))
  (let ((account (unwrap! (map-get? prosumers contract-caller) err-not-found)))
    (asserts! (not (var-get meters-required)) err-unauthorized)
    (asserts! (in-range amount) err-invalid-amount)
    (asserts! (>= (get energy-balance account) (to-int amount)) err-insufficient-energy)
    (let (
        (energy-balance (- (get energy-balance account) (to-int amount)))
        (log (var-get event-log))
        (event {
          topic: "energy-consumed",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: contract-caller,
          amount: amount,
          energy-balance: energy-balance,
        })
      )
      (map-set prosumers contract-caller (merge account { energy-balance: energy-balance }))
      (var-set grid-balance (- (var-get grid-balance) (to-int amount)))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Moves amount micro-STX from the caller into its funds. Post-condition: the caller sends exactly amount.
(define-public (add-funds (amount uint))
  (let ((account (unwrap! (map-get? prosumers contract-caller) err-not-found)))
    (asserts! (in-range amount) err-invalid-amount)
    (asserts! (<= (+ (get funds-balance account) amount) MAX) err-balance-cap)
    (try! (stx-transfer? amount contract-caller current-contract))
    (let (
        (funds-balance (+ (get funds-balance account) amount))
        (log (var-get event-log))
        (event {
          topic: "funds-added",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: contract-caller,
          amount: amount,
          funds-balance: funds-balance,
        })
      )
      (map-set prosumers contract-caller (merge account { funds-balance: funds-balance }))
      (var-set total-funds (+ (var-get total-funds) amount))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Moves amount micro-STX from the caller's funds back to it. Post-condition: this contract sends exactly amount.
(define-public (withdraw-funds (amount uint))
  (let (
      (recipient contract-caller)
      (account (unwrap! (map-get? prosumers recipient) err-not-found))
    )
    (asserts! (in-range amount) err-invalid-amount)
    (asserts! (>= (get funds-balance account) amount) err-insufficient-funds)
    ;; Never fails: the contract holds all funds, and exactly the allowance moves.
    (try! (as-contract? ((with-stx amount)) (try! (stx-transfer? amount current-contract recipient))))
    (let (
        (funds-balance (- (get funds-balance account) amount))
        (log (var-get event-log))
        (event {
          topic: "funds-withdrawn",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: recipient,
          amount: amount,
          funds-balance: funds-balance,
        })
      )
      (map-set prosumers recipient (merge account { funds-balance: funds-balance }))
      (var-set total-funds (- (var-get total-funds) amount))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; ---- Public: trades of the caller itself ----

;; Offers amount Wh of the caller at price micro-STX per Wh, without expiry; answers the trade id.
(define-public (trade-energy
    (amount uint)
    (price uint)
  )
  (list-offer contract-caller amount price none)
)

;; Buys an open offer for the caller, at whatever terms it has.
(define-public (buy-energy (trade-id uint))
  (begin
    (try! (buy-offer contract-caller trade-id none))
    (ok true)
  )
)

;; Takes an open offer back: its seller always, who listed it for the seller likewise, anyone once its height has passed.
(define-public (cancel-trade (trade-id uint))
  (begin
    (try! (cancel-offer trade-id none))
    (ok true)
  )
)

;; ---- Public: delegation ----

;; Lets operator trade for the caller within limits, up to and at height expires-at, in place of any earlier grant of the
;; pair; answers the grant's number. A limit may be zero. The operator need not be registered.
(define-public (delegate-trading
    (operator principal)
    (spend-limit uint)
    (energy-limit uint)
    (max-buy-price uint)
    (min-sell-price uint)
    (expires-at uint)
  )
  (begin
    (asserts! (is-some (map-get? prosumers contract-caller)) err-not-found)
    (asserts! (not (is-eq operator contract-caller)) err-unauthorized)
    (asserts! (<= energy-limit MAX) err-invalid-amount)
    (asserts! (<= spend-limit MAX) err-invalid-price)
    (asserts! (<= max-buy-price MAX) err-invalid-price)
    (asserts! (<= min-sell-price MAX) err-invalid-price)
    (asserts! (is-ahead expires-at stacks-block-height) err-past-height)
    (let (
        (grant-id (+ (var-get last-grant-id) u1))
        (log (var-get event-log))
        (event {
          topic: "delegation-granted",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: contract-caller,
          operator: operator,
          grant-id: grant-id,
          spend-limit: spend-limit,
          energy-limit: energy-limit,
          max-buy-price: max-buy-price,
          min-sell-price: min-sell-price,
          expires-at: expires-at,
        })
      )
      (var-set last-grant-id grant-id)
      (map-set delegations {
        prosumer: contract-caller,
        operator: operator,
      } {
        grant-id: grant-id,
        spend-left: spend-limit,
        energy-left: energy-limit,
        max-buy-price: max-buy-price,
        min-sell-price: min-sell-price,
        expires-at: expires-at,
      })
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok grant-id)
    )
  )
)

;; Ends what operator may do for the caller. Offers that it listed stay open.
(define-public (revoke-delegation (operator principal))
  (let (
      (account (unwrap! (map-get? prosumers contract-caller) err-not-found))
      (pair {
        prosumer: contract-caller,
        operator: operator,
      })
      (grant (unwrap! (map-get? delegations pair) err-unauthorized))
      (log (var-get event-log))
      (event {
        topic: "delegation-revoked",
        sequence: (+ (get sequence log) u1),
        height: stacks-block-height,
        prosumer: contract-caller,
        operator: operator,
        grant-id: (get grant-id grant),
      })
    )
    (map-delete delegations pair)
    (append-event log (to-consensus-buff? event))
    (print event)
    (ok true)
  )
)

;; ---- Public: one entry of a batch, for the prosumer itself or its operator ----
;;
;; These are public because only a public function that answers an error is rolled back when another function calls it; so
;; a batch is a map over one of them. Calling one directly is a batch of one without an expiry of its own.

;; Buys an open offer for buyer, provided it has this amount and at most this price; answers its cost.
(define-public (buy-one-for
    (buyer principal)
    (trade-id uint)
    (amount uint)
    (max-price uint)
  )
  (buy-offer buyer trade-id
    (some {
      amount: amount,
      max-price: max-price,
    })
  )
)

;; Offers amount Wh of seller at price micro-STX per Wh, up to and at height open-until; answers the trade id.
(define-public (trade-one-for
    (seller principal)
    (amount uint)
    (price uint)
    (open-until uint)
  )
  (list-offer seller amount price (some open-until))
)

;; Takes an open offer of seller back, by the same right as cancel-trade; answers its amount.
(define-public (cancel-one-for
    (seller principal)
    (trade-id uint)
  )
  (cancel-offer trade-id (some seller))
)

;; ---- Public: batches ----
;;
;; Up to 100 entries, each by its own answer; a failing one changes nothing and stops no other. Not after height
;; valid-until. Where every entry fails the batch still answers ok: read the list.

;; Buys offers for many prosumers.
(define-public (buy-energy-for
    (valid-until uint)
    (buyers (list 100 principal))
    (trade-ids (list 100 uint))
    (amounts (list 100 uint))
    (max-prices (list 100 uint))
  )
  (begin
    (asserts! (<= stacks-block-height valid-until) err-past-height)
    (asserts!
      (and
        (is-eq (len trade-ids) (len buyers))
        (is-eq (len amounts) (len buyers))
        (is-eq (len max-prices) (len buyers))
      )
      err-list-lengths-differ
    )
    (ok (map buy-one-for buyers trade-ids amounts max-prices))
  )
)

;; Lists offers of many prosumers, all open up to and at height open-until.
(define-public (trade-energy-for
    (valid-until uint)
    (open-until uint)
    (sellers (list 100 principal))
    (amounts (list 100 uint))
    (prices (list 100 uint))
  )
  (let (
      ;; map takes no constant, so the same height for each entry; and it aborts on an empty list beside a longer one, so
      ;; exactly as often. Never none: a batch has at most 100 entries.
      (heights-10 (list open-until open-until open-until open-until open-until open-until open-until open-until
        open-until open-until
      ))
      (heights-20 (concat heights-10 heights-10))
      (heights-40 (concat heights-20 heights-20))
      (heights-100 (concat heights-40 (concat heights-40 heights-20)))
      (heights (default-to heights-100 (slice? heights-100 u0 (len sellers))))
    )
    (asserts! (<= stacks-block-height valid-until) err-past-height)
    (asserts! (is-ahead open-until stacks-block-height) err-past-height)
    (asserts!
      (and
        (is-eq (len amounts) (len sellers))
        (is-eq (len prices) (len sellers))
      )
      err-list-lengths-differ
    )
    (ok (map trade-one-for sellers amounts prices heights))
  )
)

;; Takes offers of many prosumers back.
(define-public (cancel-trade-for
    (valid-until uint)
    (sellers (list 100 principal))
    (trade-ids (list 100 uint))
  )
  (begin
    (asserts! (<= stacks-block-height valid-until) err-past-height)
    (asserts! (is-eq (len trade-ids) (len sellers)) err-list-lengths-differ)
    (ok (map cancel-one-for sellers trade-ids))
  )
)

;; ---- Public: meters ----

;; Records what prosumer produced and consumed, in Wh; only its assigned meter may. It has happened, so it is never refused
;; for lack of balance and may take the energy balance below zero. Ids grow strictly, so a retried reading counts once.
(define-public (record-reading
    (prosumer principal)
    (reading-id uint)
    (produced uint)
    (consumed uint)
  )
  (let ((account (unwrap! (map-get? prosumers prosumer) err-not-found)))
    (asserts! (is-eq (get meter account) (some contract-caller)) err-unauthorized)
    (asserts! (<= reading-id MAX) err-invalid-amount)
    (asserts! (<= produced MAX) err-invalid-amount)
    (asserts! (<= consumed MAX) err-invalid-amount)
    (asserts! (> reading-id (get last-reading account)) err-invalid-amount)
    (let (
        (change (- (to-int produced) (to-int consumed)))
        (energy-balance (+ (get energy-balance account) change))
      )
      (asserts! (>= energy-balance (- MAX-INT)) err-balance-cap)
      (asserts! (<= (+ energy-balance (to-int (get escrowed account))) MAX-INT) err-balance-cap)
      (let (
          (log (var-get event-log))
          (event {
            topic: "reading-recorded",
            sequence: (+ (get sequence log) u1),
            height: stacks-block-height,
            prosumer: prosumer,
            meter: contract-caller,
            reading-id: reading-id,
            produced: produced,
            consumed: consumed,
            energy-balance: energy-balance,
          })
        )
        (map-set prosumers prosumer
          (merge account {
            energy-balance: energy-balance,
            last-reading: reading-id,
          })
        )
        (var-set grid-balance (+ (var-get grid-balance) change))
        (append-event log (to-consensus-buff? event))
        (print event)
        (ok true)
      )
    )
  )
)

;; ---- Public: the owner ----

;; Sets the energy price, in micro-STX per Wh.
(define-public (set-energy-price (price uint))
  (begin
    (asserts! (is-eq contract-caller contract-owner) err-owner-only)
    (asserts! (in-range price) err-invalid-price)
    (let (
        (log (var-get event-log))
        (event {
          topic: "energy-price-set",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          price: price,
        })
      )
      (var-set energy-price price)
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Turns self-reported energy off (true) or on again (false). While it is off, offers of a seller without a meter can be
;; neither listed nor bought, only cancelled.
(define-public (require-meters (required bool))
  (begin
    (asserts! (is-eq contract-caller contract-owner) err-owner-only)
    (let (
        (log (var-get event-log))
        (event {
          topic: "meters-required",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          required: required,
        })
      )
      (var-set meters-required required)
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; Names the principal whose readings count for prosumer, in place of any earlier one.
(define-public (assign-meter
    (prosumer principal)
    (meter principal)
  )
  (begin
    (asserts! (is-eq contract-caller contract-owner) err-owner-only)
    (let (
        (account (unwrap! (map-get? prosumers prosumer) err-not-found))
        (log (var-get event-log))
        (event {
          topic: "meter-assigned",
          sequence: (+ (get sequence log) u1),
          height: stacks-block-height,
          prosumer: prosumer,
          meter: meter,
        })
      )
      (map-set prosumers prosumer (merge account { meter: (some meter) }))
      (append-event log (to-consensus-buff? event))
      (print event)
      (ok true)
    )
  )
)

;; ---- Read-only ----

;; In micro-STX per Wh.
(define-read-only (get-energy-price)
  (ok (var-get energy-price))
)

;; All energy balances and all escrowed energy, in Wh.
(define-read-only (get-grid-balance)
  (ok (var-get grid-balance))
)

(define-read-only (get-prosumer-info (account principal))
  (let ((prosumer (unwrap! (map-get? prosumers account) err-not-found)))
    (ok {
      energy-balance: (get energy-balance prosumer),
      funds-balance: (get funds-balance prosumer),
    })
  )
)

(define-read-only (get-trade-info (trade-id uint))
  (let ((trade (unwrap! (map-get? trades trade-id) err-trade-not-found)))
    (ok {
      seller: (get seller trade),
      buyer: (get buyer trade),
      amount: (get amount trade),
      price: (get price trade),
      status: (get status trade),
    })
  )
)

;; One call that tells whether anything changed, and at which height it was asked.
(define-read-only (get-market)
  (merge (var-get event-log) {
    last-trade-id: (var-get last-trade-id),
    energy-price: (var-get energy-price),
    grid-balance: (var-get grid-balance),
    total-funds: (var-get total-funds),
    prosumers: (var-get prosumer-count),
    meters-required: (var-get meters-required),
    height: stacks-block-height,
  })
)

(define-read-only (get-trade (trade-id uint))
  (map-get? trades trade-id)
)

(define-read-only (get-prosumer (account principal))
  (map-get? prosumers account)
)

(define-read-only (get-delegation (pair {
  prosumer: principal,
  operator: principal,
}))
  (map-get? delegations pair)
)

;; Page p as a bitmap: bit i is set exactly while trade p x 128 + i is open.
(define-read-only (get-open-page (page uint))
  (default-to u0 (map-get? open-pages page))
)

(define-read-only (get-trades (trade-ids (list 50 uint)))
  (map get-trade trade-ids)
)

(define-read-only (get-prosumers (accounts (list 50 principal)))
  (map get-prosumer accounts)
)

(define-read-only (get-delegations (pairs (list 50 {
  prosumer: principal,
  operator: principal,
})))
  (map get-delegation pairs)
)

(define-read-only (get-open-pages (pages (list 90 uint)))
  (map get-open-page pages)
)
