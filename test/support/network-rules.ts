import { expect } from 'vitest';

import { type ApiAnswer, type ApiClient } from './api-client.js';
import { Bulkhead, newSlug } from './bulkhead.js';

export type Json = Record<string, unknown>;

const facts = {
  minorVersion: '1.36',
  dnsServiceIps: [],
  podCidrs: ['10.244.0.0/16'],
  serviceCidrs: ['10.96.0.0/12'],
  nodeCidrs: ['192.0.2.0/24'],
  apiServerEndpoints: { ips: ['198.51.100.7'], port: 6443 },
  monitoring: null,
  gateway: null,
};

export function rule(more: Json = {}): Json {
  return { direction: 'egress', action: 'allow', cidrs: ['203.0.113.0/25'], reason: 'Contract 2026-117.', ...more };
}

/** An API without a worker, with plans that let rules open something. The test writes the facts about the cluster. */
export class RulesApi {
  private constructor(readonly bulkhead: Bulkhead) {}

  static async start(): Promise<RulesApi> {
    const api = new RulesApi(await Bulkhead.start());
    const rules = { max: 3, egress: ['203.0.113.0/24'], ingress: ['198.18.0.0/15'], hosts: ['*.example.com'] };
    await api.newPlan('bounded', { network: { internetEgress: 'https', denyCidrs: ['203.0.113.99/32'], rules } });
    await api.newPlan('denying', { network: { rules: { ...rules, denyOnly: true } } });
    return api;
  }

  /** Writes the facts about the cluster, by default those of one without a mesh. */
  knows(more: Json | null = {}): Promise<unknown> {
    const known = more === null ? null : JSON.stringify({ ...facts, ...more });
    return this.bulkhead.database.query('UPDATE clusters SET facts = $1::jsonb', [known]);
  }

  /** Returns the path of a new tenant. */
  async newTenant(plan = 'bounded', more: Json = {}): Promise<string> {
    const { status, body } = await this.bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan, ...more });
    expect(status, JSON.stringify(body)).toBe(202);
    await this.knows();
    return `/v1/tenants/${String(body['id'])}`;
  }

  send(tenant: string, more: Json = {}, as: ApiClient = this.bulkhead.api): Promise<ApiAnswer> {
    return as.send('POST', `${tenant}/network-rules`, rule(more));
  }

  async generationOf(tenant: string): Promise<number> {
    return (await this.bulkhead.api.get<{ generation: number }>(tenant)).generation;
  }

  private async newPlan(id: string, spec: Json): Promise<void> {
    const quota = { cpu: '4', memory: '8Gi' };
    const body = { id, displayName: id, description: id, spec: { quota, environments: { max: 2 }, ...spec } };
    expect((await this.bulkhead.api.send('POST', '/v1/plans', body)).status).toBe(201);
  }
}

/** Returns status, code and the pointer of the first error. */
export function refusal({ status, body }: ApiAnswer): [number, unknown, unknown] {
  const [first] = (body['errors'] ?? []) as { pointer: string }[];
  return [status, body['code'], first?.pointer];
}

export function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}
