import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import { runsInTransaction } from '../http/change.interceptor.js';
import { ENDPOINT, type EndpointOptions } from '../http/endpoint.decorator.js';

/** Metadata keys that Nest sets on route handlers. */
const [ROUTE_PATH, ROUTE_METHOD] = ['path', 'method'];

/** Refuses to boot if a route declares no permission (OWASP API5:2023) or breaks a promise of its declaration. */
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
  if (endpoint === undefined) return 'has no @Endpoint and therefore no permission';
  if (runsInTransaction(handler)) return null;
  if (endpoint.idempotent === true) {
    return 'promises idempotency without @CurrentTransaction, so its answers would not be stored';
  }
  const isRead = Reflect.getMetadata(ROUTE_METHOD, handler) === RequestMethod.GET;
  if (isRead || endpoint.changesNothing === true) return null;
  return 'has no @CurrentTransaction, so its changes would be missing from the audit log';
}
