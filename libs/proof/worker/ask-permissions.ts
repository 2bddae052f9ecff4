import { type Evidence, type IsolationCheckResult } from '#certificates';
import { allRights, type CheckTitle, GrantedRights, type Right, rightInWords } from '#isolation';
import { type Permission, type ServedResource, type Subject } from '#kube';
import pMap from 'p-map';

import { resultOf } from './findings.js';
import { identityInWords, nobody, subjectOf, type TenantIdentity } from './identities.js';
import { type TrialRun } from './trial-run.js';

const IN_FLIGHT = 16;
const RBAC = 'rbac.authorization.k8s.io';

/** The identities to review, and the permissions to review them for. */
export interface AccessQuestions {
  /** Reviewed for every permission. */
  identities: readonly TenantIdentity[];
  /** Reviewed for permissions that no tenant may have. */
  others: readonly TenantIdentity[];
  served: readonly ServedResource[];
  /** Whether a suspension or quarantine has removed all access. */
  cutOff: boolean;
  neighbour: { namespaces: readonly string[]; identities: readonly TenantIdentity[] } | null;
}

/** Namespaces of the platform, which belong to no tenant. */
const platformNamespaces = ['kube-system', 'default', 'bulkhead-system'];

interface Asked {
  as: string;
  subject: Subject;
  permission: Permission;
  expected: boolean;
  control: boolean;
}

/** Compares the permissions of a tenant's members and ServiceAccounts, by the API server's authorizer, with the intended ones. */
export class PermissionChecks {
  private readonly granted = new GrantedRights();
  private readonly inNamespaces: Right[];
  private readonly ofCluster: Right[];

  constructor(
    private readonly inquiry: TrialRun,
    private readonly questions: AccessQuestions,
  ) {
    this.inNamespaces = allRights(questions.served, true);
    this.ofCluster = allRights(questions.served, false);
  }

  /** @throws KubeError, KubeUnreachable */
  async run(): Promise<IsolationCheckResult[]> {
    const checks = [...this.roles(), this.cluster(), this.others(), this.platform(), this.neighbours(), ...this.own()];
    const results: IsolationCheckResult[] = [];
    for (const { title, asked, notApplicable } of checks) {
      const evidence = await pMap(asked, (each) => this.evidenceOf(each), { concurrency: IN_FLIGHT });
      results.push(resultOf(title, { evidence, notApplicable: notApplicable ?? this.cutOffReason() }));
    }
    return results;
  }

  private cutOffReason(): string | null {
    return this.questions.cutOff ? 'The tenant is suspended or quarantined, so no member has access.' : null;
  }

  /** Each role has all its permissions, and no others that a tenant's administrator could not grant. */
  private roles(): PermissionCheck[] {
    const { identities } = this.questions;
    return [...new Set(identities.map(({ role }) => role))].map((role) => ({
      title: titleOf(`permissions-of-${role.replace('bulkhead-tenant-', '')}`, null, `The permissions of ${role}`),
      asked: identities
        .filter((identity) => identity.role === role)
        .flatMap((identity) => identity.namespaces.flatMap((namespace) => this.inOwn(identity, namespace))),
    }));
  }

  private inOwn(identity: TenantIdentity, namespace: string): Asked[] {
    return this.inNamespaces.flatMap((right) => {
      const has = !this.questions.cutOff && this.granted.has(identity.role, right);
      if (!has && !this.questions.cutOff && this.granted.mayBeGiven(right)) return [];
      return [{ ...askedAs(identity), permission: { ...right, namespace }, expected: has, control: has }];
    });
  }

  private cluster(): PermissionCheck {
    const title = titleOf('block-cluster-resources', 'MTB-PL1-CC-CPI-1', 'Nothing of the cluster itself is reached');
    const refused = this.questions.identities.flatMap((identity) => this.refusedTo(identity, this.ofCluster));
    return { title, asked: [...this.controls(), ...refused] };
  }

  /** Members whose permissions are not all reviewed. */
  private others(): PermissionCheck {
    const secrets = { group: '', resource: 'secrets', verb: 'get' };
    const everything = { group: '*', resource: '*', verb: '*' };
    return {
      title: titleOf('confine-other-members', null, 'No other member has more than its role'),
      asked: this.questions.others.flatMap((identity) => [
        ...this.controlsOf(identity),
        ...this.refusedTo(identity, [everything, secrets]),
        ...this.refusedTo(identity, [secrets], 'kube-system'),
      ]),
      ...(this.questions.others.length === 0 && { notApplicable: 'All permissions of every member are reviewed.' }),
    };
  }

  private platform(): PermissionCheck {
    const asked = this.questions.identities.flatMap((identity) =>
      platformNamespaces.flatMap((namespace) => this.refusedTo(identity, this.reaching(), namespace)),
    );
    const title = titleOf('block-platform-namespaces', null, 'Nothing in namespaces of the platform is reached');
    return { title, asked: [...this.controls(), ...asked] };
  }

