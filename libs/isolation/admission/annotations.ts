import { exemptIstiodGateways, isImpersonatedDeployer, notTheImpersonatedDeployer } from './exemptions.js';
import { type BaselinePart } from './joined-policy.js';
import { isMark, markUnchanged } from './mesh-marks.js';
import { ALLOWED_ANNOTATIONS_ANNOTATION, parameter } from './parameters.js';
import { type Validation, write } from './policy.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/** Domains of annotations that tools for deployments and metrics read, and nothing that gives an object anything. */
const harmlessDomains = [
  'app.kubernetes.io',
  'argocd.argoproj.io',
  'batch.kubernetes.io',
  'checksum',
  'helm.sh',
  'helm.toolkit.fluxcd.io',
  'kubectl.kubernetes.io',
  'kustomize.toolkit.fluxcd.io',
  'meta.helm.sh',
  'prometheus.io',
];

/**
 * Further annotations, each by its whole key: others of their domains do more. `cert-manager.io/issuer-kind` would lead
 * to any issuer, and some clouds read their load balancers from `service.kubernetes.io/`.
 */
const harmlessKeys = [
  'cert-manager.io/issuer',
  'cert-manager.io/cluster-issuer',
  'cluster-autoscaler.kubernetes.io/safe-to-evict',
  'controller.kubernetes.io/pod-deletion-cost',
  'karpenter.sh/do-not-disrupt',
  'kubernetes.io/change-cause',
  'kubernetes.io/description',
  'kubernetes.io/egress-bandwidth',
  'kubernetes.io/ingress-bandwidth',
  // Notes of admission plug-ins about what they set.
  'kubernetes.io/limit-ranger',
  'openshift.io/scc',
  'security.openshift.io/validated-scc-subject-type',
  'nginx.ingress.kubernetes.io/proxy-read-timeout',
  'nginx.ingress.kubernetes.io/ssl-redirect',
  'service.kubernetes.io/topology-aware-hints',
  'service.kubernetes.io/topology-mode',
];

/** Domains whose values others check: the policies about pods, and Pod Security Admission. */
const checkedDomains = [
  'bulkhead.io',
  'container.apparmor.security.beta.kubernetes.io',
  'container.seccomp.security.alpha.kubernetes.io',
];

/**
 * Domains that controllers write on Secrets, ConfigMaps and claims to note what they did, as accounts of their own, and
 * that make none of them read or write in another namespace. Not the domains of tools that copy objects between namespaces
 * (Reflector, Replicator, config-syncer), fill them from a vault, or import volumes.
 */
const domainsOfData = [
  'acme.cert-manager.io',
  'cert-manager.io',
  'control-plane.alpha.kubernetes.io',
  'kapp.k14s.io',
  'kubernetes.io',
  'openshift.io',
  'pv.kubernetes.io',
  'reconcile.external-secrets.io',
  'reloader.stakater.com',
  'sealedsecrets.bitnami.com',
  'service.alpha.openshift.io',
  'service.beta.openshift.io',
  'volume.beta.kubernetes.io',
  'volume.kubernetes.io',
];

/** CEL over `key`: the annotation means nothing to controllers, or the plan allows it. */
function isAllowed(domains: readonly string[]): string {
  const quoted = (texts: readonly string[]): string => `[${texts.map((text) => `'${text}'`).join(', ')}]`;
  const ofPlan = `${parameter(ALLOWED_ANNOTATIONS_ANNOTATION)}.split(',')`;
  return (
    `!key.contains('/') || key.split('/')[0] in ${quoted(domains)} || key in ${quoted(harmlessKeys)} || ` +
    `key in ${ofPlan} || key.split('/')[0] in ${ofPlan}`
  );
}

/** Allows only annotations that mean nothing to gateways, certificates and DNS, and those of the plan. */
export function harmlessAnnotations(message: string): Validation {
  return {
    expression: `object.metadata.?annotations.orValue({}).all(key, ${isAllowed(harmlessDomains)} || ${markUnchanged('annotations')})`,
    message,
  };
}

const isTemplated = "!(request.resource.resource in ['pods', 'services', 'serviceaccounts'])";

/** CEL: the annotations of an object, or of the pods that it makes. */
const annotationsOf = (of: string): string =>
  `(${isTemplated} ? ${of}.?template.orValue(${of}.?spec.?jobTemplate.?spec.?template.orValue(` +
  `${of}.?spec.?template.orValue({}))) : ${of}).?metadata.?annotations.orValue({})`;

/**
 * Allows annotations by domain. By others, controllers give a pod or a Service a name, an address, a network, a load
 * balancer or an identity of the cloud: there are dozens, and each release adds some. What an update leaves as it was is
 * not checked: controllers write there, too.
 */
export function checkAnnotations({ mesh }: Pick<AdmissionBaseline, 'mesh'>): BaselinePart {
  return {
    name: 'annotations',
    rules: [
      write('', 'pods', 'services', 'serviceaccounts', 'podtemplates', 'replicationcontrollers'),
      write('apps', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'),
      write('batch', 'cronjobs', 'jobs'),
    ],
    conditions: [notTheImpersonatedDeployer, ...exemptIstiodGateways(mesh)],
    variables: [
      { name: 'annotations', expression: annotationsOf('object') },
      {
        name: 'annotationsBefore',
        expression: `request.operation == 'CREATE' ? {} : ${annotationsOf('oldObject')}`,
      },
    ],
    validations: [
      {
        // What meshes read is checked apart.
        expression:
          `variables.annotations.all(key, ${isAllowed([...harmlessDomains, ...checkedDomains])} || ${isMark('key')} || ` +
          'variables.annotationsBefore[?key] == optional.of(variables.annotations[key]))',
        message:
          'The plan does not allow annotations of this domain: they could claim names, addresses, networks or ' +
          'identities.',
      },
    ],
  };
}

const DATA_MESSAGE =
  'The plan does not allow annotations of this domain: controllers could copy, fill or import what belongs to others.';

/**
 * Allows annotations of Secrets, ConfigMaps and claims by domain. By others, controllers that all tenants share copy
 * objects between namespaces, read a vault, or take volumes from elsewhere.
 */
export function checkDataAnnotations(): BaselinePart {
  const before = "(request.operation == 'CREATE' ? {} : oldObject.metadata.?annotations.orValue({}))";
  return {
    name: 'data-annotations',
    rules: [write('', 'configmaps', 'persistentvolumeclaims', 'secrets')],
    conditions: [notTheImpersonatedDeployer],
    validations: [
      {
        expression:
          `object.metadata.?annotations.orValue({}).all(key, ${isAllowed([...harmlessDomains, ...checkedDomains, ...domainsOfData])} || ` +
          `${isMark('key')} || ${before}[?key] == optional.of(object.metadata.annotations[key]))`,
        message: DATA_MESSAGE,
      },
    ],
  };
}

/** The same for claims that controllers make from templates which a tenant wrote. */
export const annotationsOfClaims: Validation = {
  expression:
    `request.operation != 'CREATE' || ${isImpersonatedDeployer} || ` +
    `object.metadata.?annotations.orValue({}).all(key, ` +
    `${isAllowed([...harmlessDomains, ...checkedDomains, ...domainsOfData])} || ${isMark('key')})`,
  message: DATA_MESSAGE,
};
