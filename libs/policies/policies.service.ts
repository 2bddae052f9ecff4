import { isDeepStrictEqual } from 'node:util';

import { Shutdown, waitForRow } from '#background';
import { type Page, pageOf, type PageRequest, type Transaction, uuidOf, violatedUnique } from '#persistence';
import { DomainError, fieldError } from '#problems';
import { Wakeups } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, MoreThan, type QueryDeepPartialEntity, type Repository } from 'typeorm';

import { checkParameters } from './rule/cel-rule.js';
import { type CompiledPolicy, PolicyJudge } from './rule/policy-judge.js';
import { type PolicySpec } from './rule/policy-spec.js';
import { Policy, PolicyVersion } from './policy.entity.js';

/** Limit of policies: the worker has permission for this many object names; see `deploy/worker-rbac.yaml`. */
const MOST_POLICIES = 50;

const POLL_MS = 100;

export interface NewPolicy {
  id: string;
  description: string;
  spec: PolicySpec;
}

/** A policy with one of its versions. */
export interface PolicyAtVersion {
  policy: Policy;
  version: PolicyVersion;
  /** What the author of a change should know about it; absent for reads. */
  warnings?: readonly string[];
}

/** Tells the author of a policy in Rego v0 that its stored text differs from what was sent. */
export const CONVERTED =
  'The rule was written in Rego v0. It is stored and enforced as OPA converts it to v1 (`opa fmt`), which is shown here.';

/** Manages policies, the guardrails across tenants. Workers carry them out. */
@Injectable()
export class PoliciesService {
  constructor(
    @InjectRepository(Policy) private readonly policies: Repository<Policy>,
    @InjectRepository(PolicyVersion) private readonly versions: Repository<PolicyVersion>,
    private readonly judge: PolicyJudge,
    private readonly wakeups: Wakeups,
    private readonly shutdown: Shutdown,
  ) {}

  /** @throws `policy.id_taken`, `policy.limit`, and the errors of `checkSpec` */
  async create(
    transaction: Transaction,
    createdBy: string,
    { id, description, spec }: NewPolicy,
  ): Promise<PolicyAtVersion> {
    const { manager } = transaction;
    const compiled = await this.checkSpec(manager, spec);
    const slot = await freeSlot(manager);
    try {
      await manager.insert(Policy, {
        id,
        description,
        slot,
        version: 1,
        state: 'pending',
        message: null,
        nextCheckAt: databaseNow,
      });
    } catch (error) {
      if (violatedUnique(error) === 'policies_pkey') {
        throw fieldError('policy.id_taken', '/id', `The policy "${id}" already exists.`);
      }
      throw error;
    }
    return this.addVersion(transaction, { policyId: id, version: 1, createdBy }, compiled);
  }

  /**
   * Creates the next version of a policy with new content.
   * @throws `policy.not_found`, `policy.unchanged`, and the errors of `checkSpec`
   */
  async change(
    transaction: Transaction,
    createdBy: string,
    id: string,
    { description, spec }: Omit<NewPolicy, 'id'>,
  ): Promise<PolicyAtVersion> {
    const { manager } = transaction;
    const compiled = await this.checkSpec(manager, spec);
    const policy = await lockedPolicy(manager, id);
    const newest = await manager.findOneByOrFail(PolicyVersion, { policyId: id, version: policy.version });
    if (isDeepStrictEqual(newest.spec, compiled.spec) && policy.description === description) {
      throw new DomainError('policy.unchanged', `The policy "${id}" already has this content.`);
    }
    const version = policy.version + 1;
    await manager.update(Policy, { id }, { description, version, state: 'pending', ...dueNow });
    return this.addVersion(transaction, { policyId: id, version, createdBy }, compiled);
  }

