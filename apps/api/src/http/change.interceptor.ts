import { type Principal } from '#access';
import { type Transaction, Transactions } from '#persistence';
import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  UseInterceptors,
} from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

import { Answer } from './answer.js';
import { IdempotencyKeys, idempotentRequest } from './idempotency.js';

type ApiRequest = FastifyRequest & { user?: Principal; transaction?: Transaction };

/**
 * Around the handlers of changes: each runs in one transaction, together with its idempotency record.
 */
@Injectable()
export class ChangeInterceptor implements NestInterceptor {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyKeys,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.answer(context.switchToHttp().getRequest<ApiRequest>(), next));
  }

  private async answer(request: ApiRequest, next: CallHandler): Promise<Answer<unknown>> {
    const idempotent = idempotentRequest(request, request.user?.id ?? 'anonymous');
    return this.transactions.run(async (transaction) => {
      request.transaction = transaction;
      const earlier = idempotent === null ? null : await this.idempotency.claim(transaction, idempotent);
      if (earlier !== null) return earlier;
      const result: unknown = await lastValueFrom(next.handle());
      const answer = result instanceof Answer ? result : new Answer(result);
      if (idempotent !== null) await this.idempotency.store(transaction, idempotent, answer);
      return answer;
    });
  }
}

const transactionOf = createParamDecorator((_: unknown, context: ExecutionContext): Transaction => {
  const { transaction } = context.switchToHttp().getRequest<ApiRequest>();
  if (transaction === undefined) throw new Error('the request has no transaction');
  return transaction;
});

/** The transaction that the request's change is part of. A handler that asks for it runs in one. */
export function CurrentTransaction(): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new Error('only a handler has a transaction');
    transactionOf()(target, key, index);
    const handler = Object.getOwnPropertyDescriptor(target, key);
    if (handler === undefined) throw new Error(`${String(key)} is not a method`);
    UseInterceptors(ChangeInterceptor)(target, key, handler);
  };
}

/** Whether a handler asked for a transaction. */
export function runsInTransaction(handler: object): boolean {
  const interceptors = Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined;
  return interceptors?.includes(ChangeInterceptor) === true;
}
