import { OperationsService } from '#tenancy';
import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';

import { Answer } from '../http/answer.js';
import { type AfterWait, ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';
import { preferredWait } from '../http/prefer.js';

/** The path of an operation, with its id. */
const OPERATION = /^\/v1\/operations\/([^/]+)$/;

/**
 * Holds back the answer to a change that carries `Prefer: wait` (RFC 7240) until its operation has ended or the seconds
 * have passed. Global, so that it surrounds the transaction of the change: by then the change is committed, and its
 * answer stored for `Idempotency-Key` as it was accepted. The answer to a repeated request is waited for like any other.
 */
@Injectable()
export class WaitInterceptor implements NestInterceptor {
  private readonly logger = new Logger(WaitInterceptor.name);

  constructor(
    private readonly operations: OperationsService,
    private readonly services: ModuleRef,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const endpoint = Reflect.getMetadata(ENDPOINT, context.getHandler()) as EndpointOptions | undefined;
    const afterWait = endpoint?.ok.afterWait;
    if (afterWait === undefined) return next.handle();
    const seconds = preferredWait(context.switchToHttp().getRequest<FastifyRequest>().headers['prefer']);
    if (seconds === null) return next.handle();
    return from(lastValueFrom<unknown>(next.handle()).then((accepted) => this.wait(accepted, seconds, afterWait)));
  }

  /**
   * The change is committed, so a wait that fails cannot fail the request: the caller then gets the answer of one that
   * did not wait.
   */
  private async wait(accepted: unknown, seconds: number, afterWait: AfterWait): Promise<unknown> {
    if (!(accepted instanceof Answer)) return accepted;
    const [, id] = OPERATION.exec(accepted.headers['location'] ?? '') ?? [];
    if (id === undefined) return accepted;
    try {
      const operation = await this.operations.get(id, seconds);
      const { body, headers } = await afterWait(accepted, operation, this.services);
      const { 'retry-after': later, ...rest } = headers;
      const again = operation.finishedAt === null && later !== undefined ? { 'retry-after': later } : {};
      return new Answer(body, { ...rest, ...again, 'preference-applied': `wait=${seconds}` });
    } catch (error) {
      this.logger.warn({ err: error, operation: id }, 'failed to wait for an operation; answered without waiting');
      return accepted;
    }
  }
}
