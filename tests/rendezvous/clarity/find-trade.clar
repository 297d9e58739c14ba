;; Which trade to buy or to take back: mostly one for which that may work, now and then any id.

(define-private (has-passed (offered {
  seller: principal,
  buyer: principal,
  amount: uint,
  price: uint,
  status: (string-ascii 9),
  open-until: (optional uint),
  lister: principal,
  grant-id: uint,
}))
  (match (get open-until offered) last-height (< last-height stacks-block-height) false)
)

(define-private (try-trade
    (step uint)
    (search {
      start: uint,
      seller: (optional principal),
      not-seller: (optional principal),
      lister: (optional principal),
      passed: (optional bool),
      budget: uint,
      found: (optional uint),
    })
  )
  (if (is-some (get found search))
    search
    (let ((number (roll (+ (get start search) step) (+ u1 (var-get last-trade-id)))))
      (match (map-get? trades number)
        offered (if (and
            (is-eq (get status offered) "open")
            (is-eq (default-to (get seller offered) (get seller search)) (get seller offered))
            (not (is-eq (get not-seller search) (some (get seller offered))))
            (is-eq (default-to (get lister offered) (get lister search)) (get lister offered))
            (is-eq (default-to (has-passed offered) (get passed search)) (has-passed offered))
            (<= (* (get amount offered) (get price offered)) (get budget search))
          )
          (merge search { found: (some number) })
          search
        )
        search
      )
    )
  )
)

(define-private (find-trade
    (dice uint)
    (search {
      seller: (optional principal),
      not-seller: (optional principal),
      lister: (optional principal),
      passed: (optional bool),
      budget: uint,
    })
  )
  (let ((any (roll dice (+ u1 (var-get last-trade-id)))))
    (if (is-eq (mod dice u10) u0)
      any
      (default-to any
        (get found
          (fold try-trade (trade-ids-so-far)
            (merge search {
              start: dice,
              found: none,
            })
          ))
      )
    )
  )
)

;; An open trade that this account can pay for.
(define-private (find-trade-for
    (account principal)
    (dice uint)
  )
  (find-trade dice {
    seller: none,
    not-seller: (some account),
    lister: none,
    passed: (some false),
    budget: (funds-of account),
  })
)

;; An open trade of the caller.
(define-private (find-own-trade (dice uint))
  (find-trade dice {
    seller: (some contract-caller),
    not-seller: none,
    lister: none,
    passed: none,
    budget: MAX,
  })
)

;; An open trade that the caller listed for someone else.
(define-private (find-trade-listed-for-another (dice uint))
  (find-trade dice {
    seller: none,
    not-seller: (some contract-caller),
    lister: (some contract-caller),
    passed: none,
    budget: MAX,
  })
)

;; A trade whose height has passed and that nobody has taken back, of anyone else.
(define-private (find-passed-trade (dice uint))
  (find-trade dice {
    seller: none,
    not-seller: (some contract-caller),
    lister: none,
    passed: (some true),
    budget: MAX,
  })
)

(define-private (amount-of (number uint))
  (default-to u1 (get amount (map-get? trades number)))
)

(define-private (price-of (number uint))
  (default-to u1 (get price (map-get? trades number)))
)

(define-private (seller-of (number uint))
  (default-to contract-owner (get seller (map-get? trades number)))
)
