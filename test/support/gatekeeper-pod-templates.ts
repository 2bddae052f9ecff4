import { annotated, container, each, pod, secured, shape, type TemplateTrial } from './gatekeeper-shape.js';

const exempt = 'package lib.exempt\n\nis_exempt(c) {\n  startswith(c.image, input.parameters.exempt[_])\n}\n';

const exempted = `${each}; not exempt.is_exempt(c); c.securityContext.privileged`;

/** Templates of pod security. */
export const podSecurity: readonly TemplateTrial[] = [
  {
    ...shape('privileged', exempted, secured({ privileged: false }), secured({ privileged: true }), {
      libs: [exempt],
      parameters: { exempt: ['trusted/'] },
    }),
  },
  shape(
    'hostnamespaces',
    'shares(o)\n---\nshares(p) { p.spec.hostPID }\nshares(p) { p.spec.hostIPC }',
    pod({}),
    pod({ hostIPC: true }),
  ),
  shape(
    'hostnetwork',
    `outside(o)\n---\noutside(p) { not input.parameters.hostNetwork; p.spec.hostNetwork }\noutside(p) { port := p.spec.containers[_].ports[_].hostPort; port > input.parameters.max }`,
    container({ ports: [{ hostPort: 80 }] }),
    container({ ports: [{ hostPort: 99 }] }),
    { parameters: { hostNetwork: false, max: 90 } },
  ),
  shape(
    'readonlyroot',
    `${each}; not c.securityContext.readOnlyRootFilesystem == true`,
    secured({ readOnlyRootFilesystem: true }),
    container({}),
  ),
  shape(
    'escalation',
    `${each}; not c.securityContext.allowPrivilegeEscalation == false`,
    secured({ allowPrivilegeEscalation: false }),
    container({}),
  ),
  shape(
    'capabilities',
    `${each}; added := {k | k := c.securityContext.capabilities.add[_]}; count(added - {k | k := input.parameters.allowed[_]}) > 0`,
    secured({ capabilities: { add: ['CHOWN'] } }),
    secured({ capabilities: { add: ['SYS_ADMIN'] } }),
    { parameters: { allowed: ['CHOWN'] } },
  ),
  shape(
    'volumetypes',
    'kinds := {k | o.spec.volumes[_][k]; k != "name"}; bad := kinds - {k | k := input.parameters.volumes[_]}; count(bad) > 0',
    pod({ volumes: [{ name: 'a', emptyDir: {} }] }),
    pod({ volumes: [{ name: 'a', hostPath: {} }] }),
    { parameters: { volumes: ['emptyDir'] } },
  ),
  shape(
    'hostfilesystem',
    'v := o.spec.volumes[_]; v.hostPath; not allowed(v.hostPath.path)\n---\nallowed(path) { a := input.parameters.paths[_]; startswith(path, a.pathPrefix); a.readOnly }',
    pod({ volumes: [{ hostPath: { path: '/var/log' } }] }),
    pod({ volumes: [{ hostPath: { path: '/etc' } }] }),
    { parameters: { paths: [{ pathPrefix: '/var', readOnly: true }] } },
  ),
  shape(
    'flexvolumes',
    'v := o.spec.volumes[_].flexVolume; not known(v.driver)\n---\nknown(driver) { input.parameters.drivers[_].driver == driver }',
    pod({ volumes: [{ flexVolume: { driver: 'a' } }] }),
    pod({ volumes: [{ flexVolume: { driver: 'b' } }] }),
    { parameters: { drivers: [{ driver: 'a' }] } },
  ),
  shape(
    'seccomp',
    'not listed(profile(o))\n---\nlisted(name) { name == input.parameters.profiles[_] }\nprofile(p) = out { out := p.spec.securityContext.seccompProfile.type } else = "none" { true }',
    pod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }),
    pod({}),
    { parameters: { profiles: ['RuntimeDefault'] } },
  ),
  shape(
    'apparmor',
    `${each}; not listed(profile_of(o, c))\n---\nlisted(name) { name == input.parameters.profiles[_] }\nprofile_of(p, c) = out { out := p.metadata.annotations[sprintf("apparmor/%v", [c.name])] } else = "none" { true }`,
    annotated({ 'apparmor/c': 'runtime/default' }),
    annotated({}),
    { parameters: { profiles: ['runtime/default'] } },
  ),
  shape(
    'selinux',
    `${each}; opts := c.securityContext.seLinuxOptions; not all([same | v = input.parameters.options[k]; same := compare(opts[k], v)])\n---\ncompare(a, b) = true { a == b } else = false { true }`,
    secured({ seLinuxOptions: { level: 's0' } }),
    secured({ seLinuxOptions: { level: 's1' } }),
    { parameters: { options: { level: 's0' } } },
  ),
  shape(
    'procmount',
    `${each}; c.securityContext.procMount != input.parameters.procMount`,
    secured({ procMount: 'Default' }),
    secured({ procMount: 'Unmasked' }),
    { parameters: { procMount: 'Default' } },
  ),
  shape(
    'fsgroup',
    'not in_range(o.spec.securityContext.fsGroup)\n---\nin_range(id) { r := input.parameters.ranges[_]; id >= r.min; id <= r.max }',
    pod({ securityContext: { fsGroup: 5 } }),
    pod({ securityContext: { fsGroup: 50 } }),
    { parameters: { ranges: [{ min: 1, max: 9 }] } },
  ),
  shape(
    'users',
    `${each}; rule := input.parameters.runAsUser; rule.rule == "MustRunAsNonRoot"; id := object.get(object.get(c, "securityContext", {}), "runAsUser", 0); id == 0`,
    secured({ runAsUser: 5 }),
    container({}),
    { parameters: { runAsUser: { rule: 'MustRunAsNonRoot' } } },
  ),
  shape(
    'sysctls',
    's := o.spec.securityContext.sysctls[_].name; forbidden(s)\n---\nforbidden(name) { glob.match(input.parameters.forbidden[_], [], name) }',
    pod({ securityContext: { sysctls: [{ name: 'net.a' }] } }),
    pod({ securityContext: { sysctls: [{ name: 'kernel.b' }] } }),
    { parameters: { forbidden: ['kernel.*'] } },
  ),
];
