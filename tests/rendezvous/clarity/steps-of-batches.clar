;; The steps of a delegation and of a batch.

;; ---- Delegation ----

(define-public (test-delegate-trading
    (agent-dice uint)
    (limit-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (was (world))
      (agent (pick-agent-to-be agent-dice))
      (before (grant-of contract-caller agent))
      (asked {
        grant-id: (+ (var-get last-grant-id) u1),
        spend-left: (+ (* u100 (mod (spread limit-dice) u10000)) (if (is-eq (mod limit-dice u16) u0) MAX u0)),
        energy-left: (+ (mod (spread limit-dice) u3000) (if (is-eq (mod limit-dice u16) u1) MAX u0)),
        max-buy-price: (+ u20 (mod price-dice u100)),
        min-sell-price: (mod (/ price-dice u100) u30),
        expires-at: (pick-height height-dice u4),
      })
      (allowed (and
        (is-registered contract-caller)
        (not (is-eq agent contract-caller))
        (<= (get spend-left asked) MAX)
        (<= (get energy-left asked) MAX)
        (is-height-ahead (some (get expires-at asked)))
      ))
      (answered (is-ok (delegate-trading agent (get spend-left asked) (get energy-left asked) (get max-buy-price asked)
        (get min-sell-price asked) (get expires-at asked)
      )))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-eq (grant-of contract-caller agent) (if answered (some asked) before)) (err "the grant"))
    (asserts!
      (world-is (merge was { last-grant-id: (+ (get last-grant-id was) (one-if answered)) }) (one-if answered))
      (err "the world")
    )
    (ok answered)
  )
)

(define-public (test-revoke-delegation (dice uint))
  (let (
      (was (world))
      (agent (pick-agent dice))
      (allowed (is-some (grant-of contract-caller agent)))
      (answered (is-ok (revoke-delegation agent)))
    )
    (asserts! (is-eq answered allowed) (err "whether it may"))
    (asserts! (is-none (grant-of contract-caller agent)) (err "the grant"))
    (asserts! (world-is was (one-if answered)) (err "the world"))
    (ok answered)
  )
)

;; ---- Batches: an entry that fails changes nothing and stops no other ----

(define-private (is-ok-at
    (entries (list 100 (response uint uint)))
    (index uint)
  )
  (is-ok (default-to err-not-found (element-at? entries index)))
)

;; A good entry, if it is one, between two of no and of too much energy.
(define-public (test-trade-energy-for
    (client-dice uint)
    (amount-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (was (world))
      (client (pick-client client-dice))
      (own (account-of client))
      (offer (pick-amount amount-dice (energy-of client)))
      (asked (pick-price price-dice offer))
      (last-height (+ stacks-block-height (mod height-dice u100)))
      (allowed (may-list client offer asked (some last-height)))
      (entries (try! (as-text (trade-energy-for stacks-block-height last-height (list client client client) (list u0 offer MAX-UINT)
        (list asked asked asked)
      ))))
      (listed (is-ok-at entries u1))
      (change (if listed offer u0))
    )
    (asserts! (is-eq (len entries) u3) (err "an answer each"))
    (asserts! (not (or (is-ok-at entries u0) (is-ok-at entries u2))) (err "the bad entries"))
    (asserts! (is-eq listed allowed) (err "the good entry"))
    (asserts!
      (is-eq (account-of client)
        (merge own {
          energy-balance: (- (get energy-balance own) (to-int change)),
          escrowed: (+ (get escrowed own) change),
          open-trades: (+ (get open-trades own) (one-if listed)),
        })
      )
      (err "the account")
    )
    (asserts!
      (world-is (merge was { last-trade-id: (+ (get last-trade-id was) (one-if listed)) }) (one-if listed))
      (err "the world")
    )
    (ok listed)
  )
)

