import { describe, expect, test } from 'vitest';

import { type MeshOffer, missingMeshCapabilities } from './mesh-capabilities.js';
import { meshSchema } from './plan-mesh.js';

const limited = { rateLimit: { requestsPerSecond: 10 } };
const waypoint = { waypoint: true };

describe('the capabilities that a plan needs of a mesh', () => {
  test.for<[MeshOffer['kind'], boolean, object, string[]]>([
    [null, false, {}, []],
    [null, false, waypoint, []],
    [null, false, limited, ['rateLimit']],
    ['istio-sidecar', false, { ...limited, ...waypoint }, []],
    ['linkerd', false, { ...limited, ...waypoint }, []],
    ['istio-ambient', true, waypoint, []],
    ['istio-ambient', false, waypoint, ['waypoint']],
    ['istio-ambient', true, limited, ['rateLimit']],
    ['linkerd', true, { mtls: 'permissive' }, ['mtls']],
    ['istio-ambient', true, { mtls: 'permissive' }, []],
    [null, false, { mode: 'none' }, []],
  ])('of %s (Gateway API: %s), %o', ([kind, gatewayApi, spec, missing]) => {
    const found = missingMeshCapabilities(meshSchema.parse(spec), { kind, gatewayApi });
    expect(found.map(({ capability }) => capability)).toEqual(missing);
  });
});
