import { type ExecutionContext } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';

import { ENDPOINT, type EndpointOptions } from './endpoint.decorator.js';
import { parameterSchema } from './parameter-schema.js';
import { withoutSecrets } from './secret-members.js';

/** Takes the secrets of a route out of what is stored of its requests and answers. */
export interface RouteSecrets {
  ofRequest: (body: unknown) => unknown;
  ofAnswer: (body: unknown) => unknown;
}

/** Returns what the schemas of the route's body and answer mark as secret. */
export function routeSecrets(context: ExecutionContext): RouteSecrets {
  const handler = context.getHandler();
  const endpoint = Reflect.getMetadata(ENDPOINT, handler) as EndpointOptions | undefined;
  const schema = parameterSchema(context.getClass(), handler.name, RouteParamtypes.BODY);
  return {
    ofRequest: (body) => (schema === null ? body : withoutSecrets(schema, body)),
    ofAnswer: (body) => (endpoint === undefined ? body : withoutSecrets(endpoint.ok.schema, body)),
  };
}
