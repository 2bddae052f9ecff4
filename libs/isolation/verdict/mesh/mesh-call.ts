import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { type MeshFacts, type WorkloadIdentity } from '../../model/tenant-input.js';
import { type Labels } from '../label-selector.js';

/** A connection as the receiving proxy sees it. */
export interface MeshCall {
  /** Whom the caller's certificate names; null: it has none, the connection is plaintext. */
  identity: WorkloadIdentity | null;
  /** Where it comes from, for policies that go by addresses; absent: from none that a policy names. */
  address?: string;
  to: CalledPod;
  /** The port at which the pod listens. */
  port: number;
  /** The Service that was called, where a waypoint stands in front of it; absent: the pod itself. */
  service?: { name: string; port: number };
}

export interface CalledPod {
  namespace: string;
  labels: Labels;
}

/** What one proxy says. */
export interface MeshVerdict {
  allowed: boolean;
  /** The objects that decide, as `Kind/name`; empty: none is about the pod. */
  because: string[];
}

/** The mesh, as far as verdicts depend on it. */
export type JudgedMesh = Pick<MeshFacts, 'kind' | 'trustDomain' | 'controlPlaneNamespace'>;

export function titleOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}
