import 'reflect-metadata';

import { Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, MetadataScanner, NestFactory } from '@nestjs/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import { DeclaredRoutes } from './declared-routes.js';

const says = (more: Partial<EndpointOptions> = {}): MethodDecorator =>
  Endpoint({
    id: 'test',
    summary: 'Test.',
    description: 'Test.',
    permission: 'tenants:read',
    ok: { status: 200, schema: z.strictObject({}), description: 'Test.' },
    ...more,
  });

/** Returns the boot error of an API with this controller; null if it boots. */
async function refusalOf(controller: Type): Promise<string | null> {
  @Module({ imports: [DiscoveryModule], controllers: [controller] })
  class Api {}
  const app = await NestFactory.createApplicationContext(Api, { logger: false });
  try {
    new DeclaredRoutes(app.get(DiscoveryService, { strict: false }), new MetadataScanner()).onApplicationBootstrap();
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await app.close();
  }
}

@Controller('undeclared')
class Undeclared {
  @Get()
  list(): object {
    return {};
  }
}

@Controller('unaudited')
class Unaudited {
  @Post()
  @says()
  change(): object {
    return {};
  }
}

@Controller('forgetful')
class Forgetful {
  @Post()
  @says({ idempotent: true, changesNothing: true })
  change(): object {
    return {};
  }
}

@Controller('reading')
class Reading {
  @Get()
  @says()
  list(): object {
    return {};
  }

  @Post()
  @says({ changesNothing: true })
  preview(): object {
    return {};
  }
}

describe('an API boots', () => {
  test.for<[string, Type, string | null]>([
    ['not if a route has no permission', Undeclared, 'Undeclared.list has no @Endpoint'],
    ['not if a change would be missing from the audit log', Unaudited, 'Unaudited.change has no @CurrentTransaction'],
    ['not if a route breaks its promise of idempotency', Forgetful, 'Forgetful.change promises idempotency'],
    ['if its routes change nothing', Reading, null],
  ])('%s', async ([, controller, refusal]) => {
    const said = await refusalOf(controller);
    if (refusal === null) expect(said).toBeNull();
    else expect(said).toContain(refusal);
  });
});
