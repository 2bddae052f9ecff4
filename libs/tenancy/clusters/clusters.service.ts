import { type Page, pageOf, type PageRequest, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThan, type Repository } from 'typeorm';

import { Cluster } from './cluster.entity.js';

/** Reads clusters as detected by a worker. */
@Injectable()
export class ClustersService {
  constructor(@InjectRepository(Cluster) private readonly clusters: Repository<Cluster>) {}

  /** Lists clusters, oldest first. */
  async list({ limit, after }: PageRequest): Promise<Page<Cluster>> {
    const rows = await this.clusters.find({
      where: after === null ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  /** @throws `cluster.not_found` */
  async get(id: string): Promise<Cluster> {
    const cluster = uuidOf('cluster', id) === null ? null : await this.clusters.findOneBy({ id });
    if (cluster === null) throw new DomainError('cluster.not_found', `There is no cluster "${id}".`);
    return cluster;
  }
}
