import { compareCidrs } from '#plans';

import { type NetworkRule, ruleDirections, type RulePort } from '../model/network-rule.js';
import { isCutOff } from '../model/restriction.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';
import { type AddressPiece, addressPieces, type AddressSource } from '../rules/address-pieces.js';
import { alwaysClosed } from '../rules/closed-ranges.js';
import { outOfForce, rulesInForce } from '../rules/in-force.js';
import { networkPolicyPorts } from '../rules/port-set.js';
import { planSources } from './network-policy-egress.js';
import { distinctLabels, labelsKey, sourcesOf } from './rule-policies.js';

/** Addresses with which some pods of a tenant can speak from now on, or no longer. */
export interface ConnectionChange {
  change: 'opens' | 'closes';
  direction: NetworkRule['direction'];
  /** Names. */
  environments: string[];
  /** Of the pods, among the labels that rules select; empty: pods with none of them. */
  podLabels: Readonly<Record<string, string>>;
  ranges: {
    cidr: string;
    except: string[];
    /** Of the destination; empty: all traffic. */
    ports: RulePort[];
  }[];
}

/** A rule that comes into force or falls out of it, although it does not change itself. */
export interface RuleInForceChange {
  id: string;
  inForce: boolean;
  /** Why it is not in force, now or then. */
  detail: string;
}

/**
 * Compares what two desired states of a tenant open by address: exactly, not by samples. The environments are those of
 * the second. Pure.
 */
export function connectionChanges(before: TenantInput, after: TenantInput): ConnectionChange[] {
  const selected = distinctLabels([{ podLabels: {} }, ...(before.networkRules ?? []), ...(after.networkRules ?? [])]);
  const found = after.environments.flatMap((environment) =>
    ruleDirections.flatMap((direction) =>
      selected.flatMap((podLabels): ConnectionChange[] => {
        const [old, now] = [before, after].map((tenant) => openTo(tenant, environment, direction, podLabels));
        const about = { direction, podLabels, environments: [environment.name] };
        return [
          { ...about, change: 'opens' as const, ranges: rangesOf(without(now ?? [], old ?? [])) },
          { ...about, change: 'closes' as const, ranges: rangesOf(without(old ?? [], now ?? [])) },
        ].filter(({ ranges }) => ranges.length > 0);
      }),
    ),
  );
  const alike = Map.groupBy(found, ({ change, direction, podLabels, ranges }) =>
    JSON.stringify([change, direction, labelsKey(podLabels), ranges]),
  );
  return [...alike.values()].flatMap(([first, ...more]) => {
    return first === undefined
      ? []
      : [{ ...first, environments: [first, ...more].flatMap((each) => each.environments) }];
  });
}

/** Returns the rules that both states have and that are in force in one of them only. Pure. */
export function ruleChanges(before: TenantInput, after: TenantInput): RuleInForceChange[] {
  const known = new Set((before.networkRules ?? []).map(({ id }) => id));
  return (after.networkRules ?? []).flatMap((rule) => {
    const [old, now] = [outOfForce(rule, before), outOfForce(rule, after)];
    if (!known.has(rule.id) || (old === null) === (now === null)) return [];
    return [{ id: rule.id, inForce: now === null, detail: (now ?? old)?.detail ?? '' }];
  });
}

/** What is open by address to pods with exactly these labels. */
function openTo(
  tenant: TenantInput,
  environment: TenantEnvironment,
  direction: NetworkRule['direction'],
  podLabels: NetworkRule['podLabels'],
): AddressPiece[] {
  if (isCutOff(tenant)) return [];
  const applying = rulesInForce(tenant, environment).filter(
    (rule) =>
      rule.direction === direction &&
      rule.cidrs.length > 0 &&
      Object.entries(rule.podLabels).every(([key, value]) => podLabels[key] === value),
  );
  const ofPlan = direction === 'egress' ? planSources(tenant) : [];
  return addressPieces([...ofPlan, ...applying.flatMap(sourcesOf)], alwaysClosed(tenant));
}

function without(pieces: readonly AddressPiece[], removed: readonly AddressPiece[]): AddressPiece[] {
  const sources = (of: readonly AddressPiece[], action: AddressSource['action']): AddressSource[] =>
    of.map(({ cidr, except, ports }) => ({ action, cidrs: [cidr], except, ports }));
  return addressPieces([...sources(pieces, 'allow'), ...sources(removed, 'deny')], []);
}

function rangesOf(pieces: readonly AddressPiece[]): ConnectionChange['ranges'] {
  return [...pieces]
    .sort((a, b) => compareCidrs(a.cidr, b.cidr))
    .map(({ cidr, except, ports }) => ({
      cidr: cidr.text,
      except: [...except].sort(compareCidrs).map(({ text }) => text),
      ports: networkPolicyPorts(ports) ?? [],
    }));
}
