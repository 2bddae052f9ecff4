import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import { runsInTransaction } from '../http/change.interceptor.js';
import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';

/** Nest's own marks on a method that answers a route. */
const [ROUTE_PATH, ROUTE_METHOD] = ['path', 'method'];

/** Refuses to boot when a route does not declare its permission (OWASP API5:2023), or promises what it does not keep. */
@Injectable()
export class DeclaredRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const wrong = this.discovery.getControllers().flatMap(({ metatype, name }) => {
      const prototype = (metatype as { prototype?: Record<string, object> } | null)?.prototype ?? {};
      const methods = this.scanner.getAllMethodNames(prototype);
      return methods.flatMap((method) => {
        const fault = faultOf(prototype[method]);
        return fault === null ? [] : [`${name}.${method} ${fault}`];
      });
    });
    if (wrong.length > 0) throw new Error(`Routes that cannot be served: ${wrong.join('; ')}`);
  }
}

function faultOf(handler: object | undefined): string | null {
  if (handler === undefined || !Reflect.hasMetadata(ROUTE_PATH, handler)) return null;
  const endpoint = Reflect.getMetadata(ENDPOINT, handler) as EndpointOptions | undefined;
  if (endpoint === undefined) return 'has no @Endpoint, so no permission';
  if (runsInTransaction(handler)) return null;
  if (endpoint.idempotent === true) {
    return 'promises idempotency without @CurrentTransaction, so its answers would not be kept';
  }
  const isRead = Reflect.getMetadata(ROUTE_METHOD, handler) === RequestMethod.GET;
  if (isRead || endpoint.changesNothing === true) return null;
  return 'has no @CurrentTransaction, so what it changes would not be in the audit log';
}
