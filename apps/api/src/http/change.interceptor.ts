import { type Principal } from '#access';
import { type Transaction, Transactions } from '#persistence';
import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

import { Answer } from './answer.js';
import { ENDPOINT, type EndpointOptions } from './endpoint.decorator.js';
import { IdempotencyKeys, idempotentRequest } from './idempotency.js';

type ApiRequest = FastifyRequest & { user?: Principal; transaction?: Transaction };

/** The transaction that the request's change is part of. */
export const CurrentTransaction = createParamDecorator((_: unknown, context: ExecutionContext): Transaction => {
  const { transaction } = context.switchToHttp().getRequest<ApiRequest>();
  if (transaction === undefined) throw new Error('only a request that changes something has a transaction');
  return transaction;
});

/**
 * Around every handler: a request that changes something runs in one transaction, together with its
 * idempotency record; headers of an `Answer` are sent; `If-None-Match` is honoured.
 */
@Injectable()
export class ChangeInterceptor implements NestInterceptor {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.answer(request, next, changesNothing(context)).then((answer) => send(request, reply, answer)));
  }

  private async answer(request: ApiRequest, next: CallHandler, readOnly: boolean): Promise<Answer<unknown>> {
    const handle = async (): Promise<Answer<unknown>> => {
      const result: unknown = await lastValueFrom(next.handle());
      return result instanceof Answer ? result : new Answer(result);
    };
    if (readOnly || request.method === 'GET' || request.method === 'HEAD') return handle();
    const idempotent = idempotentRequest(request, request.user?.id ?? 'anonymous');
    return this.transactions.run(async (transaction) => {
      request.transaction = transaction;
      if (idempotent === null) return handle();
      const earlier = await this.idempotency.claim(transaction, idempotent);
      if (earlier !== null) return earlier;
      const answer = await handle();
      await this.idempotency.store(transaction, idempotent, answer);
      return answer;
    });
  }
}

function changesNothing(context: ExecutionContext): boolean {
  const options = Reflect.getMetadata(ENDPOINT, context.getHandler()) as EndpointOptions | undefined;
  return options?.readOnly === true;
}

function send(request: FastifyRequest, reply: FastifyReply, { body, headers }: Answer<unknown>): unknown {
  void reply.headers(headers);
  const { etag } = headers;
  if (request.method !== 'GET' || etag === undefined || request.headers['if-none-match'] !== etag) return body;
  void reply.status(304);
  return undefined;
}