  /**
   * Creates the next version of a policy with the content of an earlier one.
   * @throws `policy.not_found`, `policy.version_not_found`, `policy.unchanged`, and the errors of `checkSpec`
   */
  async rollBack(transaction: Transaction, createdBy: string, id: string, number: number): Promise<PolicyAtVersion> {
    const policy = await transaction.manager.findOneBy(Policy, { id });
    if (policy === null) throw policyNotFound(id);
    const version = await transaction.manager.findOneBy(PolicyVersion, { policyId: id, version: number });
    if (version === null) throw versionNotFound(id, number);
    return this.change(transaction, createdBy, id, { description: policy.description, spec: version.spec });
  }

  /**
   * Deletes a policy; its row is removed once the cluster contains none of its objects.
   * @throws `policy.not_found`
   */
  async remove(transaction: Transaction, id: string): Promise<PolicyAtVersion> {
    const policy = await lockedPolicy(transaction.manager, id);
    await transaction.manager.update(Policy, { id }, { state: 'deleting', ...dueNow });
    transaction.afterCommit(() => this.wakeups.policies());
    return this.at(transaction.manager, id, policy.version);
  }

  /** @throws `policy.not_found` */
  async get(id: string): Promise<PolicyAtVersion> {
    const policy = await this.policies.findOneBy({ id });
    if (policy === null) throw policyNotFound(id);
    return this.at(this.policies.manager, id, policy.version);
  }

  /**
   * Returns a policy once its latest version is in force or has failed, after a timeout, or when the process stops.
   * @throws `policy.not_found`
   */
  async settled(id: string, waitSeconds: number): Promise<PolicyAtVersion> {
    return waitForRow({
      read: () => this.get(id),
      isDone: ({ policy }) => policy.state !== 'pending' && policy.state !== 'deleting',
      deadline: Date.now() + waitSeconds * 1000,
      shutdown: this.shutdown.signal,
      changes: POLL_MS,
    });
  }

  /** @throws `policy.not_found`, `policy.version_not_found` */
  async getVersion(id: string, number: number): Promise<PolicyAtVersion> {
    const policy = await this.policies.findOneBy({ id });
    if (policy === null) throw policyNotFound(id);
    const version = await this.versions.findOneBy({ policyId: id, version: number });
    if (version === null) throw versionNotFound(id, number);
    return { policy, version };
  }

