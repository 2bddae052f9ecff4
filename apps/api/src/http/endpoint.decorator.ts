import { type Permission } from '#access';
import { type ProblemCode } from '#problems';
import { type Operation } from '#tenancy';
import { applyDecorators, HttpCode, SetMetadata } from '@nestjs/common';
import { type ModuleRef } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation } from '@nestjs/swagger';
import { type z } from 'zod';

import { type Answer } from './answer.js';
import { type ResponseHeader } from './response-headers.js';

/**
 * Answers a change whose operation was waited for.
 * @param accepted the answer to the change, which names the operation in `Location`
 * @param operation as it is after the wait
 * @param services finds a service of the application
 */
export type AfterWait = (
  accepted: Answer<unknown>,
  operation: Operation,
  services: ModuleRef,
) => Promise<Answer<unknown>>;

/**
 * What a route concerns: the whole platform, the tenant or the operation with the path parameter `id`, the tenant with the
 * path parameter `externalId`, which may not exist yet, or what the handler itself limits to the caller's reach. A handler
 * that changes one tenant must not be the last: the caller would act with the sum of what it may do to several.
 */
export type RouteReach = 'platform' | 'tenant' | 'operation' | 'external-id' | 'filtered';

export interface EndpointOptions {
  /** `operationId` in the OpenAPI document: verb and noun, such as `createTenant`. Clients are generated from it. */
  id: string;
  summary: string;
  description: string;
  /**
   * Permission that the caller needs, of a list any. `authenticated`: every caller may; `none` makes the route public.
   * Without it the API does not boot.
   */
  permission: Permission | readonly Permission[] | 'authenticated' | 'none';
  /**
   * What the route concerns, for callers that do not reach all tenants. By default the whole platform: closed to them.
   */
  reach?: RouteReach;
  /** Query parameters that require an additional permission. */
  queryPermissions?: Readonly<Record<string, Permission>>;
  /** Members of the body that require an additional permission. */
  bodyPermissions?: Readonly<Record<string, Permission>>;
  ok: {
    status: 200 | 201 | 202;
    schema: z.ZodType;
    description: string;
    headers?: readonly ResponseHeader[];
    /** Media types of the response, the default first; by default JSON alone. */
    mediaTypes?: readonly string[];
    /** When the status is 204 instead, without a body. */
    noContent?: string;
    /** When the status is 200 instead, with the resource as it is. */
    unchanged?: string;
    /** Accepts `Prefer: wait`; the answer names an operation in `Location`. */
    afterWait?: AfterWait;
  };
  /** Problems specific to this endpoint, in addition to those of every endpoint. */
  fails?: readonly ProblemCode[];
  /** A POST that accepts `Idempotency-Key`; every PATCH and DELETE does. */
  idempotent?: boolean;
  /** Changes nothing although it is not a GET, so it needs no transaction and no entry in the audit log. */
  changesNothing?: boolean;
  /** Accepts `If-Match`. */
  conditional?: boolean;
  /** Accepts `If-Preview-Match`. */
  previewable?: boolean;
  /** An event stream, which accepts `Last-Event-ID`. */
  streams?: boolean;
}

export const ENDPOINT = Symbol('endpoint');

/**
 * Reports whether a request can carry `Idempotency-Key`.
 * @param method in lower case
 */
export function acceptsKey(method: string, { idempotent = false }: EndpointOptions): boolean {
  return idempotent || method === 'patch' || method === 'delete';
}

/** Declares a route: its permission, responses and documentation. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const { id: operationId, ok } = options;
  return applyDecorators(
    SetMetadata(ENDPOINT, options),
    RouteConfig({ authenticated: options.permission !== 'none' }),
    HttpCode(ok.status),
    ApiOperation({ operationId }),
  );
}
