import { type Principal } from '#access';
import { type Transaction } from '#persistence';
import { HostsService } from '#routing';
import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { CurrentCaller } from '../access/current-caller.decorator.js';
import { type Answer } from '../http/answer.js';
import { CurrentTransaction } from '../http/change.interceptor.js';
import { Endpoint } from '../http/endpoint.decorator.js';
import { acceptedOperation } from '../operations/accepted-operation.js';
import {
  acceptedHost,
  addHostRequest,
  hostResponse,
  type HostResponse,
  hostsResponse,
  type HostsResponse,
  toHostResponse,
} from './host.schema.js';

const accepted = acceptedOperation(hostResponse);
const changeFails = ['request.invalid', 'tenant.not_found', 'tenant.deleting', 'tenant.frozen'] as const;

/** Assigns host names to tenants. */
@ApiTags('hosts')
@Controller('v1/tenants/:id/hosts')
export class HostsController {
  constructor(private readonly hosts: HostsService) {}

  @Post()
  @Endpoint({
    id: 'addHost',
    summary: 'Add a host to a tenant',
    description:
      'Includes all its subdomains. A tenant can have routes and Ingresses only for its own hosts, and no host can ' +
      'be a subdomain of another tenant’s host. Bulkhead does not verify that the customer owns the name; the caller ' +
      'must.',
    permission: 'hosts:write',
    reach: 'tenant',
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
    id: 'listHosts',
    summary: 'List the hosts of a tenant',
    description: 'All hosts that the tenant owns. Each includes its subdomains.',
    permission: 'tenants:read',
    reach: 'tenant',
    ok: { status: 200, schema: hostsResponse, description: 'All hosts, by name.' },
    fails: ['tenant.not_found'],
  })
  async list(@Param('id') id: string): Promise<HostsResponse> {
    return { items: (await this.hosts.list(id)).map(toHostResponse) };
  }

  @Delete(':host')
  @Endpoint({
    id: 'deleteHost',
    summary: 'Delete a host of a tenant',
    description:
      'Refused while a route uses the host. The operation takes the host out of the Ingresses and routes that the ' +
      'tenant created itself, and deletes those that name no other; until it succeeds, no other tenant can have it.',
    permission: 'hosts:write',
    reach: 'tenant',
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
