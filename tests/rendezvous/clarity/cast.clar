;; Who takes part, and what the moves remember so that the invariants can look back on it. All of this folder is appended
;; to the contract itself: it reads the contract's maps and variables, and contract-caller is the wallet that called.

;; Every account of settings/Devnet.toml, the contract's owner first.
(define-constant WALLETS (list
  'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM
  'ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5
  'ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG
  'ST2JHG361ZXG51QTKY2NQCVBPPRRE2KZB1HR05NNC
))

(define-private (plus-50 (number uint))
  (+ number u50)
)

(define-private (plus-100 (number uint))
  (+ number u100)
)

(define-constant IDS-50 (list
  u1 u2 u3 u4 u5 u6 u7 u8 u9 u10 u11 u12 u13 u14 u15 u16 u17 u18 u19 u20
  u21 u22 u23 u24 u25 u26 u27 u28 u29 u30 u31 u32 u33 u34 u35 u36 u37 u38 u39 u40
  u41 u42 u43 u44 u45 u46 u47 u48 u49 u50
))
(define-constant IDS-100 (concat IDS-50 (map plus-50 IDS-50)))
(define-constant IDS-200 (concat IDS-100 (map plus-100 IDS-100)))
(define-constant IDS-300 (concat IDS-100 (map plus-100 IDS-200)))

;; The ids of all trades; invariant-sweeps-reach-all holds that these are all.
(define-private (trade-ids-so-far)
  (default-to IDS-300 (slice? IDS-300 u0 (var-get last-trade-id)))
)

;; ---- What the moves remember ----

;; Micro-STX sent to the contract outside of its functions.
(define-data-var donated uint u0)
;; How many events moves have had that are not one for each success: a batch has one for each entry that was answered ok.
(define-data-var further-events uint u0)
;; Whether anyone but the owner was once let do what is the owner's.
(define-data-var owner-breached bool false)

;; Whether anyone was once left below zero by what is not a meter's reading.
(define-data-var overdrawn bool false)

;; A trade's terms as they were first seen.
(define-map seen-terms
  uint
  {
    seller: principal,
    amount: uint,
    price: uint,
    open-until: (optional uint),
    lister: principal,
    grant-id: uint,
  }
)

;; How a trade was when it was first seen not to be open any more.
(define-map seen-ends
  uint
  {
    buyer: principal,
    status: (string-ascii 9),
  }
)

;; A grant's limits as they were asked for, and what the moves have spent under it since.
(define-map seen-grants
  uint
  {
    spend-limit: uint,
    energy-limit: uint,
    spent: uint,
  }
)

(define-private (terms-of (offered {
  seller: principal,
  buyer: principal,
  amount: uint,
  price: uint,
  status: (string-ascii 9),
  open-until: (optional uint),
  lister: principal,
  grant-id: uint,
}))
  {
    seller: (get seller offered),
    amount: (get amount offered),
    price: (get price offered),
    open-until: (get open-until offered),
    lister: (get lister offered),
    grant-id: (get grant-id offered),
  }
)

(define-private (end-of (offered {
  seller: principal,
  buyer: principal,
  amount: uint,
  price: uint,
  status: (string-ascii 9),
  open-until: (optional uint),
  lister: principal,
  grant-id: uint,
}))
  {
    buyer: (get buyer offered),
    status: (get status offered),
  }
)

;; Remembers the trade's terms, and its end once it has one; what is remembered already stays.
(define-private (note-trade (number uint))
  (match (map-get? trades number)
    offered (begin
      (map-insert seen-terms number (terms-of offered))
      (and (not (is-eq (get status offered) "open")) (map-insert seen-ends number (end-of offered)))
    )
    false
  )
)

(define-private (note-spending
    (number uint)
    (cost uint)
  )
  (match (map-get? seen-grants number)
    seen (map-set seen-grants number (merge seen { spent: (+ (get spent seen) cost) }))
    false
  )
)

(define-private (note-events (events uint))
  (var-set further-events (+ (var-get further-events) events))
)

;; For what takes energy and is no reading.
(define-private (note-energy-taken (account principal))
  (match (map-get? prosumers account)
    stored (and (< (get energy-balance stored) 0) (var-set overdrawn true))
    false
  )
)
