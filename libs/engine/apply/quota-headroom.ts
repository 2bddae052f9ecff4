import { ACCESS_QUOTA_NAME } from '#isolation';
import { type KubeClient, type LiveObject } from '#kube';
import { canonicalQuantity, parseQuantity } from '#plans';

/** Pauses while the quota controller takes up a new size, in milliseconds: 2 s together. */
const PAUSES_MS = [8, 16, 32, 64, 128, 256, 512, 1024];

type Quantities = Record<string, string>;
type Quota = LiveObject & { spec: { hard: Quantities }; status?: { hard?: Quantities; used?: Quantities } };

/**
 * Does work while the access quota of a namespace has room for more objects of each kind, even if the tenant exceeds
 * its share of some: Bulkhead's own objects always fit in. A tenant that writes at the same moment can take that room,
 * and keeps what it wrote; the work then fails, and the next pass tries again. If the worker dies in between, the quota
 * stays too large until the next pass corrects it.
 * @param count how many objects the work creates
 * @throws the errors of `work`; KubeError, KubeUnreachable
 */
export async function withRaisedQuota(
  kube: KubeClient,
  namespace: string,
  count: number,
  work: () => Promise<void>,
): Promise<void> {
  const key = { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: ACCESS_QUOTA_NAME };
  const read = async (): Promise<Quota | null> => (await kube.get(key)) as Quota | null;
  const quota = await read();
  if (quota === null) return work();
  const { hard } = quota.spec;
  const raised = raisedBy(quota, count);
  try {
    await kube.patch(key, { spec: { hard: raised } });
    for (const ms of PAUSES_MS) {
      const { hard: inForce = {} } = (await read())?.status ?? {};
      if (Object.entries(raised).every(([name, limit]) => inForce[name] === limit)) break;
      await kube.pause(ms);
    }
    await work();
  } finally {
    await kube.patch(key, { spec: { hard } });
  }
}

/** The sizes of a quota with room for `count` more of each kind than exist and than it allows. */
function raisedBy({ spec, status }: Quota, count: number): Quantities {
  const sizes = Object.entries(spec.hard).map(([name, limit]) => {
    const [most, used] = [countIn(limit), countIn(status?.used?.[name] ?? '0')];
    return [name, canonicalQuantity(String((used > most ? used : most) + BigInt(count)))] as const;
  });
  return Object.fromEntries(sizes);
}

function countIn(quantity: string): bigint {
  return parseQuantity(quantity) / parseQuantity('1');
}
