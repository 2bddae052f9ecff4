import { type Principal } from '#access';
import { AuditTrail, type AuditedChange } from '#audit';
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
import { auditedAction, auditSource } from './audited-action.js';
import { routeSecrets, type RouteSecrets } from './route-secrets.js';

type ApiRequest = FastifyRequest & { user?: Principal; transaction?: Transaction };

/**
 * Runs the handler of a change in one transaction, together with its idempotency record and its entry in the audit log.
 * Neither contains a secret: a repeated request gets the first answer without it.
 */
@Injectable()
export class ChangeInterceptor implements NestInterceptor {
  constructor(
    private readonly transactions: Transactions,
    private readonly idempotency: IdempotencyKeys,
    private readonly audit: AuditTrail,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const action = auditedAction(context.getClass().name, context.getHandler().name);
    const request = context.switchToHttp().getRequest<ApiRequest>();
    return from(this.answer(request, action, next, routeSecrets(context)));
  }

  private async answer(
    request: ApiRequest,
    action: string,
    next: CallHandler,
    secrets: RouteSecrets,
  ): Promise<Answer<unknown>> {
    const idempotent = idempotentRequest(request, request.user?.id ?? 'anonymous');
    return this.transactions.run(async (transaction) => {
      request.transaction = transaction;
      const earlier = idempotent === null ? null : await this.idempotency.claim(transaction, idempotent);
      if (earlier !== null) return earlier;
      const result: unknown = await lastValueFrom(next.handle());
      const answer = result instanceof Answer ? result : new Answer(result);
      const kept = new Answer(secrets.ofAnswer(answer.body), answer.headers);
      if (idempotent !== null) await this.idempotency.store(transaction, idempotent, kept);
      const change = { ...changeBy(request, action), request: secrets.ofRequest(request.body) };
      await this.audit.record(transaction, { ...change, answer: answered(kept) });
      return answer;
    });
  }
}

function changeBy(request: ApiRequest, action: string): Omit<AuditedChange, 'answer' | 'request'> {
  const { user } = request;
  const actor = { id: user?.id ?? 'anonymous', role: user?.role ?? null };
  return { actor, action, source: auditSource(request) };
}

function answered({ body, headers }: Answer<unknown>): NonNullable<AuditedChange['answer']> {
  return { body, location: headers['location'] ?? null };
}

const transactionOf = createParamDecorator((_: unknown, context: ExecutionContext): Transaction => {
  const { transaction } = context.switchToHttp().getRequest<ApiRequest>();
  if (transaction === undefined) throw new Error('the request has no transaction');
  return transaction;
});

/** Injects the transaction of the request. A handler with this parameter runs in one. */
export function CurrentTransaction(): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new Error('only a handler has a transaction');
    transactionOf()(target, key, index);
    const handler = Object.getOwnPropertyDescriptor(target, key);
    if (handler === undefined) throw new Error(`${String(key)} is not a method`);
    UseInterceptors(ChangeInterceptor)(target, key, handler);
  };
}

/** Reports whether a handler runs in a transaction. */
export function runsInTransaction(handler: object): boolean {
  const interceptors = Reflect.getMetadata(INTERCEPTORS_METADATA, handler) as unknown[] | undefined;
  return interceptors?.includes(ChangeInterceptor) === true;
}
