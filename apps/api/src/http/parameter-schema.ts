import { type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { type RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type z } from 'zod';

/** Returns the schema in the decorator of a handler's parameter, such as `@Body({ schema })`; null if there is none. */
export function parameterSchema(controller: Type, method: string, kind: RouteParamtypes): z.ZodType | null {
  const parameters = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {}) as Record<
    string,
    { schema?: z.ZodType }
  >;
  const found = Object.entries(parameters).find(([key]) => Number(key.split(':')[0]) === kind.valueOf());
  return found?.[1].schema ?? null;
}
