;; The steps of a purchase, by its prosumer or by an operator within its limits (C6), and of taking an offer back.

;; ---- Buying ----

(define-private (may-buy
    (account principal)
    (number uint)
    (terms-met bool)
  )
  (match (map-get? trades number)
    offered (let (
        (vendor (get seller offered))
        (total (* (get amount offered) (get price offered)))
      )
      (and
        (may-act-for account)
        (is-eq (get status offered) "open")
        (not (has-passed offered))
        terms-met
        (not (is-eq account vendor))
        (seller-is-attested vendor)
        (<= total (funds-of account))
        (<= (get amount offered) (room-of account))
        (<= total (- MAX (funds-of vendor)))
        (match (grant-of account contract-caller)
          granted (and (<= (get price offered) (get max-buy-price granted)) (<= total (get spend-left granted)))
          true
        )
      )
    )
    false
  )
)

(define-private (check-buying
    (account principal)
    (number uint)
    (terms (optional {
      amount: uint,
      max-price: uint,
    }))
  )
  (let (
      (was (world))
      (own (account-of account))
      (vendor (seller-of number))
      (theirs (account-of vendor))
      (granted (grant-of account contract-caller))
      (before (map-get? trades number))
      (allowed (may-buy account number
        (match terms
          met (and (is-eq (get amount met) (amount-of number)) (>= (get max-price met) (price-of number)))
          true
        )
      ))
      (answered (match terms
        met (is-ok (buy-one-for account number (get amount met) (get max-price met)))
        (is-ok (buy-energy number))
      ))
      (moved (if answered (amount-of number) u0))
      (paid (* moved (price-of number)))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts!
      (or
        (is-eq account vendor)
        (is-eq (account-of account)
          (merge own {
            energy-balance: (+ (get energy-balance own) (to-int moved)),
            funds-balance: (- (get funds-balance own) paid),
          })
        )
      )
      (err "the buyer")
    )
    (asserts!
      (or
        (and answered (is-eq account vendor))
        (is-eq (account-of vendor)
          (merge theirs {
            funds-balance: (+ (get funds-balance theirs) paid),
            escrowed: (- (get escrowed theirs) moved),
            open-trades: (- (get open-trades theirs) (one-if answered)),
          })
        )
      )
      (err "the seller")
    )
    (asserts!
      (is-eq (map-get? trades number)
        (match before
          offered (some (if answered
            (merge offered {
              buyer: account,
              status: "completed",
            })
            offered
          ))
          none
        )
      )
      (err "the trade")
    )
    (asserts! (bit-tells-open number true) (err "the page"))
    (asserts!
      (is-eq (grant-of account contract-caller)
        (match granted
          limits (some (merge limits { spend-left: (- (get spend-left limits) paid) }))
          none
        )
      )
      (err "the grant")
    )
    (asserts! (world-is was (one-if answered)) (err "the world"))
    (ok answered)
  )
)

(define-public (test-buy-energy (dice uint))
  (check-buying contract-caller (find-trade-for contract-caller dice) none)
)

;; At the offer's terms, except that now and then the amount or the highest price is off by one.
(define-public (test-buy-one-for
    (client-dice uint)
    (trade-dice uint)
    (terms-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (number (find-trade-for client trade-dice))
    )
    (check-buying client number
      (some {
        amount: (if (is-eq (mod terms-dice u12) u0) (+ (amount-of number) u1) (amount-of number)),
        max-price: (if (is-eq (mod terms-dice u12) u1) (- (price-of number) u1) (+ (price-of number) (mod terms-dice u3))),
      })
    )
  )
)

;; ---- Cancelling ----

(define-private (check-cancelling
    (number uint)
    (expected-seller (optional principal))
  )
  (let (
      (was (world))
      (before (map-get? trades number))
      (vendor (seller-of number))
      (theirs (account-of vendor))
      (agent (default-to vendor (get lister before)))
      (granted (grant-of vendor agent))
      (allowed (match before
        offered (and
          (is-eq (get status offered) "open")
          (is-eq (default-to vendor expected-seller) vendor)
          (or (is-eq contract-caller vendor) (is-eq contract-caller agent) (has-passed offered))
        )
        false
      ))
      (answered (match expected-seller
        account (is-ok (cancel-one-for account number))
        (is-ok (cancel-trade number))
      ))
      (moved (if answered (amount-of number) u0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts!
      (is-eq (account-of vendor)
        (merge theirs {
          energy-balance: (+ (get energy-balance theirs) (to-int moved)),
          escrowed: (- (get escrowed theirs) moved),
          open-trades: (- (get open-trades theirs) (one-if answered)),
        })
      )
      (err "the seller")
    )
    (asserts!
      (is-eq (map-get? trades number)
        (match before
          offered (some (if answered (merge offered { status: "cancelled" }) offered))
          none
        )
      )
      (err "the trade")
    )
    (asserts! (bit-tells-open number true) (err "the page"))
    ;; To the grant that it was listed under alone.
    (asserts!
      (is-eq (grant-of vendor agent)
        (match granted
          limits (some (if (is-eq (some (get grant-id limits)) (get grant-id before))
            (merge limits { energy-left: (+ (get energy-left limits) moved) })
            limits
          ))
          none
        )
      )
      (err "the grant")
    )
    (asserts! (world-is was (one-if answered)) (err "the world"))
    (ok answered)
  )
)

;; One's own, one that has passed, or anyone's.
(define-public (test-cancel-trade
    (kind uint)
    (dice uint)
  )
  (check-cancelling
    (if (is-eq (mod kind u3) u0)
      (find-own-trade dice)
      (if (is-eq (mod kind u3) u1) (find-passed-trade dice) (find-trade-for contract-caller dice))
    )
    none
  )
)

(define-public (test-cancel-one-for
    (client-dice uint)
    (dice uint)
  )
  (let ((number (unwrap! (list-for-another client-dice dice) (ok false))))
    (check-cancelling number
      (some (if (is-eq (mod client-dice u8) u0) (pick-client client-dice) (seller-of number)))
    )
  )
)
