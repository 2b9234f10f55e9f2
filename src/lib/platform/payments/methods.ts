/** How the stand-in provider treats a way to pay. */
export interface PaymentMethod {
  /** Why it declines; undefined where it pays. */
  readonly declineCode?: 'declined' | 'insufficient_funds' | 'expired';
  /** What goes wrong with the answer to the first call with a key, after the money was taken. */
  readonly trouble?: 'slow' | 'lost';
}

/** Every way to pay; `payments.proto` is the contract. */
export const PAYMENT_METHODS: ReadonlyMap<string, PaymentMethod> = new Map<string, PaymentMethod>([
  ['card', {}],
  ['card-declined', { declineCode: 'declined' }],
  ['card-insufficient-funds', { declineCode: 'insufficient_funds' }],
  ['card-expired', { declineCode: 'expired' }],
  ['card-slow', { trouble: 'slow' }],
  ['card-flaky', { trouble: 'lost' }],
]);
