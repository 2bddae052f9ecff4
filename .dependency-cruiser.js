/**
 * The floors of the house, from the roof down. A library imports only libraries on lower floors. `worker` is the entrance
 * of a feature's other half, which talks to clusters.
 * @type {string[][]}
 */
export const floors = [
  ['proof/worker'],
  ['engine'],
  ['links/worker', 'policies/worker', 'rollouts', 'routing', 'traffic'],
  ['clusters'],
  ['compare', 'observability'],
  ['kube'],
  ['links', 'network-rules', 'policies', 'proof', 'audit'],
  ['tenancy', 'access'],
  ['questions'],
  ['isolation', 'queue'],
  ['background'],
  ['persistence'],
  ['plans', 'certificates'],
  ['problems', 'config', 'telemetry'],
];

/** The files of a library; those of its `worker` half are a library of their own. */
const filesOf = (libs) => `^libs/(${libs.map((lib) => (lib.includes('/') ? lib : `${lib}/(?!worker/)`)).join('|')})`;

const floorRules = floors.flatMap((libs, depth) => {
  const higher = floors.slice(0, depth).flat();
  const rules = libs.map((lib) => ({
    name: `${lib}-imports-no-neighbour`.replaceAll('/', '-'),
    comment: 'Libraries on one floor do not know each other. What both need belongs on a lower floor.',
    severity: 'error',
    from: { path: filesOf([lib]) },
    to: { path: filesOf(libs), pathNot: filesOf([lib]) },
  }));
  return [...(libs.length > 1 ? rules : []), ...(higher.length > 0 ? [nothingHigher(libs, higher)] : [])];
});

function nothingHigher(libs, higher) {
  return {
    name: `${libs.join('-')}-import-nothing-higher`.replaceAll('/', '-'),
    comment: 'A library that knows who uses it cannot be used by anyone else, nor be understood without them.',
    severity: 'error',
    from: { path: filesOf(libs) },
    to: { path: filesOf(higher) },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...floorRules,
    {
      name: 'no-cycles',
      comment: 'Two files that import each other can only be understood together. Break the cycle with a third file.',
      severity: 'error',
      from: {},
      // Entities refer to each other in both directions; those imports are types and late-bound functions.
      to: { circular: true, viaOnly: { pathNot: '\\.entity\\.ts$' } },
    },
    {
      name: 'libs-do-not-import-apps',
      comment: 'Apps compose libraries, never the other way round.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|test|dev)/' },
    },
    {
      name: 'apps-do-not-import-each-other',
      comment:
        'The API and the worker are separate processes that share only the database and the queue; the command line knows ' +
        'nothing of the API but its document.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/($1/|api/openapi\\.json$)' },
    },
    {
      name: 'no-circle-of-folders',
      comment:
        'Folders that import each other are one folder with walls drawn through it: nobody can read, test or move one of ' +
        'them alone. Move what both need into a folder below.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    {
      name: 'api-never-reaches-clusters',
      comment:
        'The API stores desired state. If it could reach a cluster, not even through another library, a stolen API key could ' +
        'too.',
      severity: 'error',
      from: { path: '^apps/api/' },
      to: { path: '^libs/(engine|clusters|kube|[^/]+/worker)/', reachable: true },
    },
    {
      name: 'isolation-and-plans-are-pure',
      comment:
        'Rendering is a function of its input: no I/O, no clock, no framework. Preview, drift and proof rely on it.',
      severity: 'error',
      from: { path: '^libs/(isolation|plans)/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/(isolation|plans)/', '^node_modules/(zod|ipaddr\\.js)/'] },
    },
    {
      name: 'observability-is-pure',
      comment:
        'Rules and dashboards are rendered from names alone, so the files in a repository or a Prometheus are those that ' +
        'tests have checked. Code that queries a Prometheus is outside this library.',
      severity: 'error',
      from: { path: '^libs/observability/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^libs/observability/', '^libs/isolation/index\\.ts$', '^node_modules/yaml/'] },
    },
    {
      name: 'only-traffic-asks-prometheus',
      comment: 'Prometheus is external: limits on queries, and the validation of responses, are in one place.',
      severity: 'error',
      from: { path: '^libs/', pathNot: '^libs/traffic/' },
      to: { path: '^libs/traffic/' },
    },
    {
      name: 'only-kube-imports-the-kubernetes-client',
      comment: 'Its pitfalls (a TLS connection per request, no timeout) are handled in one place.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/kube/' },
      to: { path: '^node_modules/(@kubernetes/client-node|undici)/' },
    },
    {
      name: 'only-queue-imports-bullmq',
      comment: 'Two backends have to behave alike, so no other code may rely on one of them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/queue/' },
      to: { path: '^node_modules/(bullmq|ioredis)/' },
    },
    {
      name: 'libs-are-imported-by-their-root',
      comment:
        'What a library offers is in its index.ts and worker/index.ts; the rest may change without notice. Inside, imports ' +
        'are relative.',
      severity: 'error',
      from: { path: '^(libs/[^/]+|apps|test|migrations)/' },
      to: { path: '^libs/', pathNot: ['^$1/', '^libs/[^/]+/(worker/)?index\\.ts$'] },
    },
    {
      name: 'no-library-imports-its-own-root',
      comment: 'It would make the whole library a cycle.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/$1/(worker/)?index\\.ts$' },
    },
    {
      name: 'no-folders-without-a-subject',
      comment: 'A folder named common, shared, utils, helpers or core has no subject and collects unrelated code.',
      severity: 'error',
      from: {},
      to: { path: '/(common|shared|utils|helpers|core)/', pathNot: '^(node_modules|build|dist)/' },
    },
    {
      name: 'product-uses-no-development-dependency',
      comment: 'Only production dependencies are installed in production.',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^(build|dist)/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['bulkhead-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};