  /** Lists policies by id, each with its latest version. */
  async list({ limit, after }: PageRequest): Promise<Page<PolicyAtVersion>> {
    const policies = await this.policies.find({
      where: after === null ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const rows = await Promise.all(policies.map(({ id, version }) => this.at(this.policies.manager, id, version)));
    return pageOf(rows, limit, ({ policy }) => policy.id);
  }

  /**
   * Lists the versions of a policy, oldest first.
   * @throws `policy.not_found`
   */
  async listVersions(id: string, { limit, after }: PageRequest): Promise<Page<PolicyAtVersion>> {
    const policy = await this.policies.findOneBy({ id });
    if (policy === null) throw policyNotFound(id);
    const versions = await this.versions.find({
      where: { policyId: id, ...(after === null ? {} : { version: MoreThan(Number(after)) }) },
      order: { version: 'ASC' },
      take: limit + 1,
    });
    return pageOf(
      versions.map((version) => ({ policy, version })),
      limit,
      ({ version }) => String(version.version),
    );
  }

  /**
   * Checks whether a policy can be carried out, and returns it as it is stored.
   * @throws `request.invalid`, `policy.rule_invalid`, `policy.judge_unavailable`, `policy.gatekeeper_missing`
   */
  private async checkSpec(manager: EntityManager, spec: PolicySpec): Promise<CompiledPolicy> {
    checkParameters(spec);
    const compiled = await this.judge.compile(spec);
    await checkTenants(manager, spec);
    if (spec.rule.rego === undefined) return compiled;
    // A cluster that no worker has reached counts only if there is no other.
    const [missing] = await manager.query<{ name: string }[]>(
      `SELECT name FROM clusters
       WHERE coalesce((capabilities -> 'gatekeeper' ->> 'present')::boolean, false) = false
         AND (capabilities IS NOT NULL OR NOT EXISTS (SELECT FROM clusters WHERE capabilities IS NOT NULL)) LIMIT 1`,
    );
    if (missing === undefined) return compiled;
    const detail = `No OPA Gatekeeper has been detected in the cluster "${missing.name}", so nothing enforces Rego.`;
    throw fieldError('policy.gatekeeper_missing', '/rule/rego', detail);
  }

  private async addVersion(
    transaction: Transaction,
    row: Pick<PolicyVersion, 'policyId' | 'version' | 'createdBy'>,
    { spec, isConverted }: CompiledPolicy,
  ): Promise<PolicyAtVersion> {
    const { manager } = transaction;
    await manager.insert(PolicyVersion, { ...row, spec: spec as QueryDeepPartialEntity<PolicySpec> });
    transaction.afterCommit(() => this.wakeups.policies());
    const warnings = isConverted ? [CONVERTED] : [];
    return { ...(await this.at(manager, row.policyId, row.version)), warnings };
  }

  private async at(manager: EntityManager, id: string, version: number): Promise<PolicyAtVersion> {
    return {
      policy: await manager.findOneByOrFail(Policy, { id }),
      version: await manager.findOneByOrFail(PolicyVersion, { policyId: id, version }),
    };
  }
}

/** Workers compare these times with the database's clock, so it sets them. */
const databaseNow = (): string => 'now()';
const dueNow = { stateChangedAt: databaseNow, message: null, nextCheckAt: databaseNow };

/** @throws `policy.not_found` if there is none or it is being deleted */
async function lockedPolicy(manager: EntityManager, id: string): Promise<Policy> {
  const policy = await manager.findOne(Policy, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (policy === null || policy.state === 'deleting') throw policyNotFound(id);
  return policy;
}

/** @throws `policy.limit` */
async function freeSlot(manager: EntityManager): Promise<number> {
  // Without the lock, concurrent requests would pick the same slot.
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead.policies.slots'))`);
  const [free] = await manager.query<{ slot: number }[]>(
    `SELECT free.slot FROM generate_series(1, ${MOST_POLICIES}) AS free(slot)
     WHERE NOT EXISTS (SELECT 1 FROM policies p WHERE p.slot = free.slot) ORDER BY free.slot LIMIT 1`,
  );
  if (free === undefined) {
    throw new DomainError('policy.limit', `There are ${MOST_POLICIES} policies, which is the limit.`);
  }
  return free.slot;
}

/** @throws `request.invalid` for the first unknown tenant */
async function checkTenants(manager: EntityManager, { target, exceptions }: PolicySpec): Promise<void> {
  const named = [
    ...(target.tenants ?? []).map((id, index) => ({ id, pointer: `/target/tenants/${index}` })),
    ...exceptions.map(({ tenant }, index) => ({ id: tenant, pointer: `/exceptions/${index}/tenant` })),
  ];
  if (named.length === 0) return;
  const uuids = named.map(({ id }) => uuidOf('tenant', id));
  const rows = await manager.query<{ id: string }[]>('SELECT id FROM tenants WHERE id = ANY($1::uuid[])', [
    uuids.filter((uuid) => uuid !== null),
  ]);
  const known = new Set(rows.map(({ id }) => id));
  const stranger = named.find((_, index) => !known.has(uuids[index] ?? ''));
  if (stranger === undefined) return;
  throw fieldError('request.invalid', stranger.pointer, `There is no tenant "${stranger.id}".`);
}

function policyNotFound(id: string): DomainError {
  return new DomainError('policy.not_found', `There is no policy "${id}".`);
}

function versionNotFound(id: string, number: number): DomainError {
  return new DomainError('policy.version_not_found', `The policy "${id}" has no version ${number}.`);
}
