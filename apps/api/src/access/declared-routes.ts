import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';

import { ENDPOINT } from '../http/endpoint.decorator.js';

/** Nest's own mark on a method that answers a route. */
const ROUTE_PATH = 'path';

/** Refuses to boot when a route does not declare its permission (OWASP API5:2023). */
@Injectable()
export class DeclaredRoutes implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const undeclared = this.discovery.getControllers().flatMap(({ metatype, name }) => {
      const prototype = (metatype as { prototype?: Record<string, object> } | null)?.prototype ?? {};
      const methods = this.scanner.getAllMethodNames(prototype);
      return methods.filter((method) => isUndeclared(prototype[method])).map((method) => `${name}.${method}`);
    });
    if (undeclared.length > 0) {
      throw new Error(`Routes without @Endpoint, so without a permission: ${undeclared.join(', ')}`);
    }
  }
}

function isUndeclared(handler: object | undefined): boolean {
  if (handler === undefined || !Reflect.hasMetadata(ROUTE_PATH, handler)) return false;
  return !Reflect.hasMetadata(ENDPOINT, handler);
}
