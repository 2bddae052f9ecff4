import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { DEPLOYER } from '../rbac/service-account.js';
import { type PlainObjects } from './plain-objects.js';
import { control, refused, type TrialCheck, trialCheck } from './trial.js';

/** Tests that nothing takes a name that Bulkhead needs. */
export function nameTrials(plain: PlainObjects): TrialCheck[] {
  const person = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'proof@bulkhead.invalid' };
  const own = { ingress: [{ from: [{ podSelector: {} }] }] };
  const says = /reserved for an object of Bulkhead/;
  const [binding, account] = [{ name: 'bulkhead-tenant-proof' }, { name: DEPLOYER }];
  const policies = [{ name: 'tenant-proof' }, { name: 'link-proof' }];
  return [
    trialCheck({ id: 'reserve-names', title: 'Nothing takes a name that Bulkhead needs', area: 'objects' }, [
      control(plain.roleBinding(clusterRoleNames.viewer, [person])),
      control(plain.networkPolicy(own)),
      control(plain.account()),
      refused(plain.roleBinding(clusterRoleNames.viewer, [person], binding), binding, says),
      ...policies.map((metadata) => refused(plain.networkPolicy(own, metadata), metadata, says)),
      refused(plain.account(account), account, says),
    ]),
  ];
}
