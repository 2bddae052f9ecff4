import { DomainError } from '#problems';

/** A caller sends more requests than its rate allows. */
export class RateExceeded extends DomainError {
  /**
   * @param policy name of the limit, as in `RateLimit-Policy`
   * @param retryAfterSeconds when requests are accepted again
   */
  constructor(
    message: string,
    readonly policy: string,
    readonly retryAfterSeconds: number,
  ) {
    super('request.rate_limited', message);
  }
}
