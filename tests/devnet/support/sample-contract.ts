/** A contract with one function for each way that a transaction can end. */
export const SAMPLE_NAME = 'sample';
export const SAMPLE_SOURCE = `
(define-constant err-refused u7)
(define-fungible-token token)
(define-non-fungible-token deed uint)
(define-data-var counter uint u0)
(define-map counts principal uint)

(define-public (count (by uint))
  (begin
    (var-set counter (+ (var-get counter) by))
    (map-set counts tx-sender (var-get counter))
    (print {topic: "counted", counter: (var-get counter), caller: contract-caller, height: stacks-block-height})
    (ok (var-get counter))))

(define-public (count-many (steps (list 10 {by: uint, note: (optional (string-utf8 20))})))
  (ok (fold + (map step-of steps) u0)))
(define-private (step-of (step {by: uint, note: (optional (string-utf8 20))})) (get by step))

(define-public (divide (by uint)) (begin (var-set counter u999) (print "lost") (ok (/ u1 by))))
(define-public (refuse) (begin (var-set counter u999) (print "lost") (if true (err err-refused) (ok true))))
(define-public (pay (amount uint) (to principal)) (stx-transfer? amount tx-sender to))
(define-public (pay-out (amount uint) (to principal))
  (as-contract? ((with-stx amount)) (try! (stx-transfer? amount tx-sender to))))
(define-public (issue (amount uint)) (ft-mint? token amount tx-sender))
(define-public (hand-over (amount uint) (to principal)) (ft-transfer? token amount tx-sender to))
(define-public (issue-deed (id uint)) (nft-mint? deed id tx-sender))
(define-public (hand-over-deed (id uint) (to principal)) (nft-transfer? deed id tx-sender to))

(define-read-only (get-counter) {counter: (var-get counter), height: stacks-block-height, caller: contract-caller})
(define-read-only (get-count (who principal)) (map-get? counts who))
(define-read-only (is-odd? (n uint)) (is-eq (mod n u2) u1))
`;
