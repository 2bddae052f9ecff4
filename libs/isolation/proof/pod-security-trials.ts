import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects } from './plain-objects.js';
import { control, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

/** A pod field that the Pod Security Standards restrict. */
interface Field {
  id: string;
  title: string;
  benchmark?: string;
  level: 'baseline' | 'restricted';
  /** Faulty pods, each with its fault. */
  faults: (plain: PlainObjects) => [Json, TriedWrite][];
}

const volume = (source: Json): Json => ({ volumes: [{ name: 'proof', ...source }] });

const inContainer =
  (...contexts: Json[]): Field['faults'] =>
  (plain) =>
    contexts.map((context) => [{ 'containers[0].securityContext': context }, plain.podOf({}, context)]);
const inPod =
  (...contexts: Json[]): Field['faults'] =>
  (plain) =>
    contexts.map((context) => [{ securityContext: context }, plain.podWith(context)]);
const inSpec =
  (...specs: Json[]): Field['faults'] =>
  (plain) =>
    specs.map((spec) => [spec, plain.pod(spec)]);
const inSource =
  (...more: Json[]): Field['faults'] =>
  (plain) =>
    more.map((each) => [{ 'containers[0]': each }, plain.podOf(each)]);

/**
 * The fields of the Pod Security Standards in the order of the documentation (kubernetes.io, Pod Security Standards);
 * those that the Multi-Tenancy Benchmarks check have their id. A pod that differs from a plain one only in such a field
 * must be refused.
 */
const fields: readonly Field[] = [
  {
    id: 'block-add-capabilities',
    title: 'Containers cannot add capabilities',
    level: 'restricted',
    benchmark: 'MTB-PL1-BC-CPI-3',
    faults: inContainer({ capabilities: { drop: ['ALL'], add: ['SETPCAP'] } }),
  },
  {
    id: 'require-non-root',
    title: 'Containers must not run as root',
    level: 'restricted',
    benchmark: 'MTB-PL1-BC-CPI-4',
    faults: inContainer({ runAsNonRoot: false }, { runAsUser: 0 }),
  },
  {
    id: 'block-privileged',
    title: 'Containers cannot be privileged',
    level: 'baseline',
    benchmark: 'MTB-PL1-BC-CPI-5',
    faults: inContainer({ privileged: true, allowPrivilegeEscalation: true }),
  },
  {
    id: 'block-privilege-escalation',
    title: 'Processes cannot gain privileges',
    level: 'restricted',
    benchmark: 'MTB-PL1-BC-CPI-6',
    faults: inContainer({ allowPrivilegeEscalation: true }),
  },
  {
    id: 'block-host-path',
    title: 'Pods cannot mount paths of their node',
    level: 'baseline',
    benchmark: 'MTB-PL1-BC-HI-1',
    faults: inSpec(volume({ hostPath: { path: '/' } })),
  },
  {
    id: 'block-host-network',
    title: 'Pods cannot use the network or ports of their node',
    level: 'baseline',
    benchmark: 'MTB-PL1-BC-HI-3',
    faults: (plain) => [
      ...inSpec({ hostNetwork: true })(plain),
      ...inSource({ ports: [{ containerPort: 8086, hostPort: 8086 }] })(plain),
    ],
  },
  {
    id: 'block-host-pid',
    title: 'Pods cannot see the processes of their node',
    level: 'baseline',
    benchmark: 'MTB-PL1-BC-HI-4',
    faults: inSpec({ hostPID: true }),
  },
  {
    id: 'block-host-ipc',
    title: 'Pods cannot share memory with their node',
    level: 'baseline',
    benchmark: 'MTB-PL1-BC-HI-5',
    faults: inSpec({ hostIPC: true }),
  },
  {
    id: 'block-dangerous-capabilities',
    title: 'Containers cannot add dangerous capabilities',
    level: 'baseline',
    faults: inContainer(
      { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
      { capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } },
    ),
  },
  {
    id: 'require-dropped-capabilities',
    title: 'Containers must drop all capabilities',
    level: 'restricted',
    faults: inContainer({ capabilities: { drop: ['NET_RAW'] } }),
  },
  {
    id: 'block-unconfined-seccomp',
    title: 'Seccomp cannot be turned off',
    level: 'baseline',
    faults: (plain) => [
      ...inPod({ seccompProfile: { type: 'Unconfined' } })(plain),
      ...inContainer({ seccompProfile: { type: 'Unconfined' } })(plain),
    ],
  },
  {
    id: 'block-apparmor-override',
    title: 'AppArmor cannot be turned off',
    level: 'baseline',
    faults: inContainer({ appArmorProfile: { type: 'Unconfined' } }),
  },
  {
    id: 'block-selinux-options',
    title: 'Pods cannot choose SELinux types or users',
    level: 'baseline',
    faults: inPod({ seLinuxOptions: { type: 'spc_t' } }, { seLinuxOptions: { user: 'system_u' } }),
  },
  {
    id: 'block-proc-mount',
    title: '/proc stays masked',
    level: 'baseline',
    faults: (plain) => {
      const context = { procMount: 'Unmasked' };
      return [[context, plain.pod({ hostUsers: false, containers: [plain.container({}, context)] })]];
    },
  },
  {
    id: 'block-unsafe-sysctls',
    title: 'Pods cannot set unsafe sysctls',
    level: 'baseline',
    faults: inPod({ sysctls: [{ name: 'kernel.msgmax', value: '65536' }] }),
  },
  {
    id: 'block-host-process',
    title: 'Windows pods cannot be processes of their host',
    level: 'baseline',
    faults: (plain) => {
      const spec = { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } };
      return [[spec, plain.pod(spec)]];
    },
  },
  {
    id: 'block-probe-hosts',
    title: 'Probes and hooks cannot name another host',
    level: 'baseline',
    faults: inSource(
      { livenessProbe: { httpGet: { port: 80, host: '169.254.169.254' } } },
      { lifecycle: { postStart: { httpGet: { port: 80, host: '169.254.169.254' } } } },
    ),
  },
  {
    // The admission baseline enforces this at either level.
    id: 'require-claimed-storage',
    title: 'Pods can get storage only through claims',
    level: 'baseline',
    // Without an id: the benchmark proposed this check (kubernetes-sigs/multi-tenancy#1198) but never got it.
    benchmark: 'MTB pending #1198',
    faults: inSpec(
      volume({ nfs: { server: '192.0.2.1', path: '/' } }),
      volume({ iscsi: { targetPortal: '192.0.2.1', iqn: 'iqn.2001-04.example:storage', lun: 0 } }),
      volume({ csi: { driver: 'another.csi.invalid' } }),
    ),
  },
];

/** Returns one check for each field of the Pod Security Standards, for one namespace. */
export function podSecurityTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  const { enforce } = tenant.plan.spec.podSecurity;
  return fields.map(({ level, faults, ...title }) => {
    const isLeftOut = level === 'restricted' && enforce === 'baseline';
    return trialCheck(
      { ...title, area: 'pods' },
      [control(plain.pod()), ...faults(plain).map(([detail, write]) => refused(write, detail))],
      isLeftOut ? 'The plan enforces "baseline", which allows this.' : null,
    );
  });
}
