;; Arguments that have a fair chance, out of dice: any number that the fuzzer rolled.

(define-constant MAX-UINT u340282366920938463463374607431768211455)

;; Another number of the same dice: the fuzzer rolls small ones often.
(define-private (spread (dice uint))
  (* dice u7919)
)

;; From 1 to sides.
(define-private (roll
    (dice uint)
    (sides uint)
  )
  (+ u1 (mod dice sides))
)

;; Mostly between 1 and a thousand of what is available; now and then all of it, one more, or an edge.
(define-private (pick-amount
    (dice uint)
    (available uint)
  )
  (let (
      (edge (mod dice u60))
      (usual (if (> available u1000) u1000 available))
    )
    (if (< edge u4) available
      (if (is-eq edge u4) (+ available u1)
        (if (is-eq edge u5) MAX
          (if (is-eq edge u6) (+ MAX u1)
            (if (is-eq edge u7) MAX-UINT
              (if (is-eq edge u8) u0
                (roll (/ dice u60) (if (is-eq usual u0) u1 usual))
              )
            )
          )
        )
      )
    )
  )
)

;; Mostly up to 100; now and then the highest at which the amount costs no more than MAX, one more, or an edge.
(define-private (pick-price
    (dice uint)
    (amount uint)
  )
  (let (
      (edge (mod dice u60))
      (highest (if (is-eq amount u0) MAX (/ MAX amount)))
    )
    (if (is-eq edge u0) highest
      (if (is-eq edge u1) (+ highest u1)
        (if (is-eq edge u2) MAX-UINT
          (if (is-eq edge u3) u0
            (roll (/ dice u60) u100)
          )
        )
      )
    )
  )
)

;; Far ahead, or soon with this many chances in 16; now and then just now, past, or above MAX.
(define-private (pick-height
    (dice uint)
    (soon uint)
  )
  (let (
      (kind (mod dice u16))
      (rest (/ dice u16))
    )
    (if (is-eq kind u0) (- stacks-block-height u1)
      (if (is-eq kind u1) (+ MAX u1)
        (if (is-eq kind u2) stacks-block-height
          (if (< kind (+ u3 soon)) (+ stacks-block-height (mod rest u300))
            (+ stacks-block-height u1000 (mod rest u100000))
          )
        )
      )
    )
  )
)

;; What a meter has read: zero and MAX included, and one more. Seldom: MAX leaves an account that can do little.
(define-private (pick-metering (dice uint))
  (if (is-eq (mod dice u50) u49) (+ MAX (mod (/ dice u50) u2)) (mod dice u1000))
)

(define-private (pick-wallet (dice uint))
  (default-to contract-owner (element-at? WALLETS (mod dice (len WALLETS))))
)

;; One of the wallets, but not this one.
(define-private (pick-other
    (dice uint)
    (account principal)
  )
  (let ((candidate (pick-wallet dice)))
    (if (is-eq candidate account) (pick-wallet (+ dice u1)) candidate)
  )
)

;; ---- What an account has ----

(define-private (account-of (account principal))
  (default-to {
    energy-balance: 0,
    funds-balance: u0,
    escrowed: u0,
    open-trades: u0,
    meter: none,
    last-reading: u0,
  }
    (map-get? prosumers account)
  )
)

(define-private (energy-of (account principal))
  (let ((energy (get energy-balance (account-of account))))
    (if (< energy 0) u0 (to-uint energy))
  )
)

;; What an account's energy may still grow by.
(define-private (room-of (account principal))
  (let ((stored (account-of account)))
    (to-uint (- MAX-INT (get energy-balance stored) (to-int (get escrowed stored))))
  )
)

(define-private (funds-of (account principal))
  (get funds-balance (account-of account))
)

(define-private (grant-of
    (account principal)
    (agent principal)
  )
  (map-get? delegations {
    prosumer: account,
    operator: agent,
  })
)

(define-private (grant-id-of
    (account principal)
    (agent principal)
  )
  (default-to u0 (get grant-id (grant-of account agent)))
)

;; ---- Whom to act for ----

(define-private (is-client (account principal))
  (match (grant-of account contract-caller) granted (<= stacks-block-height (get expires-at granted)) false)
)

(define-private (prefer-client
    (account principal)
    (found (optional principal))
  )
  (if (is-client account) (some account) found)
)

;; Mostly one who lets the caller trade, or the caller itself where nobody does; sometimes anyone.
(define-private (pick-client (dice uint))
  (let ((candidate (pick-wallet (/ dice u8))))
    (if (or (is-client candidate) (is-eq (mod dice u8) u0))
      candidate
      (default-to contract-caller (fold prefer-client WALLETS none))
    )
  )
)

(define-private (prefer-agent
    (agent principal)
    (found (optional principal))
  )
  (if (is-some (grant-of contract-caller agent)) (some agent) found)
)

;; Mostly one whom the caller lets trade, if there is one.
(define-private (pick-agent (dice uint))
  (let ((candidate (pick-wallet (/ dice u4))))
    (if (is-eq (mod dice u4) u0) candidate (default-to candidate (fold prefer-agent WALLETS none)))
  )
)

;; Whom to let trade: as often as not one who is let already, so that a grant is renewed.
(define-private (pick-agent-to-be (dice uint))
  (if (is-eq (mod dice u2) u0) (pick-agent (/ dice u2)) (pick-other (/ dice u2) contract-caller))
)

(define-private (prefer-metered
    (account principal)
    (found (optional principal))
  )
  (if (is-eq (get meter (account-of account)) (some contract-caller)) (some account) found)
)

;; Mostly one whose meter the caller is, if there is one.
(define-private (pick-metered (dice uint))
  (let ((candidate (pick-wallet (/ dice u4))))
    (if (is-eq (mod dice u4) u0) candidate (default-to candidate (fold prefer-metered WALLETS none)))
  )
)
