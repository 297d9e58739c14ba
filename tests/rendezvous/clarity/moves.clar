;; What the fuzzer plays beside the contract's own functions. do-x calls x with arguments that have a fair chance, and
;; answers ok exactly where x did (a batch: where an entry did): what the fuzzer counts as successful has happened. A move may
;; do more before and after, so that the others find something to do.

;; ---- The account ----

;; Makes a prosumer with energy and funds of the caller, where it is none: most moves need one.
(define-private (join-in (dice uint))
  (if (is-some (map-get? prosumers contract-caller))
    (ok true)
    (begin
      (try! (register-prosumer))
      (note-events u2)
      (and (not (var-get meters-required)) (is-ok (add-energy (roll dice u5000))) (note-events u1))
      (add-funds (* u10000 (roll dice u1000)))
    )
  )
)

;; So that there is something to buy: a small offer of the caller, if it can.
(define-private (offer-aside (dice uint))
  (and (is-ok (trade-energy (roll dice u50) (roll (/ dice u50) u50))) (note-events u1))
)

(define-public (do-add-energy (dice uint))
  (begin
    (try! (join-in dice))
    (try! (add-energy
      (if (is-eq (mod dice u4) u0)
        (pick-amount (/ dice u4) (room-of contract-caller))
        (roll (/ dice u4) u5000)
      )))
    (ok (offer-aside dice))
  )
)

(define-public (do-consume-energy (dice uint))
  (begin
    (try! (consume-energy (pick-amount dice (energy-of contract-caller))))
    (ok (note-energy-taken contract-caller))
  )
)

(define-public (do-add-funds (dice uint))
  (begin
    (try! (join-in dice))
    (add-funds
      (if (is-eq (mod dice u4) u0)
        (pick-amount (/ dice u4) (- MAX (funds-of contract-caller)))
        (* u1000 (roll (/ dice u4) u1000))
      ))
  )
)

(define-public (do-withdraw-funds (dice uint))
  (withdraw-funds (pick-amount dice (funds-of contract-caller)))
)

;; STX that reach the contract without a function of it.
(define-public (do-donate (dice uint))
  (let ((gift (roll dice u1000)))
    (try! (stx-transfer? gift contract-caller current-contract))
    (ok (var-set donated (+ (var-get donated) gift)))
  )
)

;; ---- Trades of the caller itself ----

(define-public (do-trade-energy
    (amount-dice uint)
    (price-dice uint)
  )
  (let (
      (joined (try! (join-in amount-dice)))
      (offer (pick-amount amount-dice (energy-of contract-caller)))
      (number (try! (trade-energy offer (pick-price price-dice offer))))
    )
    (note-energy-taken contract-caller)
    (ok (note-trade number))
  )
)

(define-public (do-buy-energy (dice uint))
  (let (
      (joined (try! (join-in dice)))
      (number (find-trade-for contract-caller dice))
    )
    (try! (buy-energy number))
    (ok (note-trade number))
  )
)

(define-public (do-cancel-trade (dice uint))
  (let ((number (find-own-trade dice)))
    (try! (cancel-trade number))
    (ok (note-trade number))
  )
)

;; Anyone takes back what its height has passed for.
(define-public (do-cancel-passed-trade (dice uint))
  (let ((number (find-passed-trade dice)))
    (asserts! (match (map-get? trades number) offered (has-passed offered) false) err-trade-not-found)
    (try! (cancel-trade number))
    (ok (note-trade number))
  )
)

;; ---- Meters ----

(define-public (do-record-reading
    (metered-dice uint)
    (produced uint)
    (consumed uint)
    (step uint)
  )
  (let ((account (pick-metered metered-dice)))
    (record-reading account (+ (get last-reading (account-of account)) (mod step u8))
      (pick-metering produced)
      (pick-metering consumed)
    )
  )
)

;; ---- The owner: with each of its moves it also makes everybody somebody's meter, and mostly lets energy be self-reported ----

(define-private (assign-another
    (account principal)
    (reader-dice uint)
  )
  (begin
    (and (is-ok (assign-meter account (pick-wallet reader-dice))) (note-events u1))
    (+ reader-dice u1)
  )
)

(define-private (settle-meters (dice uint))
  (if (is-eq contract-caller contract-owner)
    (begin
      (fold assign-another WALLETS dice)
      (note-events u1)
      (require-meters (is-eq (mod dice u8) u0))
    )
    (ok (var-set owner-breached true))
  )
)

(define-public (do-set-energy-price (dice uint))
  (begin
    (try! (set-energy-price (roll dice u200)))
    (settle-meters dice)
  )
)

(define-public (do-require-meters (dice uint))
  (begin
    (try! (require-meters (is-eq (mod dice u2) u0)))
    (settle-meters (/ dice u2))
  )
)

(define-public (do-assign-meter
    (account-dice uint)
    (reader-dice uint)
  )
  (begin
    (try! (assign-meter (pick-wallet account-dice) (pick-wallet reader-dice)))
    (settle-meters (/ reader-dice u8))
  )
)

;; ---- Looking on ----

;; Remembers every trade as it is now, whoever moved it.
(define-public (do-observe)
  (begin
    (map note-trade (trade-ids-so-far))
    (ok true)
  )
)
