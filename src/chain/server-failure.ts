import { type ErrorDetails, TransientError } from '../core/index.ts';

/**
 * One server gave no usable answer: another server, or the same one later, may. It never leaves this folder as such;
 * what does is a TransientError that lists the failures.
 */
export class ServerFailure extends TransientError {
  /** Nothing of the request can have reached the server: the connection was never made. */
  readonly nothingSent: boolean;

  constructor(
    message: string,
    details: ErrorDetails & { readonly retryAfterMs?: number; readonly nothingSent?: boolean } = {},
  ) {
    super(message, details);
    this.nothingSent = details.nothingSent ?? false;
  }
}
