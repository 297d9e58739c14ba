;; The steps of an offer, by its prosumer or by an operator within its limits (C6).

;; Whether the caller may trade for the account now, and what its grant is.
(define-private (may-act-for (account principal))
  (and
    (is-registered account)
    (or (is-eq account contract-caller) (is-client account))
  )
)

(define-private (is-height-ahead (limit (optional uint)))
  (match limit last-height (and (>= last-height stacks-block-height) (<= last-height MAX)) true)
)

(define-private (costs-at-most-max
    (offer uint)
    (asked uint)
  )
  (and (in-range offer) (in-range asked) (<= (* offer asked) MAX))
)

(define-private (seller-is-attested (account principal))
  (or (not (var-get meters-required)) (is-some (get meter (account-of account))))
)

;; ---- Listing ----

(define-private (may-list
    (account principal)
    (offer uint)
    (asked uint)
    (limit (optional uint))
  )
  (and
    (may-act-for account)
    (costs-at-most-max offer asked)
    (is-height-ahead limit)
    (seller-is-attested account)
    (<= offer (energy-of account))
    (< (get open-trades (account-of account)) MAX-OPEN-TRADES)
    (match (grant-of account contract-caller)
      granted (and (>= asked (get min-sell-price granted)) (<= offer (get energy-left granted)))
      true
    )
  )
)

(define-private (check-listing
    (account principal)
    (offer uint)
    (asked uint)
    (limit (optional uint))
  )
  (let (
      (was (world))
      (own (account-of account))
      (granted (grant-of account contract-caller))
      (number (+ (var-get last-trade-id) u1))
      (allowed (may-list account offer asked limit))
      (answered (is-ok (match limit
        last-height (trade-one-for account offer asked last-height)
        (trade-energy offer asked)
      )))
      (change (if answered offer u0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts!
      (is-eq (account-of account)
        (merge own {
          energy-balance: (- (get energy-balance own) (to-int change)),
          escrowed: (+ (get escrowed own) change),
          open-trades: (+ (get open-trades own) (one-if answered)),
        })
      )
      (err "the account")
    )
    (asserts!
      (is-eq (map-get? trades number)
        (if answered
          (some {
            seller: account,
            buyer: account,
            amount: offer,
            price: asked,
            status: "open",
            open-until: limit,
            lister: contract-caller,
            grant-id: (default-to u0 (get grant-id granted)),
          })
          none
        )
      )
      (err "the trade")
    )
    (asserts! (bit-tells-open number true) (err "the page"))
    (asserts!
      (is-eq (grant-of account contract-caller)
        (match granted
          before (some (merge before { energy-left: (- (get energy-left before) change) }))
          none
        )
      )
      (err "the grant")
    )
    (asserts!
      (world-is (merge was { last-trade-id: (+ (get last-trade-id was) (one-if answered)) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-trade-energy
    (amount-dice uint)
    (price-dice uint)
  )
  (let ((offer (pick-amount amount-dice (energy-of contract-caller))))
    (check-listing contract-caller offer (pick-price price-dice offer) none)
  )
)

(define-public (test-trade-one-for
    (client-dice uint)
    (amount-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (offer (pick-amount amount-dice (energy-of client)))
    )
    (check-listing client offer (pick-price price-dice offer) (some (pick-height height-dice u10)))
  )
)
