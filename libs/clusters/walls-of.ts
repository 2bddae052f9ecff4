import { type ClusterFacts, type Walls } from '#isolation';

/** The walls that a cluster must have, from what is known of it. */
export function wallsOf(provisioner: string, { mutatesPods, mesh }: ClusterFacts): Walls {
  return { provisioner, mutates: mutatesPods === true, mesh: mesh ?? null };
}
