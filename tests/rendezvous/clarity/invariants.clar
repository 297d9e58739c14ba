;; What must hold after any history. C1 to C8 are those of docs/invariants.md.

;; ---- That the sweeps below leave nothing out ----

(define-private (add-account
    (account principal)
    (sum {
      accounts: uint,
      energy: int,
      funds: uint,
    })
  )
  (match (map-get? prosumers account)
    stored {
      accounts: (+ (get accounts sum) u1),
      energy: (+ (get energy sum) (get energy-balance stored) (to-int (get escrowed stored))),
      funds: (+ (get funds sum) (get funds-balance stored)),
    }
    sum
  )
)

(define-private (sum-accounts)
  (fold add-account WALLETS {
    accounts: u0,
    energy: 0,
    funds: u0,
  })
)

(define-read-only (invariant-sweeps-reach-all)
  (and
    (<= (var-get last-trade-id) (len IDS-300))
    (is-eq (var-get prosumer-count) (get accounts (sum-accounts)))
  )
)

;; ---- C1 to C3: balances ----

(define-read-only (invariant-c1-all-funds-are-held)
  (and
    (is-eq (var-get total-funds) (get funds (sum-accounts)))
    (is-eq (stx-get-balance current-contract) (+ (var-get total-funds) (var-get donated)))
  )
)

(define-read-only (invariant-c2-energy-is-conserved)
  (is-eq (var-get grid-balance) (get energy (sum-accounts)))
)

(define-private (add-open
    (number uint)
    (sum {
      seller: principal,
      amount: uint,
      offers: uint,
    })
  )
  (match (map-get? trades number)
    offered (if (and (is-eq (get seller offered) (get seller sum)) (is-eq (get status offered) "open"))
      (merge sum {
        amount: (+ (get amount sum) (get amount offered)),
        offers: (+ (get offers sum) u1),
      })
      sum
    )
    sum
  )
)

(define-private (escrow-holds
    (account principal)
    (holds bool)
  )
  (let (
      (stored (account-of account))
      (open (fold add-open (trade-ids-so-far) {
        seller: account,
        amount: u0,
        offers: u0,
      }))
    )
    (and
      holds
      (is-eq (get escrowed stored) (get amount open))
      (is-eq (get open-trades stored) (get offers open))
      (<= (get offers open) MAX-OPEN-TRADES)
    )
  )
)

(define-read-only (invariant-c2-escrow-is-what-is-on-offer)
  (fold escrow-holds WALLETS true)
)

(define-private (balances-hold
    (account principal)
    (holds bool)
  )
  (let ((stored (account-of account)))
    (and
      holds
      (<= (get funds-balance stored) MAX)
      (>= (get energy-balance stored) (- MAX-INT))
      (<= (+ (get energy-balance stored) (to-int (get escrowed stored))) MAX-INT)
      (or (>= (get energy-balance stored) 0) (and (> (get last-reading stored) u0) (is-some (get meter stored))))
    )
  )
)

;; Below zero only where there was a reading, and never by anything else.
(define-read-only (invariant-c3-balances-are-in-range)
  (and (fold balances-hold WALLETS true) (not (var-get overdrawn)))
)

;; ---- C4: offers ----

(define-private (is-as-seen
    (number uint)
    (holds bool)
  )
  (and
    holds
    (match (map-get? trades number)
      offered (and
        (is-eq (default-to (terms-of offered) (map-get? seen-terms number)) (terms-of offered))
        (is-eq (default-to (end-of offered) (map-get? seen-ends number)) (end-of offered))
      )
      false
    )
  )
)

;; Ids have no gaps, terms never change, and an end is final.
(define-read-only (invariant-c4-trades-are-as-seen)
  (and
    (fold is-as-seen (trade-ids-so-far) true)
    (is-none (map-get? trades (+ (var-get last-trade-id) u1)))
  )
)

(define-private (is-well-formed
    (number uint)
    (holds bool)
  )
  (match (map-get? trades number)
    offered (and
      holds
      (in-range (get amount offered))
      (in-range (get price offered))
      (in-range (* (get amount offered) (get price offered)))
      (is-some (map-get? prosumers (get seller offered)))
      (is-eq (is-eq (get seller offered) (get lister offered)) (is-eq (get grant-id offered) u0))
      (<= (get grant-id offered) (var-get last-grant-id))
      (if (is-eq (get status offered) "completed")
        (and
          (not (is-eq (get buyer offered) (get seller offered)))
          (is-some (map-get? prosumers (get buyer offered)))
        )
        (and
          (or (is-eq (get status offered) "open") (is-eq (get status offered) "cancelled"))
          (is-eq (get buyer offered) (get seller offered))
        )
      )
    )
    false
  )
)

(define-read-only (invariant-c4-trades-are-well-formed)
  (fold is-well-formed (trade-ids-so-far) true)
)

(define-private (bit-tells-open
    (number uint)
    (holds bool)
  )
  (and
    holds
    (is-eq
      (is-eq u1 (bit-and u1 (bit-shift-right (get-open-page (/ number PAGE-SIZE)) (mod number PAGE-SIZE))))
      (is-eq (some "open") (get status (map-get? trades number)))
    )
  )
)

;; Of ids that no trade has yet, too.
(define-read-only (invariant-c4-pages-tell-what-is-open)
  (fold bit-tells-open IDS-300 true)
)

;; ---- C6: delegation ----

(define-private (add-listed
    (number uint)
    (sum {
      grant-id: uint,
      amount: uint,
    })
  )
  (match (map-get? trades number)
    offered (if (and
        (is-eq (get grant-id offered) (get grant-id sum))
        (not (is-eq (get status offered) "cancelled"))
      )
      (merge sum { amount: (+ (get amount sum) (get amount offered)) })
      sum
    )
    sum
  )
)

;; What was sold and what is on offer under a grant.
(define-private (listed-under (granted uint))
  (get amount
    (fold add-listed (trade-ids-so-far) {
      grant-id: granted,
      amount: u0,
    }))
)

(define-private (grant-holds
    (agent principal)
    (state {
      account: principal,
      holds: bool,
      numbers: (list 16 uint),
    })
  )
  (match (grant-of (get account state) agent)
    stored (merge state {
      holds: (and
        (get holds state)
        (not (is-eq agent (get account state)))
        (<= (get grant-id stored) (var-get last-grant-id))
        ;; Each grant has a number of its own.
        (is-none (index-of? (get numbers state) (get grant-id stored)))
        (match (map-get? seen-grants (get grant-id stored))
          seen (and
            ;; Not equal: the fuzzer's own calls may have spent, too.
            (<= (+ (get spend-left stored) (get spent seen)) (get spend-limit seen))
            (is-eq (+ (get energy-left stored) (listed-under (get grant-id stored))) (get energy-limit seen))
          )
          true
        )
      ),
      numbers: (default-to (get numbers state) (as-max-len? (append (get numbers state) (get grant-id stored)) u16)),
    })
    state
  )
)

(define-private (grants-hold
    (account principal)
    (state {
      account: principal,
      holds: bool,
      numbers: (list 16 uint),
    })
  )
  (fold grant-holds WALLETS (merge state { account: account }))
)

(define-read-only (invariant-c6-grants-run-down)
  (get holds
    (fold grants-hold WALLETS {
      account: contract-owner,
      holds: true,
      numbers: (list),
    }))
)

;; ---- C8: the owner ----

(define-read-only (invariant-c8-only-the-owner-owns)
  (not (var-get owner-breached))
)
