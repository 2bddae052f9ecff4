import { pause } from './statistics.mjs';

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const schemas = {
  gets: { name: 'bench-worker-gets', verbs: ['get', 'watch'] },
  lists: { name: 'bench-worker-lists', verbs: ['list'] },
  writes: { name: 'bench-worker-writes', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
};

/**
 * Counts the worker's requests at the API server, exactly and without those of others: three FlowSchemas classify
 * the requests of ServiceAccounts (the identity for searches is one) by their verbs, on the priority level where they would be anyway, and the API
 * server counts the requests that it dispatches by FlowSchema. The controller manager and the raw loop are
 * administrators here.
 */
export class WorkerRequests {
  static async count(cluster) {
    for (const { name, verbs } of Object.values(schemas)) await cluster.apply(flowSchema(name, verbs));
    // The API server learns of new FlowSchemas through its own watch.
    await pause(1_000);
    return new WorkerRequests(cluster);
  }

  constructor(cluster) {
    this.cluster = cluster;
  }

  /** Returns the requests so far: `{reads, lists, writes}`; reads include lists. A watch counts once, when it begins. */
  async soFar() {
    const sum = ({ name }) =>
      this.cluster.metric('apiserver_flowcontrol_dispatched_requests_total', `flow_schema="${name}"`);
    const [gets, lists, writes] = [await sum(schemas.gets), await sum(schemas.lists), await sum(schemas.writes)];
    return { reads: gets + lists, lists, writes };
  }

  /** Returns the requests since `before`. */
  async since(before) {
    const now = await this.soFar();
    return { reads: now.reads - before.reads, lists: now.lists - before.lists, writes: now.writes - before.writes };
  }
}

function flowSchema(name, verbs) {
  const everything = { apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'], verbs };
  return {
    apiVersion: API_VERSION,
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name: 'workload-low' },
      // Before the built-in "service-accounts", at 9000, which has the same level.
      matchingPrecedence: 8_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'system:serviceaccounts' } }],
          resourceRules: [everything],
          nonResourceRules: [{ verbs, nonResourceURLs: ['*'] }],
        },
      ],
    },
  };
}
