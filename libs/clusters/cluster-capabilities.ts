import { type MeshFacts } from '#isolation';
import { type KubeClient, KubeError } from '#kube';
import { type ClusterCapabilities } from '#tenancy';

import { type ClusterSettings } from './cluster-facts.js';
import { detectGatewayApi } from './gateway-api.js';
import { detectMesh } from './mesh/detect-mesh.js';

type Engine = ClusterCapabilities['networkPolicyEngine'];

/** API groups of engines that enforce NetworkPolicies. */
const engineGroups: Readonly<Record<string, string>> = {
  'cilium.io': 'Cilium',
  'crd.projectcalico.org': 'Calico',
  'projectcalico.org': 'Calico',
  'crd.antrea.io': 'Antrea',
  'kubeovn.io': 'Kube-OVN',
  'k8s.ovn.org': 'OVN-Kubernetes',
};

/** DaemonSets of engines without an API group. */
const engineDaemonSets: Readonly<Record<string, string>> = {
  'kube-router': 'kube-router',
  'kube-network-policies': 'kube-network-policies',
  kindnet: 'kindnet',
  'weave-net': 'Weave Net',
  anetd: 'GKE Dataplane V2',
  'azure-npm': 'Azure NPM',
  canal: 'Calico',
  'calico-node': 'Calico',
  cilium: 'Cilium',
};

/**
 * Detects the capabilities of a cluster, and the facts about its mesh that rendering needs. What the worker has no right
 * to read is `unknown`, not absent.
 * @param remembered the mesh as of the last look
 * @throws KubeError, KubeUnreachable
 */
export async function detectCapabilities(
  kube: KubeClient,
  settings: ClusterSettings,
  version: string,
  remembered: MeshFacts | null,
): Promise<{ capabilities: ClusterCapabilities; mesh: MeshFacts | null }> {
  const { networkPolicyEngine } = settings;
  const groups = await groupsOf(kube);
  const mesh = await detectMesh(kube, settings, groups, remembered);
  const resources = async (group: string): Promise<string[]> => {
    if (!groups.includes(group.split('/')[0] ?? '')) return [];
    const answer = (await kube.read(`/apis/${group}`)) as { resources: { name: string }[] } | null;
    return (answer?.resources ?? []).map(({ name }) => name);
  };
  const capabilities = {
    version,
    mutatingAdmissionPolicies: (await resources('admissionregistration.k8s.io/v1')).includes(
      'mutatingadmissionpolicies',
    ),
    clusterNetworkPolicies: (await resources('policy.networking.k8s.io/v1alpha2')).includes('clusternetworkpolicies'),
    gatekeeper: { present: groups.includes('templates.gatekeeper.sh') },
    networkPolicyEngine:
      networkPolicyEngine === null ? await findEngine(kube, groups) : configured(networkPolicyEngine),
    mesh: mesh?.report ?? null,
    ...(await detectGatewayApi(kube, groups.includes('gateway.networking.k8s.io'))),
    detectedAt: new Date().toISOString(),
  };
  return { capabilities, mesh: mesh?.facts ?? null };
}

async function groupsOf(kube: KubeClient): Promise<string[]> {
  const answer = (await kube.read('/apis')) as { groups: { name: string }[] };
  return answer.groups.map(({ name }) => name);
}

function configured(name: string): Engine {
  return { state: 'present', name, detail: 'Named in the file that describes the cluster.' };
}

/** No API reports whether NetworkPolicies are enforced, so this looks for engines that are known to enforce them. */
async function findEngine(kube: KubeClient, groups: readonly string[]): Promise<Engine> {
  const group = groups.find((name) => name in engineGroups);
  if (group !== undefined) return found(engineGroups[group], `The cluster serves ${group}.`);
  try {
    const list = (await kube.read('/apis/apps/v1/namespaces/kube-system/daemonsets')) as { items: DaemonSet[] };
    const daemonSet = list.items.map(({ metadata }) => metadata.name).find((name) => name in engineDaemonSets);
    if (daemonSet !== undefined) {
      return found(engineDaemonSets[daemonSet], `kube-system has the DaemonSet ${daemonSet}.`);
    }
  } catch (error) {
    if (!(error instanceof KubeError) || error.httpStatus !== 403) throw error;
    return { state: 'unknown', name: null, detail: 'The worker has no right to list the DaemonSets of kube-system.' };
  }
  const detail =
    'No known engine was found: NetworkPolicies may have no effect. If the cluster has another one, name it as ' +
    '"networkPolicyEngine" in the file that describes the cluster.';
  return { state: 'absent', name: null, detail };
}

interface DaemonSet {
  metadata: { name: string };
}

function found(name: string | undefined, detail: string): Engine {
  return { state: 'present', name: name ?? null, detail };
}
