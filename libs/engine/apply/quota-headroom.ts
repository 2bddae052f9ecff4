import { setTimeout as pause } from 'node:timers/promises';

import { ACCESS_QUOTA_NAME } from '#isolation';
import { type KubeClient, type LiveObject } from '#kube';
import { canonicalQuantity, parseQuantity } from '#plans';

/** How long the quota controller is given to take up a new size, in milliseconds: 2 s together. */
const PAUSES_MS = [8, 16, 32, 64, 128, 256, 512, 1024];

type Quantities = Record<string, string>;
type Quota = LiveObject & { spec: { hard: Quantities }; status?: { hard?: Quantities; used?: Quantities } };

/**
 * Does something while the quota of what gives access has room for so many more objects of each kind, although the
 * tenant has more than its share of some: whatever a tenant has, Bulkhead's own walls, links and members get in. A tenant
 * that writes at the same moment can take that room, and keeps what it wrote; the work fails then, and the next pass
 * tries again. A worker that dies meanwhile leaves the quota too large, which the next pass puts right.
 * @param count how many objects are to be made
 * @throws what the work throws; KubeError, KubeUnreachable
 */
export async function withOwnRoom(
  kube: KubeClient,
  namespace: string,
  count: number,
  work: () => Promise<void>,
): Promise<void> {
  const key = { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: ACCESS_QUOTA_NAME };
  const look = async (): Promise<Quota | null> => (await kube.get(key)) as Quota | null;
  const quota = await look();
  if (quota === null) return work();
  const { hard } = quota.spec;
  const wider = widened(quota, count);
  try {
    await kube.patch(key, { spec: { hard: wider } });
    for (const ms of PAUSES_MS) {
      const { hard: inForce = {} } = (await look())?.status ?? {};
      if (Object.entries(wider).every(([name, limit]) => inForce[name] === limit)) break;
      await pause(ms);
    }
    await work();
  } finally {
    await kube.patch(key, { spec: { hard } });
  }
}

/** The sizes of a quota that has room for so many more of each kind than there are and than it allows. */
function widened({ spec, status }: Quota, count: number): Quantities {
  const sizes = Object.entries(spec.hard).map(([name, limit]) => {
    const [most, used] = [countIn(limit), countIn(status?.used?.[name] ?? '0')];
    return [name, canonicalQuantity(String((used > most ? used : most) + BigInt(count)))] as const;
  });
  return Object.fromEntries(sizes);
}

function countIn(quantity: string): bigint {
  return parseQuantity(quantity) / parseQuantity('1');
}
