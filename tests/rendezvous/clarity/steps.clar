;; One call at a time, from whatever state the earlier ones left. test-x calls x and compares all that is stored with what
;; it was: a success changed exactly what it should and is one event; a refusal changed nothing (C5). A refused call counts
;; as discarded, so each function must have succeeded now and then for its test to have passed at all.

;; ---- All that is stored beside accounts, trades and grants ----

(define-private (world)
  {
    sequence: (get sequence (var-get event-log)),
    digest: (get digest (var-get event-log)),
    last-trade-id: (var-get last-trade-id),
    last-grant-id: (var-get last-grant-id),
    energy-price: (var-get energy-price),
    grid-balance: (var-get grid-balance),
    total-funds: (var-get total-funds),
    prosumer-count: (var-get prosumer-count),
    meters-required: (var-get meters-required),
    held: (stx-get-balance current-contract),
  }
)

;; Whether the world is as wanted, with as many events more than it had.
(define-private (world-is
    (wanted {
      sequence: uint,
      digest: (buff 32),
      last-trade-id: uint,
      last-grant-id: uint,
      energy-price: uint,
      grid-balance: int,
      total-funds: uint,
      prosumer-count: uint,
      meters-required: bool,
      held: uint,
    })
    (events uint)
  )
  (let ((is (world)))
    (and
      (is-eq (is-eq events u0) (is-eq (get digest is) (get digest wanted)))
      (is-eq is
        (merge wanted {
          sequence: (+ (get sequence wanted) events),
          digest: (get digest is),
        })
      )
    )
  )
)

(define-private (one-if (answered bool))
  (if answered u1 u0)
)

(define-private (is-registered (account principal))
  (is-some (map-get? prosumers account))
)

;; ---- The account ----