  private neighbours(): PermissionCheck {
    const { neighbour, identities } = this.questions;
    const title = titleOf('block-other-tenants', 'MTB-PL1-CC-TI-2', 'Nothing of another tenant is reached');
    if (neighbour === null) return { title, asked: [], notApplicable: 'There is no other tenant on the cluster.' };
    const isIn = (all: readonly TenantIdentity[], { kind, name }: TenantIdentity): boolean =>
      all.some((other) => other.kind === kind && other.name === name);
    const theirs = neighbour.identities.filter((identity) => !isIn(identities, identity));
    const ours = identities.filter((identity) => !isIn(neighbour.identities, identity));
    const own = [...new Set(identities.flatMap(({ namespaces }) => namespaces))];
    const into = (who: readonly TenantIdentity[], namespaces: readonly string[]): Asked[] =>
      who.flatMap((identity) =>
        namespaces.flatMap((namespace) => this.refusedTo(identity, this.reaching(), namespace)),
      );
    return { title, asked: [...this.controls(), ...into(ours, neighbour.namespaces), ...into(theirs, own)] };
  }

  /** The checks of the Multi-Tenancy Benchmarks in a tenant's own namespaces. */
  private own(): PermissionCheck[] {
    const { identities } = this.questions;
    const everywhere = (rights: readonly Right[]): Asked[] => [
      ...this.controls(),
      ...identities.flatMap((identity) =>
        identity.namespaces.flatMap((each) => this.refusedTo(identity, rights, each)),
      ),
    ];
    const admins = identities.filter(({ role }) => role.endsWith('-admin'));
    const given = (rights: readonly Right[]): Asked[] =>
      (this.questions.cutOff ? [] : admins).flatMap((identity) =>
        identity.namespaces.flatMap((namespace) =>
          rights.flatMap((right) => [
            { ...askedAs(identity), permission: { ...right, namespace }, expected: true, control: false },
            { as: nobody.user, subject: nobody, permission: { ...right, namespace }, expected: false, control: true },
          ]),
        ),
      );
    const noAdmin = admins.length === 0 && { notApplicable: 'The tenant has no administrators.' };
    const writing = ['create', 'update', 'patch', 'delete', 'deletecollection'];
    const quotas = rightsOn('', 'resourcequotas', writing);
    const escalating = [
      ...rightsOn(RBAC, 'roles', ['escalate', 'bind']),
      ...rightsOn(RBAC, 'clusterroles', ['escalate', 'bind']),
      ...rightsOn('', 'serviceaccounts', ['impersonate']),
    ];
    const reading = ['get', 'list', 'watch'];
    const roles = ['roles', 'rolebindings'].flatMap((resource) => rightsOn(RBAC, resource, [...reading, ...writing]));
    const policies = rightsOn('networking.k8s.io', 'networkpolicies', ['get', ...writing]);
    return [
      { title: titleOf('protect-quotas', 'MTB-PL1-CC-TI-1', 'Nobody changes quotas'), asked: everywhere(quotas) },
      {
        title: titleOf('block-escalation', 'MTB-PL2-CC-TI-1', 'Nobody gives rights that they do not have'),
        asked: everywhere(escalating),
      },
      {
        title: titleOf(
          'own-role-bindings',
          'MTB-PL2-BC-OPS-3',
          'Administrators of the tenant write roles and bindings',
        ),
        asked: given(roles),
        ...noAdmin,
      },
      {
        title: titleOf(
          'own-network-policies',
          'MTB-PL2-BC-OPS-4',
          'Administrators of the tenant write network policies',
        ),
        asked: given(policies),
        ...noAdmin,
      },
    ];
  }

  /** A permission that each identity has, as the control for the refusals. */
  private controls(): Asked[] {
    return this.questions.identities.flatMap((identity) => this.controlsOf(identity));
  }

  private controlsOf(identity: TenantIdentity): Asked[] {
    if (this.questions.cutOff) return [];
    const right = { group: '', resource: 'resourcequotas', verb: 'list' };
    return identity.namespaces.map((namespace) => ({
      ...askedAs(identity),
      permission: { ...right, namespace },
      expected: true,
      control: true,
    }));
  }

  /** Permissions to read, create and change anything: those that the benchmarks review for other namespaces, and more. */
  private reaching(): Right[] {
    return this.inNamespaces.filter(({ verb }) => ['get', 'list', 'create', 'update', 'delete'].includes(verb));
  }

  private refusedTo(identity: TenantIdentity, rights: readonly Right[], namespace?: string): Asked[] {
    return rights.map((right) => ({
      ...askedAs(identity),
      permission: { ...right, ...(namespace !== undefined && { namespace }) },
      expected: false,
      control: false,
    }));
  }

  private async evidenceOf({ as, subject, permission, expected, control }: Asked): Promise<Evidence> {
    const allowed = await this.inquiry.may(subject, permission);
    const where = permission.namespace === undefined ? 'in the cluster' : `in ${permission.namespace}`;
    return {
      as,
      request: `${rightInWords(permission)} ${where}`,
      detail: null,
      answer: allowed ? 'allowed' : 'denied',
      expected: expected ? 'yes' : 'no',
      control,
      asExpected: allowed === expected,
    };
  }
}

interface PermissionCheck {
  title: CheckTitle;
  asked: Asked[];
  notApplicable?: string;
}

function titleOf(id: string, benchmark: string | null, title: string): CheckTitle {
  return { id, benchmark, title, area: 'access', condition: 'PoliciesEnforced' };
}

function askedAs(identity: TenantIdentity): Pick<Asked, 'as' | 'subject'> {
  return { as: identityInWords(identity), subject: subjectOf(identity) };
}

function rightsOn(group: string, resource: string, verbs: readonly string[]): Right[] {
  return verbs.map((verb) => ({ group, resource, verb }));
}
