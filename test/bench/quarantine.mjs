import { openDatabase, openOperations } from './measure/database.mjs';
import { readFlags } from './measure/flags.mjs';
import { OpenWays } from './measure/open-ways.mjs';
import { memory, untilQuiet } from './measure/processes.mjs';
import { RacingMember } from './measure/racing-member.mjs';
import { prepare } from './measure/setting.mjs';
import { ms, pause, quantile, round } from './measure/statistics.mjs';

const MEMBER = 'mallory@bench.example';
/** How long a member goes on racing after the quarantine. */
const AFTERWARDS_MS = 500;
const HOLD = { source: 'security', effect: 'quarantine', reason: 'bench' };

/**
 * Measures how fast a tenant is cut off while the worker has a backlog: from sending `POST /v1/tenants/{id}/holds`
 * until a watch in this process sees that no NetworkPolicy of the tenant opens anything. The raw loop, for comparison,
 * deletes the policies that open something, under the same backlog.
 *
 * `--racers N`: meanwhile a member of the tenant gives themselves access in so many loops. `raced…` is then the time from
 * the call until nothing that the member tries succeeds any more, and `readableAfterwards` in how many tenants something
 * did later.
 */
export default async function quarantine({ args, log, ...context }) {
  const flags = readFlags(args, { tenants: 1_000, samples: 50, backlog: 250, timeout: 60, racers: 0, plan: 'team' });
  const { tenants: count, samples, backlog, plan } = flags;
  const setting = await prepare(context, plan);
  const { bulkhead, cluster, raw, run } = setting;
  await bulkhead.require('POST', '/v1/tenants/{id}/holds');
  const database = await openDatabase(context.databaseUrl);
  const ways = await OpenWays.watch(cluster);
  log(`provisioning ${count} tenants`);
  const { tenants } = await bulkhead.provision(`bench-${run}`, count, 32, plan);
  const busy = new Backlog(bulkhead, database, tenants.slice(samples), backlog);
  const timeoutMs = flags.timeout * 1000;
  for (let number = 0; number < samples; number++) await raw.apply(`raw-${run}-${number}`);
  await untilQuiet();

  const [times, rawTimes, backlogs] = [[], [], []];
  const races = { times: [], readable: 0, successes: 0 };
  for (let number = 0; number < Math.min(samples, tenants.length); number++) {
    await busy.fill();
    const rawSlug = `raw-${run}-${number}`;
    rawTimes.push(await ways.closed(rawNamespaces(raw, rawSlug), timeoutMs, () => rawClose(cluster, raw, rawSlug)));
    const tenant = tenants[number];
    backlogs.push(await busy.fill());
    const namespaces = tenant.namespaces.map(({ name }) => name);
    const member = await racingMember(setting, tenant, flags.racers);
    const startedAt = performance.now();
    times.push(
      await ways.closed(namespaces, timeoutMs, () => bulkhead.accept('POST', `/v1/tenants/${tenant.id}/holds`, HOLD)),
    );
    if (member !== null) await endRace(member, startedAt, races);
  }
  const lifted = await lift(bulkhead, ways, tenants[0]);
  await database.end();
  await setting.close();
  return {
    bench: 'quarantine',
    tenants: count + 1,
    samples: times.length,
    backlogAtLeast: Math.min(...backlogs),
    p50Ms: ms(quantile(times, 0.5)),
    p99Ms: ms(quantile(times, 0.99)),
    maxMs: ms(quantile(times, 1)),
    rawP50Ms: ms(quantile(rawTimes, 0.5)),
    rawP99Ms: ms(quantile(rawTimes, 0.99)),
    ratioToRaw: round(quantile(times, 0.5) / quantile(rawTimes, 0.5)),
    lifted,
    ...(flags.racers > 0 && {
      racedP50Ms: ms(quantile(races.times, 0.5)),
      racedP99Ms: ms(quantile(races.times, 0.99)),
      racedWrites: races.successes,
      readableAfterwards: races.readable,
    }),
    rssMb: memory('worker').rssMb,
  };
}

/** Makes somebody a member of the tenant, who races from the moment on that they have access; null without racers. */
async function racingMember({ bulkhead, cluster }, tenant, loops) {
  if (loops === 0) return null;
  const members = [{ kind: 'User', name: MEMBER, role: 'tenant-admin' }];
  await bulkhead.change('PATCH', `/v1/tenants/${tenant.id}`, { members });
  const member = new RacingMember(cluster, { namespace: tenant.namespaces[0].name, user: MEMBER, loops });
  while (member.successes < 20) await pause(5);
  return member;
}

async function endRace(member, startedAt, races) {
  let quietSince = performance.now();
  // Until nothing has succeeded for a while, or for the time that a quarantine may take.
  while (performance.now() - quietSince < AFTERWARDS_MS && performance.now() - startedAt < 10_000) {
    await pause(20);
    quietSince = Math.max(quietSince, member.lastSuccess);
  }
  races.times.push(Math.max(0, member.lastSuccess - startedAt));
  races.successes += member.successes;
  if (await member.stop()) races.readable += 1;
}

/** Changes of other tenants that are not waited for, so that a quarantine has something to overtake. */
class Backlog {
  #next = 0;
  #value = 0;

  constructor(bulkhead, database, tenants, size) {
    Object.assign(this, { bulkhead, database, tenants, size });
  }

  /** Refills the backlog; returns how many operations were open afterwards. */
  async fill() {
    const missing = this.size - (await openOperations(this.database));
    const change = () => {
      const tenant = this.tenants[this.#next++ % this.tenants.length];
      const members = [{ kind: 'User', name: `user-${this.#value++}@bench.example`, role: 'tenant-viewer' }];
      return this.bulkhead.accept('PATCH', `/v1/tenants/${tenant.id}`, { members });
    };
    if (this.tenants.length > 0) await Promise.all(Array.from({ length: Math.max(0, missing) }, change));
    return openOperations(this.database);
  }
}

/** Removes the hold again; returns whether the policies that it closed came back. */
async function lift(bulkhead, ways, tenant) {
  const { items } = await bulkhead.expect('GET', `/v1/tenants/${tenant.id}/holds`);
  for (const { id } of items) await bulkhead.change('DELETE', `/v1/tenants/${tenant.id}/holds/${id}`);
  return tenant.namespaces.every(({ name }) => ways.isOpen(name));
}

function rawNamespaces(raw, slug) {
  return raw
    .objects(slug)
    .filter(({ kind }) => kind === 'Namespace')
    .map(({ metadata }) => metadata.name);
}

async function rawClose(cluster, raw, slug) {
  const open = raw.objects(slug).filter((object) => object.kind === 'NetworkPolicy' && OpenWays.opens(object));
  await Promise.all(open.map(async (object) => cluster.request('DELETE', await cluster.pathOf(object))));
}