;; The same offer twice: the second comes too late.
(define-public (test-buy-energy-for
    (client-dice uint)
    (trade-dice uint)
  )
  (let (
      (was (world))
      (client (pick-client client-dice))
      (own (account-of client))
      (number (find-trade-for client trade-dice))
      (allowed (may-buy client number true))
      (entries (try! (as-text (buy-energy-for stacks-block-height (list client client) (list number number)
        (list (amount-of number) (amount-of number)) (list MAX MAX)
      ))))
      (bought (is-ok-at entries u0))
      (moved (if bought (amount-of number) u0))
    )
    (asserts! (is-eq bought allowed) (err "the first entry"))
    (asserts! (not (is-ok-at entries u1)) (err "the second entry"))
    (asserts!
      (or
        (is-eq client (seller-of number))
        (is-eq (account-of client)
          (merge own {
            energy-balance: (+ (get energy-balance own) (to-int moved)),
            funds-balance: (- (get funds-balance own) (* moved (price-of number))),
          })
        )
      )
      (err "the buyer")
    )
    (asserts! (world-is was (one-if bought)) (err "the world"))
    (ok bought)
  )
)

(define-public (test-cancel-trade-for (dice uint))
  (let (
      (was (world))
      (number (if (is-eq (mod dice u2) u0) (find-trade-listed-for-another dice) (find-own-trade dice)))
      (vendor (seller-of number))
      (theirs (account-of vendor))
      (entries (try! (as-text (cancel-trade-for stacks-block-height (list vendor vendor) (list number number)))))
      (cancelled (is-ok-at entries u0))
      (moved (if cancelled (amount-of number) u0))
    )
    (asserts! (not (is-ok-at entries u1)) (err "the second entry"))
    (asserts!
      (is-eq (account-of vendor)
        (merge theirs {
          energy-balance: (+ (get energy-balance theirs) (to-int moved)),
          escrowed: (- (get escrowed theirs) moved),
          open-trades: (- (get open-trades theirs) (one-if cancelled)),
        })
      )
      (err "the seller")
    )
    (asserts! (world-is was (one-if cancelled)) (err "the world"))
    (ok cancelled)
  )
)

(define-private (as-text (answer (response (list 100 (response uint uint)) uint)))
  (match answer
    entries (ok entries)
    code (err "the batch")
  )
)

;; Past its height, or with lists of different lengths, a batch is refused whole.
(define-public (test-refused-batches
    (account principal)
    (number uint)
  )
  (let (
      (was (world))
      (now-at stacks-block-height)
      (past (- stacks-block-height u1))
    )
    (asserts! (is-eq (buy-energy-for past (list account) (list number) (list number) (list number)) err-past-height)
      (err "a buy batch that is past")
    )
    (asserts! (is-eq (trade-energy-for past now-at (list account) (list number) (list number)) err-past-height)
      (err "a list batch that is past")
    )
    (asserts! (is-eq (trade-energy-for now-at past (list account) (list number) (list number)) err-past-height)
      (err "offers that are past")
    )
    (asserts! (is-eq (cancel-trade-for past (list account) (list number)) err-past-height)
      (err "a cancel batch that is past")
    )
    (asserts!
      (is-eq (buy-energy-for now-at (list account) (list number) (list number) (list number number))
        err-list-lengths-differ
      )
      (err "a buy batch of two lengths")
    )
    (asserts!
      (is-eq (trade-energy-for now-at now-at (list account) (list number) (list number number)) err-list-lengths-differ)
      (err "a list batch of two lengths")
    )
    (asserts! (is-eq (cancel-trade-for now-at (list account account) (list number)) err-list-lengths-differ)
      (err "a cancel batch of two lengths")
    )
    (asserts! (world-is was u0) (err "the world"))
    (ok true)
  )
)

;; ---- The log ----

;; digest' = sha256(digest || consensus bytes of the event), here of an event of energy added.
(define-public (test-digest-chains (dice uint))
  (let (
      (before (var-get event-log))
      (added (roll dice u100))
    )
    (asserts! (is-ok (add-energy added)) (ok false))
    (asserts!
      (is-eq (get digest (var-get event-log))
        (sha256 (concat (get digest before)
          (default-to 0x
            (to-consensus-buff? {
              topic: "energy-added",
              sequence: (+ (get sequence before) u1),
              height: stacks-block-height,
              prosumer: contract-caller,
              amount: added,
              energy-balance: (get energy-balance (account-of contract-caller)),
            })
          )
        ))
      )
      (err "the digest")
    )
    (offer-aside dice)
    (ok true)
  )
)
