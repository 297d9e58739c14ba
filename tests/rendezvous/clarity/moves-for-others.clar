;; Delegation, and what is done for others under it.

(define-public (do-delegate-trading
    (agent-dice uint)
    (limit-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (joined (try! (join-in limit-dice)))
      (spend-limit (if (is-eq (mod limit-dice u16) u0) MAX (* u100 (mod (spread limit-dice) u10000))))
      (energy-limit (if (is-eq (mod limit-dice u16) u1) MAX (mod (spread limit-dice) u3000)))
      (number (try! (delegate-trading (pick-agent-to-be agent-dice) spend-limit energy-limit
        (+ u20 (mod price-dice u100)) (mod (/ price-dice u100) u30) (pick-height height-dice u4)
      )))
    )
    (ok (map-insert seen-grants number {
      spend-limit: spend-limit,
      energy-limit: energy-limit,
      spent: u0,
    }))
  )
)

(define-public (do-revoke-delegation (dice uint))
  (revoke-delegation (pick-agent dice))
)

;; ---- One for another ----

(define-public (do-trade-one-for
    (client-dice uint)
    (amount-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (offer (pick-amount amount-dice (energy-of client)))
      (number (try! (trade-one-for client offer (pick-price price-dice offer) (pick-height height-dice u10))))
    )
    (note-energy-taken client)
    (ok (note-trade number))
  )
)

;; At the offer's terms, except that now and then the highest price is one too low.
(define-public (do-buy-one-for
    (client-dice uint)
    (trade-dice uint)
    (price-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (granted (grant-id-of client contract-caller))
      (number (find-trade-for client trade-dice))
      (highest (- (+ (price-of number) (mod price-dice u16)) u1))
      (cost (try! (buy-one-for client number (amount-of number) highest)))
    )
    (note-trade number)
    (ok (note-spending granted cost))
  )
)

;; One that the caller listed for someone else: now, where there is none.
(define-private (list-for-another
    (client-dice uint)
    (dice uint)
  )
  (let ((number (find-trade-listed-for-another dice)))
    (if (and
        (is-eq (some contract-caller) (get lister (map-get? trades number)))
        (not (is-eq (seller-of number) contract-caller))
      )
      (ok number)
      (let ((client (pick-client client-dice)))
        (note-events u1)
        (trade-one-for client (roll dice u100) (+ u30 (mod dice u50)) (pick-height dice u10))
      )
    )
  )
)

(define-public (do-cancel-one-for
    (client-dice uint)
    (trade-dice uint)
  )
  (let (
      (number (try! (list-for-another client-dice trade-dice)))
      (client (if (is-eq (mod client-dice u8) u0) (pick-client client-dice) (seller-of number)))
    )
    (try! (cancel-one-for client number))
    (ok (note-trade number))
  )
)

;; ---- Batches, in which entries conflict with each other ----

(define-private (count-ok
    (entry (response uint uint))
    (sum uint)
  )
  (if (is-ok entry) (+ sum u1) sum)
)

(define-private (value-at
    (entries (list 100 (response uint uint)))
    (index uint)
  )
  (match (default-to err-not-found (element-at? entries index)) value value code u0)
)

;; Remembers how many entries were answered ok, and every trade; an error where none was.
(define-private (note-batch (entries (list 100 (response uint uint))))
  (let ((succeeded (fold count-ok entries u0)))
    (asserts! (> succeeded u0) err-not-found)
    (note-events succeeded)
    (do-observe)
  )
)

;; For one that the caller may act for, for the caller itself, and for anyone.
(define-public (do-trade-energy-for
    (client-dice uint)
    (amount-dice uint)
    (price-dice uint)
    (height-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (offer (pick-amount amount-dice (energy-of client)))
      (own-offer (pick-amount (/ amount-dice u7) (energy-of contract-caller)))
    )
    (note-batch (try! (trade-energy-for (pick-height (/ height-dice u7) u4) (pick-height height-dice u10)
      (list client contract-caller (pick-wallet client-dice))
      (list offer own-offer offer)
      (list (pick-price price-dice offer) (pick-price (/ price-dice u7) own-offer) (roll price-dice u100))
    )))
  )
)

;; One offer for two buyers, and another one.
(define-public (do-buy-energy-for
    (client-dice uint)
    (trade-dice uint)
    (height-dice uint)
  )
  (let (
      (client (pick-client client-dice))
      (granted (grant-id-of client contract-caller))
      (first (find-trade-for client trade-dice))
      (second (find-trade-for client first))
      (entries (try! (buy-energy-for (pick-height height-dice u4)
        (list client contract-caller client)
        (list first first second)
        (list (amount-of first) (amount-of first) (amount-of second))
        (list MAX (price-of first) (price-of second))
      )))
    )
    (note-spending granted (+ (value-at entries u0) (value-at entries u2)))
    (note-batch entries)
  )
)

;; One twice, and one of the caller's own.
(define-public (do-cancel-trade-for
    (trade-dice uint)
    (height-dice uint)
  )
  (let ((listed (find-trade-listed-for-another trade-dice)))
    (note-batch (try! (cancel-trade-for (pick-height height-dice u4)
      (list (seller-of listed) contract-caller (seller-of listed))
      (list listed (find-own-trade trade-dice) listed)
    )))
  )
)
