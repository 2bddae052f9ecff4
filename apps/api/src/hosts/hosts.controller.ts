import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { HostsService } from '#routing';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint, type EndpointOptions } from '../http/endpoint.decorator.js';
import {
  acceptedHost,
  addHostRequest,
  hostResponse,
  type HostResponse,
  hostsResponse,
  type HostsResponse,
  toHostResponse,
} from './host.schema.js';

const accepted: EndpointOptions['ok'] = {
  status: 202,
  schema: hostResponse,
  description: 'The host with the change accepted. Follow `Location` until the cluster matches it.',
  headers: { Location: 'The operation.' },
};
const changeFails = ['request.invalid', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const;

/** Whose host names are. */
@ApiTags('hosts')
@Controller('v1/tenants/:id/hosts')
export class HostsController {
  constructor(private readonly hosts: HostsService) {}

  @Post()
  @Endpoint({
    summary: 'Give a host name to a tenant',
    description:
      'With all names below it. A tenant may have routes and Ingresses for its hosts and no others. No two tenants have ' +
      'hosts of which one is below the other. That the name is the customer’s outside of the platform is for the caller to know.',
    permission: 'tenants:write',
    ok: accepted,
    fails: [...changeFails, 'host.taken', 'host.limit', 'idempotency.key_reused'],
    idempotent: true,
  })
  async add(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Body({ schema: addHostRequest }) { host }: z.output<typeof addHostRequest>,
  ): Promise<Answer<HostResponse>> {
    return acceptedHost(await this.hosts.add(transaction, caller.id, id, host));
  }

  @Get()
  @Endpoint({
    summary: 'List the host names of a tenant',
    permission: 'tenants:read',
    ok: { status: 200, schema: hostsResponse, description: 'All of them, by name.' },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<HostsResponse> {
    return { items: (await this.hosts.list(id)).map(toHostResponse) };
  }

  @Delete(':host')
  @Endpoint({
    summary: 'Take a host name away from a tenant',
    description:
      'Not while a route leads from it. Ingresses and routes that the tenant wrote itself keep standing; admission refuses ' +
      'further writes of them that keep the host.',
    permission: 'tenants:write',
    ok: accepted,
    fails: [...changeFails, 'host.not_found', 'host.in_use'],
  })
  async remove(
    @CurrentTransaction() transaction: Transaction,
    @CurrentCaller() caller: Principal,
    @Param('id') id: string,
    @Param('host') host: string,
  ): Promise<Answer<HostResponse>> {
    return acceptedHost(await this.hosts.remove(transaction, caller.id, id, host));
  }
}
