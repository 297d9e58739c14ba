;; C7: the sequence is the number of events. The fuzzer keeps count of each function's successes in the map context.

(define-private (add-calls
    (name (string-ascii 100))
    (sum uint)
  )
  (+ sum (default-to u0 (get called (map-get? context name))))
)

;; Whose success is one event; what more a move does it adds to further-events.
(define-constant ONE-EVENT-EACH (list
  "register-prosumer"
  "add-energy"
  "consume-energy"
  "add-funds"
  "withdraw-funds"
  "trade-energy"
  "buy-energy"
  "cancel-trade"
  "delegate-trading"
  "revoke-delegation"
  "buy-one-for"
  "trade-one-for"
  "cancel-one-for"
  "record-reading"
  "set-energy-price"
  "require-meters"
  "assign-meter"
  "do-add-energy"
  "do-consume-energy"
  "do-add-funds"
  "do-withdraw-funds"
  "do-trade-energy"
  "do-buy-energy"
  "do-cancel-trade"
  "do-cancel-passed-trade"
  "do-delegate-trading"
  "do-revoke-delegation"
  "do-trade-one-for"
  "do-buy-one-for"
  "do-cancel-one-for"
  "do-record-reading"
  "do-set-energy-price"
  "do-require-meters"
  "do-assign-meter"
))

;; No more and no fewer, but for the fuzzer's own batches: each may have had up to a hundred that nothing counts.
(define-read-only (invariant-c7-each-success-is-an-event)
  (let (
      (counted (+ (fold add-calls ONE-EVENT-EACH u0) (var-get further-events)))
      (uncounted (* u100 (fold add-calls (list "buy-energy-for" "trade-energy-for" "cancel-trade-for") u0)))
      (sequence (get sequence (var-get event-log)))
    )
    (and (>= sequence counted) (<= sequence (+ counted uncounted)))
  )
)

(define-private (count-end
    (number uint)
    (ends uint)
  )
  (if (is-eq (some "open") (get status (map-get? trades number))) ends (+ ends u1))
)

;; What is stored cannot have come of fewer events.
(define-read-only (invariant-c7-the-state-has-its-events)
  (>= (get sequence (var-get event-log))
    (+ (var-get prosumer-count) (var-get last-trade-id) (fold count-end (trade-ids-so-far) u0) (var-get last-grant-id))
  )
)
