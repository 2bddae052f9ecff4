import { uuidOf } from '#persistence';
import { ClustersService } from '#tenancy';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';

import { Endpoint } from '../http/endpoint.decorator.js';
import { type PageOf, pageRequest, pageResponse, pageSchema } from '../http/paging.js';
import { clusterResponse, type ClusterResponse, listClustersQuery, toClusterResponse } from './cluster.schema.js';

const isClusterId = (text: string): boolean => uuidOf('cluster', text) !== null;

@ApiTags('clusters')
@Controller('v1')
export class ClustersController {
  constructor(private readonly clusters: ClustersService) {}

  @Get('clusters')
  @Endpoint({
    id: 'listClusters',
    summary: 'List clusters',
    description: 'The clusters that workers manage, each with its capabilities and service mesh.',
    permission: 'clusters:read',
    ok: { status: 200, schema: pageSchema(clusterResponse), description: 'Clusters, oldest first.' },
    fails: ['request.invalid', 'request.cursor_invalid'],
  })
  async list(
    @Query({ schema: listClustersQuery }) query: z.output<typeof listClustersQuery>,
  ): Promise<PageOf<ClusterResponse>> {
    return pageResponse(await this.clusters.list(pageRequest(query, isClusterId)), toClusterResponse);
  }

  @Get('clusters/:id')
  @Endpoint({
    id: 'getCluster',
    summary: 'Get a cluster and its capabilities',
    description: 'What a worker last found in the cluster. The API itself never talks to a cluster.',
    permission: 'clusters:read',
    ok: { status: 200, schema: clusterResponse, description: 'The cluster.' },
    fails: ['cluster.not_found'],
  })
  async get(@Param('id') id: string): Promise<ClusterResponse> {
    return toClusterResponse(await this.clusters.get(id));
  }
}