(define-public (test-register-prosumer)
  (let (
      (was (world))
      (allowed (not (is-registered contract-caller)))
      (answered (is-ok (register-prosumer)))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-registered contract-caller) (err "the account"))
    (asserts! (world-is (merge was { prosumer-count: (+ (get prosumer-count was) (one-if answered)) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-add-energy (dice uint))
  (let (
      (was (world))
      (own (account-of contract-caller))
      (added (pick-amount dice (if (is-eq (mod dice u3) u0) (room-of contract-caller) u9000)))
      (allowed (and
        (is-registered contract-caller)
        (not (var-get meters-required))
        (in-range added)
        (<= added (room-of contract-caller))
      ))
      (answered (is-ok (add-energy added)))
      (change (if answered (to-int added) 0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (account-of contract-caller) (merge own { energy-balance: (+ (get energy-balance own) change) }))
      (err "the account")
    )
    (asserts! (world-is (merge was { grid-balance: (+ (get grid-balance was) change) }) (one-if answered))
      (err "the world")
    )
    (offer-aside dice)
    (ok answered)
  )
)

(define-public (test-consume-energy (dice uint))
  (let (
      (was (world))
      (own (account-of contract-caller))
      (used (pick-amount dice (energy-of contract-caller)))
      (allowed (and
        (is-registered contract-caller)
        (not (var-get meters-required))
        (in-range used)
        (<= used (energy-of contract-caller))
      ))
      (answered (is-ok (consume-energy used)))
      (change (if answered (to-int used) 0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (account-of contract-caller) (merge own { energy-balance: (- (get energy-balance own) change) }))
      (err "the account")
    )
    (asserts! (world-is (merge was { grid-balance: (- (get grid-balance was) change) }) (one-if answered))
      (err "the world")
    )
    (offer-aside dice)
    (ok answered)
  )
)

(define-public (test-add-funds (dice uint))
  (let (
      (was (world))
      (own (account-of contract-caller))
      (wallet (stx-get-balance contract-caller))
      (paid (if (is-eq (mod dice u3) u0)
        (pick-amount (/ dice u3) (- MAX (get funds-balance own)))
        (* u1000 (roll dice u1000))
      ))
      (allowed (and
        (is-registered contract-caller)
        (in-range paid)
        (<= paid (- MAX (get funds-balance own)))
        (<= paid wallet)
      ))
      (answered (is-ok (add-funds paid)))
      (change (if answered paid u0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (account-of contract-caller) (merge own { funds-balance: (+ (get funds-balance own) change) }))
      (err "the account")
    )
    (asserts! (is-eq (stx-get-balance contract-caller) (- wallet change)) (err "the wallet"))
    (asserts!
      (world-is
        (merge was {
          total-funds: (+ (get total-funds was) change),
          held: (+ (get held was) change),
        })
        (one-if answered)
      )
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-withdraw-funds (dice uint))
  (let (
      (was (world))
      (own (account-of contract-caller))
      (wallet (stx-get-balance contract-caller))
      (taken (pick-amount dice (get funds-balance own)))
      (allowed (and (is-registered contract-caller) (in-range taken) (<= taken (get funds-balance own))))
      (answered (is-ok (withdraw-funds taken)))
      (change (if answered taken u0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (account-of contract-caller) (merge own { funds-balance: (- (get funds-balance own) change) }))
      (err "the account")
    )
    (asserts! (is-eq (stx-get-balance contract-caller) (+ wallet change)) (err "the wallet"))
    (asserts!
      (world-is
        (merge was {
          total-funds: (- (get total-funds was) change),
          held: (- (get held was) change),
        })
        (one-if answered)
      )
      (err "the world")
    )
    (ok answered)
  )
)

;; ---- Meters and the owner ----

;; A reading is never refused for lack of balance.
(define-public (test-record-reading
    (metered-dice uint)
    (produced uint)
    (consumed uint)
    (step uint)
  )
  (let (
      (was (world))
      (account (pick-metered metered-dice))
      (own (account-of account))
      (number (+ (get last-reading own) (mod step u8)))
      (made (pick-metering produced))
      (used (pick-metering consumed))
      (energy (+ (get energy-balance own) (- (to-int made) (to-int used))))
      (allowed (and
        (is-eq (get meter own) (some contract-caller))
        (> number (get last-reading own))
        (<= made MAX)
        (<= used MAX)
        (>= energy (- MAX-INT))
        (<= (+ energy (to-int (get escrowed own))) MAX-INT)
      ))
      (answered (is-ok (record-reading account number made used)))
      (change (if answered (- energy (get energy-balance own)) 0))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts!
      (is-eq (account-of account)
        (merge own {
          energy-balance: (+ (get energy-balance own) change),
          last-reading: (if answered number (get last-reading own)),
        })
      )
      (err "the account")
    )
    (asserts! (world-is (merge was { grid-balance: (+ (get grid-balance was) change) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

;; The three that are the owner's (C8).
(define-public (test-set-energy-price (dice uint))
  (let (
      (was (world))
      (wanted (pick-price dice u1))
      (answered (is-ok (set-energy-price wanted)))
    )
    (asserts! (is-eq answered (and (is-eq contract-caller contract-owner) (in-range wanted))) (err "whether it may"))
    (asserts!
      (world-is (merge was { energy-price: (if answered wanted (get energy-price was)) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-require-meters (dice uint))
  (let (
      (was (world))
      (wanted (is-eq (mod dice u8) u0))
      (answered (is-ok (require-meters wanted)))
    )
    (asserts! (is-eq answered (is-eq contract-caller contract-owner)) (err "whether it may"))
    (asserts!
      (world-is (merge was { meters-required: (if answered wanted (get meters-required was)) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-assign-meter
    (account-dice uint)
    (reader-dice uint)
  )
  (let (
      (was (world))
      (account (pick-wallet account-dice))
      (reader (pick-wallet reader-dice))
      (own (account-of account))
      (allowed (and (is-eq contract-caller contract-owner) (is-registered account)))
      (answered (is-ok (assign-meter account reader)))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (account-of account) (merge own { meter: (if answered (some reader) (get meter own)) }))
      (err "the account")
    )
    (asserts! (world-is was (one-if answered)) (err "the world"))
    (ok answered)
  )
)
