import { type RemovalScope, type TenantRemoval } from '../deletion/remove-tenant.js';
import { type Phase } from '../pass/phases.js';
import { ensureWorkloads } from '../workloads/ensure-workloads.js';
import { releaseHosts } from './release-hosts.js';
import * as ensure from './ensure-tenant.js';

/**
 * A pass over a tenant: render → observe → compare → apply → prune. A pass over a tenant that matches runs all phases
 * and writes nothing to the cluster.
 *
 * A phase that throws ends the pass. Settling then still writes what is known by then:
 * - every object that was applied, also by the failed phase, enters the inventory;
 * - objects that are no longer rendered leave the inventory only once they are pruned (workloads: in the last phase);
 * - drift found is recorded, and stays open;
 * - links count as in force only once all waves are applied;
 * - what holds mean for the tenant's users, and caveats, reach the conditions only if all phases complete.
 *
 * A pass that has to end (`PassEnded`) is not settled: only the first three of these are written.
 */
export const ensurePhases: readonly Phase<ensure.EnsureScope>[] = [
  { name: 'render the object set', run: ensure.render },
  { name: 'observe existing objects', run: ensure.observe },
  {
    name: 'examine objects in doubt',
    mayEnd: ['NamespaceNotOwned', 'NamespaceTerminating'],
    run: ensure.examineSuspects,
  },
  { name: 'separate drift from pending work', run: ensure.separateDrift },
  { name: 'find objects to delete', run: ensure.findExcess },
  // Before anything is applied.
  { name: 'prune what opens', run: ensure.pruneOpen },
  // So that nobody writes access while it is withdrawn.
  { name: 'mark namespaces of a tenant that is cut off', mayEnd: ['CutOffNotInForce'], run: ensure.markNamespaces },
  { name: 'withdraw access of a tenant that is cut off', mayEnd: ['WorkloadRestarted'], run: ensure.withdrawOwnAccess },
  { name: 'apply in waves', mayEnd: ['NamespaceNotOwned'], run: ensure.applyWaves },
  { name: 'release hosts', mayEnd: ['HostsNotInForce'], run: releaseHosts },
  { name: 'suspend or resume workloads', mayEnd: ['WorkloadRestarted'], run: ensure.suspendOrResume },
  { name: 'collect caveats', run: ensure.collectCaveats },
  { name: 'prune the rest', run: ensure.pruneRest },
  { name: 'refuse kinds that the cluster lacks', mayEnd: ['MeshMissing'], run: ensure.refuseUnserved },
  { name: 'ensure workloads', mayEnd: ['WorkloadRepeated'], run: ensureWorkloads },
];

/**
 * A pass over a tenant that is being deleted: access first, so that no one starts anything again; then what runs; then
 * the namespaces, with the objects that restrict them, once nothing runs in them. In the end, the whole cluster is
 * searched. The tenant is deleted only if all phases complete; a pass that ends early leaves nothing but its steps.
 */
export function removalPhases(removal: TenantRemoval): readonly Phase<RemovalScope>[] {
  return [
    { name: 'observe namespaces', run: (pass) => removal.observe(pass) },
    {
      name: 'withdraw access',
      mayEnd: ['CutOffNotInForce'],
      run: (pass, known) => removal.withdrawAccess(pass, known),
    },
    {
      name: 'remove workloads',
      mayEnd: ['PodsTerminating'],
      run: (pass, known) => removal.removeWorkloads(pass, known),
    },
    { name: 'delete namespaces', run: (pass, known) => removal.deleteNamespaces(pass, known) },
    {
      name: 'wait for namespaces',
      mayEnd: ['NamespaceTerminating', 'DeletionBlocked'],
      run: (pass, known) => removal.waitForNamespaces(pass, known),
    },
    {
      name: 'search the cluster',
      mayEnd: ['LeftoverObjects', 'SweepIncomplete'],
      run: (pass, known) => removal.search(pass, known),
    },
    { name: 'attest the deletion', run: (pass, known) => removal.attest(pass, known) },
  ];
}
