import { type Type } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import { type INestApplicationContext } from '@nestjs/common';
import { type z } from 'zod';

import { parameterSchema } from '../http/parameter-schema.js';
import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';

/** A route as its controller declares it. */
export interface DeclaredEndpoint {
  options: EndpointOptions;
  /** Schema of the request body; null if it has none. */
  body: z.ZodType | null;
  /** Schema of the query parameters; null if there are none. */
  query: z.ZodObject | null;
}

/** Returns every declared route of an application by its operation id. */
export function declaredEndpoints(app: INestApplicationContext): Map<string, DeclaredEndpoint> {
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const controllers = modules.flatMap(({ controllers: all }) => [...all.values()].map(({ metatype }) => metatype));
  const found = controllers.flatMap((controller) => endpointsOf(controller as Type));
  return new Map(found.map((endpoint) => [endpoint.options.id, endpoint]));
}

function endpointsOf(controller: Type): DeclaredEndpoint[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype).flatMap((method) => {
    const handler = prototype[method];
    const options =
      handler === undefined ? undefined : (Reflect.getMetadata(ENDPOINT, handler) as EndpointOptions | undefined);
    if (options === undefined) return [];
    const body = parameterSchema(controller, method, RouteParamtypes.BODY);
    const query = parameterSchema(controller, method, RouteParamtypes.QUERY) as z.ZodObject | null;
    return [{ options, body, query }];
  });
}
