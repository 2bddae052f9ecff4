// Generated from apps/api/openapi.json by `npm run docs`. Do not edit.
export interface paths {
    "/v1/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List tenants
         * @description Newest first. Filters can be combined.
         */
        get: operations["listTenants"];
        put?: never;
        /**
         * Create a tenant
         * @description Stores the tenant and returns at once; a worker then creates its namespaces and everything in them. The slug cannot be changed later.
         */
        post: operations["createTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/by-external-id/{externalId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a tenant by its external id
         * @description The same as by its id. Deleted tenants have no external id any more.
         */
        get: operations["getTenantByExternalId"];
        /**
         * Create or update a tenant by its external id
         * @description Sent twice, or by two callers at once, it creates one tenant. Absent members stay as they are. A plan without a version keeps the version that the tenant has of that plan. Creating also needs `tenants:create`. With `If-None-Match: *` it only creates, with `If-Match` it only updates.
         */
        put: operations["putTenant"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a tenant
         * @description The `ETag` of the response can be sent as `If-Match` with a change. With `wait`, answers once the tenant has no unfinished operation.
         */
        get: operations["getTenant"];
        put?: never;
        post?: never;
        /**
         * Delete a tenant
         * @description Deletes everything the tenant has in the cluster at `deletesAt`. Until then its data is kept, and `undelete` cancels the deletion. Without parameters, the tenant is suspended at once and deleted when the retention of its plan is over. With `at` or `after` it runs on until then, for example to the end of the time that was paid for, and can be changed. Repeated requests return the same operation.
         */
        delete: operations["deleteTenant"];
        options?: never;
        head?: never;
        /**
         * Update a tenant
         * @description JSON Merge Patch (RFC 7396): absent fields stay unchanged, null clears.
         */
        patch: operations["updateTenant"];
        trace?: never;
    };
    "/v1/tenants/{id}/deletion-certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the deletion certificate of a tenant
         * @description The signed proof that the tenant was deleted. `jws` covers all of `statement`. Verify it with `bulkhead verify-certificate`, or with any JWS library and the keys at `/.well-known/bulkhead-deletion-keys.json`.
         */
        get: operations["getDeletionCertificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the drift of a tenant
         * @description What others changed in the cluster, field by field and by whom, as of the worker’s last look; the API itself never talks to a cluster. Changes by Bulkhead (another plan, other members) are not drift.
         */
        get: operations["getTenantDrift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/environments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add an environment to a tenant
         * @description Creates one more namespace, within what the plan allows. The quota of the tenant is divided anew.
         */
        post: operations["addEnvironment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a tenant
         * @description Server-sent events. The first event is the current state; each later event is the state after a change. Short-lived states can be skipped, the latest never is. With `Last-Event-ID`, the state that the client already has is not sent again; if it was the last one, the status is 204. A comment is sent every 15 seconds. Each event is named `tenant` and contains the tenant, until it is deleted.
         */
        get: operations["followTenant"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the objects of a tenant in the cluster
         * @description What Bulkhead has written for the tenant, as a worker recorded it.
         */
        get: operations["listTenantObjects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview an update of a tenant
         * @description Takes the same body as `PATCH /v1/tenants/{id}`. Nothing is changed: a worker sends every object to the API server as a dry run. The answer is kept for a day. Send `token` as `If-Preview-Match` with the PATCH to apply exactly the previewed change or nothing.
         */
        post: operations["previewTenantUpdate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/undelete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a scheduled deletion
         * @description Possible until the deletion begins.
         */
        post: operations["undeleteTenant"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/bulkhead-deletion-keys.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the public signing keys
         * @description A JSON Web Key Set (RFC 7517) that verifies deletion certificates, isolation reports and heads of the audit log. Old keys stay in it.
         */
        get: operations["listSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plan-schema": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the JSON Schema of plans
         * @description For editors and for validation before a plan is sent.
         */
        get: operations["getPlanSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List plans
         * @description Ordered by id. `GET /v1/plans/{id}/versions` returns older versions.
         */
        get: operations["listPlans"];
        put?: never;
        /**
         * Create a plan
         * @description Creates the plan with its first version. Tenants are then created with the id of the plan.
         */
        post: operations["createPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a plan
         * @description Returns the latest version. Tenants may have an older one.
         */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        /**
         * Delete a plan
         * @description Only a plan that no tenant has or had, deleted ones included. Others can be retired.
         */
        delete: operations["deletePlan"];
        options?: never;
        head?: never;
        /**
         * Update a plan
         * @description Renames it, retires it, or offers it again. What it contains changes with a new version only.
         */
        patch: operations["updatePlan"];
        trace?: never;
    };
    "/v1/plans/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a new version of a plan
         * @description Nothing is changed: a worker sends every object to the API server as a dry run. The answer is kept for a day.
         */
        post: operations["previewPlanVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a plan
         * @description Oldest first. Versions are never changed or deleted.
         */
        get: operations["listPlanVersions"];
        put?: never;
        /**
         * Create the next version of a plan
         * @description Tenants stay on their current version until they are moved.
         */
        post: operations["createPlanVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a version of a plan
         * @description Returns the plan as it was at that version.
         */
        get: operations["getPlanVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List operations
         * @description Newest first, of one tenant or of all.
         */
        get: operations["listOperations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an operation
         * @description With `wait`, waits for the operation to finish.
         */
        get: operations["getOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel an operation
         * @description Stops further attempts. The desired state is kept and completed steps are not undone; workers ignore the tenant until the operation is retried, or the tenant is changed or deleted. Deletions cannot be cancelled.
         */
        post: operations["cancelOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow an operation
         * @description Server-sent events. The first event is the current state; each later event is the state after a change. Short-lived states can be skipped, the latest never is. With `Last-Event-ID`, the state that the client already has is not sent again; if it was the last one, the status is 204. A comment is sent every 15 seconds. Each event is named `operation` and contains the operation, until it finishes.
         */
        get: operations["followOperation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/operations/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry an operation
         * @description Creates a new operation of the same kind. Only failed or cancelled operations can be retried, and only if no newer change of the tenant was requested.
         */
        post: operations["retryOperation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the invitations to a tenant
         * @description Those that can still be accepted.
         */
        get: operations["listInvitations"];
        put?: never;
        /**
         * Create an invitation to a tenant
         * @description The person becomes a member at the first login with this address, verified by an issuer, within 14 days; the invitation is gone then. No message is sent. The caller needs every permission of the role.
         */
        post: operations["createInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/invitations/{invitation}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete an invitation to a tenant
         * @description It can no longer be accepted.
         */
        delete: operations["deleteInvitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a tenant
         * @description All members. The ETag is that of the tenant.
         */
        get: operations["listMembers"];
        put?: never;
        /**
         * Add a member to a tenant
         * @description A user, a group, or a ServiceAccount of the tenant’s namespaces, by the name that the cluster reports. It has the role in the namespaces, and in this API if an issuer is configured with that name. The caller needs every permission of the role. `If-Match` takes the ETag of the tenant.
         */
        post: operations["addMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/members/{member}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a member of a tenant
         * @description The ETag is that of the tenant.
         */
        get: operations["getMember"];
        put?: never;
        post?: never;
        /**
         * Remove a member from a tenant
         * @description Its requests to this API are refused at once, and its access to the namespaces is taken before any other work. The last owner cannot be removed. `If-Match` takes the ETag of the tenant.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        /**
         * Update a member of a tenant
         * @description Gives the member another role. The caller needs every permission of the role. The last owner stays one. `If-Match` takes the ETag of the tenant.
         */
        patch: operations["updateMember"];
        trace?: never;
    };
    "/v1/tenants/{id}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the holds of a tenant
         * @description Lifted holds stay on record.
         */
        get: operations["listHolds"];
        put?: never;
        /**
         * Place a hold on a tenant
         * @description Holds are independent of each other. Each source can have one hold per effect; the role `billing` can place and lift only holds of the source `billing`. Quarantines take effect ahead of other queued changes.
         */
        post: operations["placeHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/holds/{holdId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Lift a hold
         * @description All other holds stay in force. A restriction ends with the last hold of its effect.
         */
        delete: operations["liftHold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the hosts of a tenant
         * @description All hosts that the tenant owns. Each includes its subdomains.
         */
        get: operations["listHosts"];
        put?: never;
        /**
         * Add a host to a tenant
         * @description Includes all its subdomains. A tenant can have routes and Ingresses only for its own hosts, and no host can be a subdomain of another tenant’s host. Bulkhead does not verify that the customer owns the name; the caller must.
         */
        post: operations["addHost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/hosts/{host}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a host of a tenant
         * @description Refused while a route uses the host. The operation takes the host out of the Ingresses and routes that the tenant created itself, and deletes those that name no other; until it succeeds, no other tenant can have it.
         */
        delete: operations["deleteHost"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the routes of a tenant
         * @description All routes with the current weights of their services.
         */
        get: operations["listRoutes"];
        put?: never;
        /**
         * Create a route
         * @description Routes requests for the tenant’s hosts to its services through the platform’s gateway (Gateway API): by path, headers and method, and by weight among several services. The gateway reaches only pods with the labels in `podLabels`.
         */
        post: operations["createRoute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a route
         * @description The `ETag` of the response can be sent as `If-Match` with a change.
         */
        get: operations["getRoute"];
        put?: never;
        post?: never;
        /**
         * Delete a route
         * @description Refused during a shift: abort the shift first.
         */
        delete: operations["deleteRoute"];
        options?: never;
        head?: never;
        /**
         * Update a route
         * @description JSON Merge Patch (RFC 7396): absent fields stay unchanged, lists are replaced. Refused during a shift.
         */
        patch: operations["updateRoute"];
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}/shifts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the shifts of a route
         * @description Newest first; at most one of them is active.
         */
        get: operations["listShifts"];
        put?: never;
        /**
         * Create a shift
         * @description Moves requests of a route from one service to another, step by step, in every rule in which the old service has weight. A step begins once the previous one has been in the cluster for its pause. A failure of the tenant pauses the shift; a hold stops its clock.
         */
        post: operations["createShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}/shifts/{shift}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a shift
         * @description Returns the current step, its weight, and why the shift does not proceed.
         */
        get: operations["getShift"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}/shifts/{shift}/abort": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Abort a shift
         * @description Restores the original rules of the route immediately, in one operation (`operationId`).
         */
        post: operations["abortShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}/shifts/{shift}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a shift
         * @description The step in progress is completed; no further step begins.
         */
        post: operations["pauseShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/routes/{name}/shifts/{shift}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a shift
         * @description From a manual step, continues with the next one. Otherwise restarts the pause of the current step and retries what failed.
         */
        post: operations["resumeShift"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List emergency rules
         * @description Newest first, without their tenants.
         */
        get: operations["listEmergencyRules"];
        put?: never;
        /**
         * Create an emergency rule
         * @description Denies traffic of many tenants by address, ahead of other queued work, also of tenants created later. It prevails over plans and rules of tenants.
         */
        post: operations["createEmergencyRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network-rules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview an emergency rule
         * @description Lists the tenants that would match.
         */
        post: operations["previewEmergencyRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/network-rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an emergency rule and the state of its tenants
         * @description With the tenants that match now.
         */
        get: operations["getEmergencyRule"];
        put?: never;
        post?: never;
        /**
         * Lift an emergency rule
         * @description Ends the rule for all of its tenants.
         */
        delete: operations["liftEmergencyRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/network-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the network rules of a tenant
         * @description Expired rules stay on record until they are deleted.
         */
        get: operations["listNetworkRules"];
        put?: never;
        /**
         * Create a network rule
         * @description Allows or denies traffic of the tenant’s pods by address. Denials prevail, whatever the order of the rules. What no plan can open stays closed: metadata services, the ranges of the cluster, other tenants. A plan bounds what rules can allow (`network.rules`). Rules do not affect traffic within the tenant, DNS, links, metrics and the platform’s gateway.
         */
        post: operations["createNetworkRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/network-rules/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a change of a network rule
         * @description Nothing is changed. `connections` of the answer says what would open and close. Send `token` as `If-Preview-Match` with the change.
         */
        post: operations["previewNetworkRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/network-rules/{rule}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a network rule
         * @description With its state: whether it is in force, at which layers, and which rules it contradicts.
         */
        get: operations["getNetworkRule"];
        put?: never;
        post?: never;
        /**
         * Delete a network rule
         * @description What the rule opened is closed, and what it closed is open again, if nothing else decides.
         */
        delete: operations["deleteNetworkRule"];
        options?: never;
        head?: never;
        /**
         * Update a network rule
         * @description JSON Merge Patch (RFC 7396): absent fields stay unchanged, lists are replaced. Direction and action are fixed.
         */
        patch: operations["updateNetworkRule"];
        trace?: never;
    };
    "/v1/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List links
         * @description Ended links stay on record.
         */
        get: operations["listLinks"];
        put?: never;
        /**
         * Create a link
         * @description Proposes that workloads of one tenant can call a service of another. Nothing is opened until both sides have consented. A duplicate of an open link is refused unless it expires later, so that a link can be extended without a gap.
         */
        post: operations["createLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a link
         * @description The link with the consent of each side and whether it is in force there.
         */
        get: operations["getLink"];
        put?: never;
        post?: never;
        /**
         * Revoke a link
         * @description Permanent, and carried out ahead of other queued work. Works while a tenant is frozen. The body contains the operations of both sides.
         */
        delete: operations["revokeLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/links/{id}/consents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Consent to a link for one side
         * @description After the second consent, workers open the link; poll it until it is `active` or `failed`. The two consents must come from different callers, except that `platform-admin` can give both.
         */
        post: operations["consentToLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/plans/{id}/rollouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the rollouts of a plan
         * @description Newest first.
         */
        get: operations["listRollouts"];
        put?: never;
        /**
         * Create a rollout
         * @description Moves the tenants of a plan to another version of it: first a canary, then the others in batches. Includes the tenants that are on the plan now.
         */
        post: operations["createRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a rollout
         * @description Returns the state of the rollout and the number of tenants in each state.
         */
        get: operations["getRollout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a rollout
         * @description No further tenants are started; tenants in flight finish.
         */
        post: operations["pauseRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Resume a rollout
         * @description Continues in the current direction. Earlier failures no longer count towards `maxFailures`.
         */
        post: operations["resumeRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll back a rollout
         * @description Returns its tenants to their previous versions, tenants in flight first. Also possible after the rollout has finished, unless the plan has another active rollout.
         */
        post: operations["rollBackRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop a rollout
         * @description Ends the rollout. Tenants in flight finish; pending tenants are skipped.
         */
        post: operations["stopRollout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/rollouts/{id}/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the tenants of a rollout
         * @description In the order in which they are moved, with the error of those that failed.
         */
        get: operations["listRolloutTenants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List quarantines
         * @description Newest first, without their tenants.
         */
        get: operations["listQuarantines"];
        put?: never;
        /**
         * Create a quarantine
         * @description Cuts off many tenants at once: no access, and no traffic in or out; workloads keep running. Places a hold of the source "security" on each tenant, on all or on none. Takes effect ahead of other queued work.
         */
        post: operations["createQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview a quarantine
         * @description Lists the tenants that the quarantine would cut off; nothing is changed. Placing the quarantine requires the `match` of the answer. With `images`, a worker searches the workloads of all tenants, and `match` is valid for 15 minutes.
         */
        post: operations["previewQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a quarantine and the state of its tenants
         * @description Returns for each tenant whether the quarantine is in force in the cluster.
         */
        get: operations["getQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/quarantine/{id}/lift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lift a quarantine
         * @description Lifts only the holds that this quarantine placed.
         */
        post: operations["liftQuarantine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List policies
         * @description Ordered by id, each at its latest version.
         */
        get: operations["listPolicies"];
        put?: never;
        /**
         * Create a policy
         * @description A guardrail across tenants. Its rule is compiled before it is accepted.
         */
        post: operations["createPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a policy
         * @description Creates a policy from one of Gatekeeper, of the API server or of Kyverno, as YAML. What cannot be carried over is refused, with its line; `warnings` says what is different.
         */
        post: operations["importPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/import/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preview the import of a policy
         * @description Returns the policy that would be created. It is compiled, and nothing is stored.
         */
        post: operations["previewPolicyImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a policy
         * @description With `wait`, waits until the latest version is in force or has failed.
         */
        get: operations["getPolicy"];
        /**
         * Update a policy
         * @description Creates the next version. The previous version stays in force until this one is.
         */
        put: operations["updatePolicy"];
        post?: never;
        /**
         * Delete a policy
         * @description The policy and its versions are deleted once the cluster no longer contains any of its objects.
         */
        delete: operations["deletePolicy"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{id}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Roll back a policy
         * @description Creates the next version with the content of an earlier one.
         */
        post: operations["rollBackPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a policy against objects
         * @description Evaluates the rule whatever its mode, for what it matches. With `reviews`, no cluster is involved, and targets and exceptions are not looked at; with `live`, a worker evaluates the objects in the cluster, of the kinds it has permission to read. Nothing is written.
         */
        post: operations["testPolicy"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the versions of a policy
         * @description Oldest first. Versions are never changed.
         */
        get: operations["listPolicyVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policies/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a version of a policy
         * @description Returns the policy as it was at that version.
         */
        get: operations["getPolicyVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/policy-library": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the built-in policy rules
         * @description Rules that a policy can use by name (`rule.library`), with their parameters.
         */
        get: operations["listPolicyRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/violations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the policy violations of a tenant
         * @description From the audit of Gatekeeper, which checks existing objects. Covers Rego policies in every mode, with at most as many violations per policy as Gatekeeper keeps (by default 20).
         */
        get: operations["listPolicyViolations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/isolation-checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the isolation checks of a tenant
         * @description Newest first, without their reports.
         */
        get: operations["listIsolationChecks"];
        put?: never;
        /**
         * Create an isolation check
         * @description Proves that the tenant is kept apart. A worker asks the API server what members of the tenant can do, and sends writes that must be refused as dry runs: the checks of the Multi-Tenancy Benchmarks and more. Nothing is changed. While a check is running, further requests return it.
         */
        post: operations["createIsolationCheck"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/isolation-checks/{checkId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an isolation check
         * @description With `wait`, waits for the check to finish. `jws` covers all of `report`. Verify it with `bulkhead verify-certificate`, or with any JWS library and the keys at `/.well-known/bulkhead-deletion-keys.json`.
         */
        get: operations["getIsolationCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/isolation-checks/{checkId}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the report of an isolation check
         * @description As JSON, as a web page (`format=html` or `Accept: text/html`), as JUnit XML for pipelines (`junit` or `application/xml`) or as SARIF for scanners (`sarif` or `application/sarif+json`).
         */
        get: operations["getIsolationReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reachability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the reachability of all tenants
         * @description Returns a picture with `format=svg` or `Accept: image/svg+xml`, in which equivalent tenants share a row if there are many. Computed from the objects that Bulkhead renders for the current generation of every tenant, not from the cluster: it ignores policies added by tenants or administrators, and does not wait for pending changes to be carried out.
         */
        get: operations["getReachability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/reachability/query": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a page to test a connection
         * @description A form for one connection, and the verdict or what is wrong with the question.
         */
        get: operations["getReachabilityQueryPage"];
        put?: never;
        /**
         * Test connections
         * @description For one connection, or for up to 1,000 in `questions`. One end at least is a pod of a tenant. For callers that reach only some tenants, nothing exists but these and addresses.
         */
        post: operations["queryReachability"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/reachability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the reachability of a tenant
         * @description What the tenant reaches and what reaches it, with the objects and rules that open or close each path. Computed from the objects that Bulkhead renders for the current generation of every tenant, not from the cluster: it ignores policies added by tenants or administrators, and does not wait for pending changes to be carried out.
         */
        get: operations["getTenantReachability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/observability/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the Grafana dashboard of all tenants
         * @description Shows the mesh metrics of all tenants, with one to choose.
         */
        get: operations["getFleetDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/observability/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the recording rules for Prometheus
         * @description The same for every mesh and any number of tenants. Prometheus loads both formats: JSON and YAML (`format=yaml` or `Accept: application/yaml`).
         */
        get: operations["getRecordingRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the Grafana dashboard of a tenant
         * @description Shows the mesh metrics of the tenant’s own namespaces.
         */
        get: operations["getTenantDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tenants/{id}/traffic": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the traffic of a tenant
         * @description Queries the configured Prometheus, which needs the rules of `GET /v1/observability/rules`. The numbers come from the mesh proxies in the tenant’s own namespaces.
         */
        get: operations["getTenantTraffic"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List clusters
         * @description The clusters that workers manage, each with its capabilities and service mesh.
         */
        get: operations["listClusters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clusters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a cluster and its capabilities
         * @description What a worker last found in the cluster. The API itself never talks to a cluster.
         */
        get: operations["getCluster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the caller
         * @description Who the credential of the request belongs to, and what it may do: everywhere, and in which tenants.
         */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Revoked and expired keys stay on record.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The key is in the answer and is shown only once: only a hash of it is stored. A key can do no more than its creator.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Without its secret, which is not stored.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Takes effect at once, on every process. A key that was revoked before stays as it is.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/api-keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate an API key
         * @description Gives the key another secret, which is in the answer and is shown only once. The old secret keeps working for `overlapSeconds`, so that callers can change over; one from before that stops working at once. The id stays.
         */
        post: operations["rotateApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List roles
         * @description Built-in roles first, then those that administrators defined, by name.
         */
        get: operations["listRoles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a role
         * @description A built-in role, or one that an administrator defined.
         */
        get: operations["getRole"];
        /**
         * Create or replace a role
         * @description Creates the role or changes it, which takes effect at once for all keys that have it. A role can contain no permission that its definer lacks.
         */
        put: operations["putRole"];
        post?: never;
        /**
         * Delete a role
         * @description Refused while a key that is not revoked has it.
         */
        delete: operations["deleteRole"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description Changes made through the API or by commands, recorded in the same transaction. Refused requests and reads appear only in the request log.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events/head": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the signed head of the audit log
         * @description Store it outside of Bulkhead. With it, `bulkhead verify-audit-log` detects every later change to or truncation of the entries before it, even by an attacker who can write the whole database. The public keys are at `/.well-known/bulkhead-deletion-keys.json`.
         */
        get: operations["getAuditHead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check liveness
         * @description Answers as long as the process runs. It does not look at the database.
         */
        get: operations["checkLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check readiness
         * @description Answers 503 while the database cannot be reached.
         */
        get: operations["checkReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        AcceptedHold: components["schemas"]["Hold"] & components["schemas"]["AfterWait"];
        AcceptedHost: components["schemas"]["Host"] & components["schemas"]["AfterWait"];
        AcceptedLink: components["schemas"]["Link"] & components["schemas"]["AfterWait"];
        AcceptedNetworkRule: components["schemas"]["NetworkRule"] & components["schemas"]["AfterWait"];
        AcceptedRoute: components["schemas"]["Route"] & components["schemas"]["AfterWait"];
        AcceptedTenant: components["schemas"]["Tenant"] & components["schemas"]["AfterWait"];
        AcceptedTenantMember: components["schemas"]["TenantMember"] & components["schemas"]["AfterWait"];
        /**
         * @example {
         *       "name": "preview"
         *     }
         */
        AddEnvironmentRequest: {
            /** @description Part of the name of its namespace. Cannot be changed. */
            name: components["schemas"]["EnvironmentName"];
        };
        /**
         * @example {
         *       "host": "shop.acme.example"
         *     }
         */
        AddHostRequest: {
            /** @description Assigned to the tenant together with all its subdomains. */
            host: string;
        };
        AfterWait: {
            /** @description The operation that carries the change out, as in `Location`; absent if the change needs none. */
            operationId?: string;
            /** @description The operation after the wait; present if `Prefer: wait` was applied. */
            operation?: components["schemas"]["Operation"];
        };
        /**
         * @example {
         *       "id": "acme",
         *       "name": "tn-acme",
         *       "role": "text",
         *       "permissions": [
         *         "text"
         *       ],
         *       "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *       "allowedCidrs": [
         *         "text"
         *       ],
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "expiresAt": "2026-11-24T09:30:00Z",
         *       "lastUsedAt": "2026-11-24T09:30:00Z",
         *       "rotatedAt": "2026-11-24T09:30:00Z",
         *       "previousValidUntil": "2026-11-24T09:30:00Z",
         *       "revokedAt": "2026-11-24T09:30:00Z",
         *       "revokedBy": "text"
         *     }
         */
        ApiKey: {
            id: string;
            name: string;
            /** @description Null: the key has permissions of its own. */
            role: string | null;
            /** @description Null: those of its role. */
            permissions: string[] | null;
            /** @description The only tenant that the key reaches; null: it is not bound to one. */
            tenantId: string | null;
            /** @description Empty: any address. */
            allowedCidrs: string[];
            /** @description Who created the key; null: a command. */
            createdBy: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description To the minute.
             */
            lastUsedAt: string | null;
            /** Format: date-time */
            rotatedAt: string | null;
            /**
             * Format: date-time
             * @description Until when the secret before the last rotation works.
             */
            previousValidUntil: string | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
        };
        ApiKeyPage: {
            items: components["schemas"]["ApiKey"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        AuditEvent: {
            /**
             * Format: date-time
             * @description Time by the clock of the database.
             */
            at: string;
            id: string;
            actor: {
                /** @description Id of an API key; `command` for a command that works on the database. */
                id: string;
                role: string | null;
            };
            /** @description What was changed and how, such as `tenants.create`; commands also have others, such as `apikeys.create`. */
            action: string;
            /** @description Tenants that occur in the request or its response, sorted. */
            tenantIds: string[];
            /** @description Request body; null if there was none or it was omitted. */
            request: unknown;
            /** @description Size and hash of an omitted body (more than 64 KiB), as JSON without whitespace. */
            requestOmitted: {
                bytes: number;
                sha256: string;
            } | null;
            /** @description `Location` of the response. */
            location: string | null;
            source: {
                /** @constant */
                kind: "http";
                method: string;
                /** @description Path and query string. */
                url: string;
                /** @description `X-Request-Id`, as in the request log. */
                requestId: string;
                /** @description Address of the caller, or of the proxy in front of the API. */
                address: string;
                /** @description `X-Forwarded-For` as received; callers can forge it. */
                forwardedFor: string | null;
                userAgent: string | null;
            } | {
                /** @constant */
                kind: "command";
                command: string;
                /** @description User of the operating system. */
                user: string;
                host: string;
            };
            /** @description Position in the chain; null until the entry is sealed, for about a second. */
            sequence: number | null;
            /** @description SHA-256 over the previous hash, a line feed and `text`; null until sealed. */
            hash: string | null;
            /** @description The exact text that is hashed. */
            text: string;
        };
        AuditEventPage: {
            items: components["schemas"]["AuditEvent"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @example {
         *       "statement": {
         *         "type": "bulkhead.io/audit-head",
         *         "version": 1,
         *         "sequence": 1,
         *         "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
         *         "signedAt": "2026-11-24T09:30:00Z"
         *       },
         *       "keyId": "text",
         *       "jws": "text"
         *     }
         */
        AuditHead: {
            statement: {
                /** @constant */
                type: "bulkhead.io/audit-head";
                /** @constant */
                version: 1;
                /**
                 * Format: int64
                 * @description Number of entries.
                 */
                sequence: number;
                /** @description Hash of the last entry. */
                hash: string;
                /**
                 * Format: date-time
                 * @description Time by the clock of the database.
                 */
                signedAt: string;
            };
            /** @description RFC 7638 thumbprint of the signing key. */
            keyId: string;
            /** @description Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the statement. */
            jws: string;
        };
        /**
         * @example {
         *       "match": "text",
         *       "asOf": "2026-11-24T09:30:00Z",
         *       "hit": 1,
         *       "skipped": 1,
         *       "tenants": [
         *         {
         *           "id": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *           "slug": "acme",
         *           "displayName": "Acme GmbH",
         *           "plan": "team",
         *           "phase": "pending",
         *           "namespaces": [],
         *           "skipped": "deleting",
         *           "runs": null
         *         }
         *       ]
         *     }
         */
        BlastRadius: {
            /** @description Send this with the quarantine. */
            match: string;
            /**
             * Format: date-time
             * @description When the search for images began; tenants that start one later are not included. Null without `images`.
             */
            asOf: string | null;
            /** @description Number of tenants that would be quarantined. */
            hit: number;
            skipped: number;
            tenants: {
                id: string;
                slug: string;
                displayName: string;
                plan: string;
                /** @enum {string} */
                phase: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
                namespaces: string[];
                /** @description Why the tenant would be skipped; otherwise null. */
                skipped: ("deleting" | "quarantined") | null;
                /** @description Null without `images` in the selector. */
                runs: {
                    /** @description Matching images, at most 20. */
                    images: string[];
                    /** @description Number of pods with a matching image. */
                    pods: number;
                    /** @description `Kind namespace/name` of workloads with a matching image, at most 20. */
                    workloads: string[];
                } | null;
            }[];
        };
        /** @description `CelRuleInput` with every default filled in. */
        CelRule: {
            match: {
                apiGroups: string[];
                resources: string[];
                operations: ("CREATE" | "UPDATE")[];
            }[];
            variables: {
                name: string;
                expression: string;
            }[];
            validations: {
                expression: string;
                message: string;
                messageExpression?: string;
            }[];
        };
        CelRuleInput: {
            match: {
                /** @description Names without a version; "" for pods, services and the like. */
                apiGroups: string[];
                /** @description Plural names; subresources such as `pods/ephemeralcontainers`. */
                resources: string[];
                /**
                 * @default [
                 *       "CREATE",
                 *       "UPDATE"
                 *     ]
                 */
                operations?: ("CREATE" | "UPDATE")[];
            }[];
            /**
             * @description Named expressions, available to later expressions as `variables.NAME`.
             * @default []
             */
            variables?: {
                name: string;
                expression: string;
            }[];
            validations: {
                /** @description Evaluates to true if the write is allowed. */
                expression: string;
                message: string;
                /** @description Evaluates to the message; `message` is taken if that fails. */
                messageExpression?: string;
            }[];
        };
        /** @example 10.0.0.0/8 */
        Cidr: string;
        /**
         * @example {
         *       "id": "cluster_01kab4x2g7ekht3s5v9p2j8yfc",
         *       "name": "tn-acme",
         *       "capabilities": null,
         *       "mesh": null
         *     }
         */
        Cluster: {
            id: string;
            name: string;
            /** @description Capabilities that a worker detected; null until the first detection. */
            capabilities: {
                /** @description Kubernetes version, such as "1.36". */
                version: string;
                /** @description Without them, pods are validated but not defaulted: tenants must set the fields that "restricted" requires. */
                mutatingAdmissionPolicies: boolean;
                clusterNetworkPolicies: boolean;
                /** @description OPA Gatekeeper, which enforces Rego policies. */
                gatekeeper: {
                    present: boolean;
                };
                /** @description Without an engine, NetworkPolicies have no effect and tenants are not isolated from each other. */
                networkPolicyEngine: {
                    /** @enum {string} */
                    state: "present" | "absent" | "unknown";
                    name: string | null;
                    /** @description How it was detected, or why it was not. */
                    detail: string;
                };
                /** @description Whether the cluster serves HTTPRoute v1 (Gateway API). */
                gatewayApi: boolean;
                /** @description Whether the cluster serves ListenerSet v1, which routes with their own certificate need. */
                listenerSets: boolean;
                /** @description Whether HTTPRoute supports retries (experimental channel). */
                routeRetries: boolean;
                /** @description Route resources that quotas count, such as "httproutes.gateway.networking.k8s.io". A newly installed one appears after a minute or two; until then the routes that members create are not limited. */
                countedRoutes: string[];
                /** Format: date-time */
                detectedAt: string;
            } | null;
            /** @description The service mesh; null if there is none, or none has been detected yet. */
            mesh: {
                /** @enum {string} */
                kind: "istio-sidecar" | "istio-ambient" | "linkerd";
                /** @description Null if unknown. */
                version: string | null;
                /** @description How it was detected. */
                detail: string;
                /** @description Mesh-wide settings that isolation depends on; no tenant object can compensate for them. */
                prerequisites: {
                    /** @description Stable identifier. */
                    name: string;
                    /**
                     * @description `unknown`: the worker lacks the permission to look.
                     * @enum {string}
                     */
                    status: "met" | "unmet" | "unknown";
                    detail: string;
                    /** @description How an administrator can fix it; null if nothing is needed. */
                    remedy: string | null;
                }[];
            } | null;
        };
        ClusterPage: {
            items: components["schemas"]["Cluster"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Condition: {
            /** @enum {string} */
            type: "Ready" | "ClusterReachable" | "NamespacesReady" | "QuotaApplied" | "AccessReady" | "NetworkIsolated" | "MeshReady" | "PoliciesEnforced" | "WorkloadsApplied" | "DriftFree";
            /** @enum {string} */
            status: "True" | "False" | "Unknown";
            reason: string;
            message: string;
            observedGeneration: number;
            /** Format: date-time */
            lastTransitionTime: string;
        };
        /** @description An address or a pod. */
        ConnectionEnd: {
            /** @description Outside of the cluster, or of a node or API server. */
            address?: string;
            /** @description Id or slug of the tenant of the pod. */
            tenant?: string;
            /** @description By default its first one. */
            environment?: components["schemas"]["EnvironmentName"];
            /** @description Namespace of the pod, in place of its tenant. */
            namespace?: string;
            /** @description By default none. */
            labels?: {
                [key: string]: string;
            };
            /** @description By which meshes tell callers apart; by default `default`. */
            serviceAccount?: string;
        };
        ConnectionQuestion: {
            /** @description The sender. */
            from: components["schemas"]["ConnectionEnd"];
            /** @description The receiver. */
            to: components["schemas"]["ConnectionEnd"];
            /**
             * Format: int32
             * @description On which the receiver listens, not that of a Service.
             */
            port: number;
            /**
             * @default TCP
             * @enum {string}
             */
            protocol?: "TCP" | "UDP" | "SCTP";
        };
        ConnectionVerdict: {
            /** @description By both sides and the mesh. */
            allowed: boolean;
            /** @description Whether the verdict depends on the network plug-in: some apply address blocks to pods, others never do. */
            readingsDiffer: boolean;
            egress: components["schemas"]["ReachabilityVerdict"];
            ingress: components["schemas"]["ReachabilityVerdict"];
            mesh: {
                /** @description Such as `istio-ambient`. */
                kind: string;
                /** @description Such as `ns/tn-acme/sa/default`; null: it has no identity. */
                caller: string | null;
                allowed: boolean;
                /** @description Such as `AuthorizationPolicy/tenant-isolation-guard`. */
                because: string[];
            } | null;
            /** @description Network rules that apply, denials first. */
            rules: {
                id: string;
                tenantId: string;
                /** @enum {string} */
                direction: "ingress" | "egress";
                /** @enum {string} */
                action: "allow" | "deny";
                /** @description False if a denial prevails, or the address is always closed. */
                decides: boolean;
            }[];
            /** @description Links that open it. */
            links: string[];
        };
        /**
         * @example {
         *       "side": "provider"
         *     }
         */
        ConsentToLinkRequest: {
            /**
             * @description Side for which the caller consents.
             * @enum {string}
             */
            side: "provider" | "consumer";
        };
        /** @description `ContainerDefaultsInput` with every default filled in. */
        ContainerDefaults: {
            requests: {
                cpu: components["schemas"]["Quantity"];
                memory: components["schemas"]["Quantity"];
                ephemeralStorage: components["schemas"]["Quantity"];
            };
            limits: {
                cpu: components["schemas"]["Quantity"];
                memory: components["schemas"]["Quantity"];
                ephemeralStorage: components["schemas"]["Quantity"];
            };
            max: {
                cpu?: components["schemas"]["Quantity"];
                memory?: components["schemas"]["Quantity"];
                ephemeralStorage?: components["schemas"]["Quantity"];
            };
        };
        ContainerDefaultsInput: {
            /**
             * @description Requests of a container that sets none.
             * @default {}
             */
            requests?: {
                /**
                 * @description CPU.
                 * @default 50m
                 */
                cpu?: components["schemas"]["Quantity"];
                /**
                 * @description Memory in bytes.
                 * @default 64Mi
                 */
                memory?: components["schemas"]["Quantity"];
                /**
                 * @description Node disk in bytes.
                 * @default 64Mi
                 */
                ephemeralStorage?: components["schemas"]["Quantity"];
            };
            /**
             * @description Limits of a container that sets none.
             * @default {}
             */
            limits?: {
                /**
                 * @description CPU.
                 * @default 200m
                 */
                cpu?: components["schemas"]["Quantity"];
                /**
                 * @description Memory in bytes.
                 * @default 256Mi
                 */
                memory?: components["schemas"]["Quantity"];
                /**
                 * @description Node disk in bytes.
                 * @default 256Mi
                 */
                ephemeralStorage?: components["schemas"]["Quantity"];
            };
            /**
             * @description Maximum limits that a container can set; absent: unlimited.
             * @default {}
             */
            max?: {
                /** @description CPU. */
                cpu?: components["schemas"]["Quantity"];
                /** @description Memory in bytes. */
                memory?: components["schemas"]["Quantity"];
                /** @description Node disk in bytes. */
                ephemeralStorage?: components["schemas"]["Quantity"];
            };
        };
        /**
         * @example {
         *       "name": "billing",
         *       "role": "billing",
         *       "expiresInDays": 365
         *     }
         */
        CreateApiKeyRequest: {
            /** @description Name for people, such as the system that uses the key. */
            name: string;
            /** @description A built-in or defined role. Either this or `permissions`. */
            role?: string;
            permissions?: components["schemas"]["Permission"][];
            /** @description The only tenant that the key reaches. */
            tenantId?: string;
            /**
             * @description Address ranges from which the key can be used; empty: any. Behind a proxy, configure `BULKHEAD_TRUSTED_PROXIES`.
             * @default []
             */
            allowedCidrs?: components["schemas"]["Cidr"][];
            /**
             * Format: int32
             * @description Absent: it does not expire.
             */
            expiresInDays?: number;
        };
        /**
         * @example {
         *       "direction": "egress",
         *       "cidrs": [
         *         "203.0.113.7/32"
         *       ],
         *       "selector": {
         *         "all": true
         *       },
         *       "reason": "Case 4711.",
         *       "match": "b7k"
         *     }
         */
        CreateEmergencyRuleRequest: {
            /**
             * @description `egress`: from pods of the tenant. `ingress`: to them.
             * @enum {string}
             */
            direction: "ingress" | "egress";
            /** @description Ranges of IPv4 or IPv6 that egress goes to or ingress comes from. Null or absent if the rule has hosts. */
            cidrs: components["schemas"]["Cidr"][];
            /**
             * @description Parts of `cidrs` to which the rule does not apply.
             * @default []
             */
            except?: components["schemas"]["Cidr"][];
            /**
             * @description Ports of the destination; empty: all traffic, also without ports.
             * @default []
             */
            ports?: {
                /**
                 * @default TCP
                 * @enum {string}
                 */
                protocol?: "TCP" | "UDP" | "SCTP";
                /**
                 * Format: int32
                 * @description By default every port of the protocol.
                 */
                port?: number;
                /**
                 * Format: int32
                 * @description Last port of a range that begins with `port`.
                 */
                endPort?: number;
            }[];
            selector: components["schemas"]["EmergencySelector"];
            /**
             * Format: date-time
             * @description When the rule ends, by the clock of the database; null: it does not.
             * @default null
             */
            expiresAt?: string | null;
            /** @description The tenants see it. */
            reason: string;
            /** @description From the preview. */
            match: string;
        };
        /**
         * @example {
         *       "email": "alice@acme.example",
         *       "role": "tenant-developer"
         *     }
         */
        CreateInvitationRequest: {
            /**
             * Format: email
             * @description Compared without regard to upper and lower case.
             */
            email: string;
            /**
             * @description Of the person from the first login on.
             * @enum {string}
             */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
        };
        /**
         * @example {
         *       "provider": {
         *         "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *         "service": "ledger",
         *         "ports": [
         *           8443
         *         ]
         *       },
         *       "consumer": {
         *         "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsy",
         *         "serviceAccount": "reports"
         *       },
         *       "reason": "Month-end reports of Acme read the ledger of Globex (contract 2026-117).",
         *       "expiresAt": "2026-12-24T18:00:00Z",
         *       "consents": [
         *         "consumer"
         *       ]
         *     }
         */
        CreateLinkRequest: {
            /** @description The side that offers the service. */
            provider: {
                tenantId: string;
                /**
                 * @description Environment of the tenant.
                 * @default main
                 */
                environment?: components["schemas"]["EnvironmentName"];
                /** @description Name of a Service of the tenant. */
                service: string;
                /** @description TCP ports of the Service. Only the target ports behind them are opened on its pods. */
                ports: number[];
            };
            /** @description The side that calls the service. */
            consumer: {
                tenantId: string;
                /**
                 * @description Environment of the tenant.
                 * @default main
                 */
                environment?: components["schemas"]["EnvironmentName"];
                /** @description Service account of the calling pods. A service mesh enforces it; network policies only distinguish namespaces. */
                serviceAccount: components["schemas"]["DnsSubdomain"];
            };
            /** @description Explanation for humans. */
            reason: string;
            /**
             * Format: date-time
             * @description When the link expires; limited by the plans of both tenants (`links.maxDays`).
             */
            expiresAt: string;
            /**
             * @description Sides for which the caller consents with this proposal.
             * @default []
             */
            consents?: ("provider" | "consumer")[];
        };
        /**
         * @example {
         *       "id": "starter",
         *       "displayName": "Starter",
         *       "description": "One small environment.",
         *       "spec": {
         *         "quota": {
         *           "cpu": "1",
         *           "memory": "1Gi",
         *           "ephemeralStorage": "5Gi",
         *           "storage": "2Gi",
         *           "volumeClaims": 2,
         *           "pods": 10,
         *           "finishedPods": 50,
         *           "services": 5,
         *           "ingresses": 2,
         *           "configMaps": 20,
         *           "secrets": 20,
         *           "serviceAccounts": 10,
         *           "deployments": 5,
         *           "replicaSets": 50,
         *           "statefulSets": 2,
         *           "daemonSets": 0,
         *           "replicationControllers": 0,
         *           "jobs": 10,
         *           "cronJobs": 2,
         *           "horizontalPodAutoscalers": 2,
         *           "podDisruptionBudgets": 5
         *         },
         *         "containerDefaults": {
         *           "limits": {
         *             "cpu": "200m",
         *             "memory": "128Mi"
         *           },
         *           "max": {
         *             "cpu": "500m",
         *             "memory": "512Mi"
         *           }
         *         },
         *         "network": {
         *           "internetEgress": "https",
         *           "monitoring": false
         *         },
         *         "links": {
         *           "max": 2,
         *           "maxDays": 30
         *         },
         *         "billing": {
         *           "paymentGraceDays": 0,
         *           "deletionRetentionDays": 7
         *         }
         *       }
         *     }
         */
        CreatePlanRequest: {
            /** @description Tenants refer to the plan by this id. Immutable. */
            id: components["schemas"]["PlanId"];
            displayName: string;
            /** @default  */
            description?: string;
            spec: components["schemas"]["PlanSpecInput"];
        };
        /**
         * @example {
         *       "spec": {
         *         "quota": {
         *           "cpu": "1",
         *           "memory": "1Gi",
         *           "ephemeralStorage": "5Gi",
         *           "storage": "2Gi",
         *           "volumeClaims": 2,
         *           "pods": 10,
         *           "finishedPods": 50,
         *           "services": 5,
         *           "ingresses": 2,
         *           "configMaps": 20,
         *           "secrets": 20,
         *           "serviceAccounts": 10,
         *           "deployments": 5,
         *           "replicaSets": 50,
         *           "statefulSets": 2,
         *           "daemonSets": 0,
         *           "replicationControllers": 0,
         *           "jobs": 10,
         *           "cronJobs": 2,
         *           "horizontalPodAutoscalers": 2,
         *           "podDisruptionBudgets": 5
         *         },
         *         "containerDefaults": {
         *           "limits": {
         *             "cpu": "200m",
         *             "memory": "128Mi"
         *           },
         *           "max": {
         *             "cpu": "500m",
         *             "memory": "512Mi"
         *           }
         *         },
         *         "network": {
         *           "internetEgress": "https",
         *           "monitoring": false
         *         },
         *         "links": {
         *           "max": 2,
         *           "maxDays": 30
         *         },
         *         "billing": {
         *           "paymentGraceDays": 0,
         *           "deletionRetentionDays": 7
         *         },
         *         "environments": {
         *           "default": [
         *             "main"
         *           ],
         *           "max": 2
         *         }
         *       }
         *     }
         */
        CreatePlanVersionRequest: {
            /** @description The complete new content, not a patch. */
            spec: components["schemas"]["PlanSpecInput"];
        };
        /**
         * @example {
         *       "id": "block-cve",
         *       "description": "CVE-2026-12345",
         *       "target": {
         *         "all": true
         *       },
         *       "mode": "enforce",
         *       "rule": {
         *         "library": {
         *           "name": "block-images"
         *         }
         *       },
         *       "parameters": {
         *         "images": [
         *           "registry.example/app:1.2.3"
         *         ]
         *       }
         *     }
         */
        CreatePolicyRequest: {
            /** @description Immutable. */
            id: string;
            /**
             * @description Explanation for humans.
             * @default
             */
            description?: string;
            /** @description The tenants to which the policy applies. */
            target: components["schemas"]["PolicyTargetInput"];
            /**
             * @description What happens to a violating write. `audit`: recorded only. `warn`: allowed with a warning. `enforce`: refused.
             * @enum {string}
             */
            mode: "audit" | "warn" | "enforce";
            /** @default [] */
            exceptions?: components["schemas"]["PolicyExceptionInput"][];
            rule: components["schemas"]["PolicyRuleInput"];
            /**
             * @description In Rego, unchanged in `input.parameters`. In CEL, in `variables.parameters`: numbers and booleans as strings, lists of strings joined by commas, objects and other lists unchanged.
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "selector": {},
         *       "reason": "Applied",
         *       "match": "text"
         *     }
         */
        CreateQuarantineRequest: {
            selector: components["schemas"]["QuarantineSelector"];
            /** @description Explanation for humans. */
            reason: string;
            /** @description `match` from the preview of this selector: exactly the previewed tenants are quarantined, or none. */
            match: string;
        };
        /**
         * @default {}
         * @example {
         *       "toVersion": 2,
         *       "canary": {
         *         "tenants": 2
         *       },
         *       "maxConcurrent": 20,
         *       "pauseAfterCanary": true
         *     }
         */
        CreateRolloutRequest: {
            /**
             * Format: int32
             * @description Target version; by default the latest of the plan.
             */
            toVersion?: number;
            /** @description Only tenants on these versions take part. By default tenants on any other version. */
            from?: number[];
            /**
             * @description The tenants that are moved first. The newest tenants fill up the number.
             * @default {}
             */
            canary?: {
                /**
                 * Format: int32
                 * @description Number of canary tenants; 0 for no canary.
                 * @default 1
                 */
                tenants?: number;
                /**
                 * @description Tenants that are always in the canary, even if there are more than `tenants`.
                 * @default []
                 */
                tenantIds?: string[];
            };
            /**
             * @description Tenants per batch after the canary; a batch starts when the previous one is done. Null for a single batch.
             * @default null
             */
            batchSize?: number | null;
            /**
             * Format: int32
             * @description Maximum number of tenants in flight.
             * @default 10
             */
            maxConcurrent?: number;
            /**
             * Format: int32
             * @description Number of failed tenants to tolerate; one more pauses the rollout.
             * @default 0
             */
            maxFailures?: number;
            /**
             * @description Pause when the canary is done, until the rollout is resumed.
             * @default false
             */
            pauseAfterCanary?: boolean;
        };
        /**
         * @example {
         *       "name": "shop",
         *       "hosts": [
         *         "shop.acme.example"
         *       ],
         *       "rules": [
         *         {
         *           "matches": [
         *             {
         *               "headers": [
         *                 {
         *                   "name": "x-canary",
         *                   "value": "true"
         *                 }
         *               ]
         *             }
         *           ],
         *           "backends": [
         *             {
         *               "service": "web-v2",
         *               "port": 80
         *             }
         *           ]
         *         },
         *         {
         *           "backends": [
         *             {
         *               "service": "web-v1",
         *               "port": 80,
         *               "weight": 95
         *             },
         *             {
         *               "service": "web-v2",
         *               "port": 80,
         *               "weight": 5
         *             }
         *           ],
         *           "timeouts": {
         *             "request": "10s"
         *           }
         *         }
         *       ]
         *     }
         */
        CreateRouteRequest: {
            /** @description Unique within the tenant; immutable. */
            name: string;
            /**
             * @description Environment of the services; immutable.
             * @default main
             */
            environment?: components["schemas"]["EnvironmentName"];
            /** @description Hosts of the tenant or subdomains of them. All routes of a host must use the same environment. */
            hosts: string[];
            /** @description The most specific matching rule applies. */
            rules: components["schemas"]["RouteRuleInput"][];
            /**
             * @description Certificate of the hosts. Null to use that of the platform’s gateway.
             * @default null
             */
            tls?: {
                /** @description A Secret of type kubernetes.io/tls in the namespace of the environment. */
                secret: components["schemas"]["DnsSubdomain"];
            } | null;
        };
        /**
         * @example {
         *       "from": "web-v1",
         *       "to": "web-v2",
         *       "steps": [
         *         {
         *           "weight": 5,
         *           "pauseSeconds": 600
         *         },
         *         {
         *           "weight": 50,
         *           "manual": true
         *         },
         *         {
         *           "weight": 100,
         *           "pauseSeconds": 0
         *         }
         *       ]
         *     }
         */
        CreateShiftRequest: {
            /** @description The old service. It stays in the rules with less weight. */
            from: string;
            /** @description The new service. */
            to: string;
            /**
             * @description Port of the new service. Null for the port of the old one.
             * @default null
             */
            toPort?: number | null;
            steps: ({
                /**
                 * Format: int32
                 * @description Share of the new service, in percent of the traffic of the two services.
                 */
                weight: number;
                /**
                 * Format: int32
                 * @description How long the step stays in the cluster before the next one, or before the shift finishes.
                 */
                pauseSeconds?: number;
                /**
                 * @description The step stays until the shift is resumed.
                 * @constant
                 */
                manual?: true;
            } & (unknown | unknown))[];
        };
        /**
         * @example {
         *       "slug": "acme",
         *       "displayName": "Acme GmbH",
         *       "externalId": "cus_123",
         *       "plan": "team",
         *       "environments": [
         *         "main",
         *         "staging"
         *       ],
         *       "members": [
         *         {
         *           "kind": "User",
         *           "name": "alice@acme.example",
         *           "role": "tenant-admin"
         *         }
         *       ],
         *       "labels": {
         *         "region": "eu"
         *       }
         *     }
         */
        CreateTenantRequest: {
            /** @description Part of the namespace names. Can be reused once the tenant is deleted. */
            slug: string;
            /** @description Name for humans; by default the slug. */
            displayName?: string;
            /**
             * @description Your own id of the customer, e.g. from your billing system. Unique.
             * @default null
             */
            externalId?: string | null;
            plan: components["schemas"]["PlanReference"];
            /** @description One namespace is created per environment. By default those of the plan. */
            environments?: components["schemas"]["EnvironmentName"][];
            /**
             * @description Users, groups and ServiceAccounts with access to the tenant's namespaces.
             * @default []
             */
            members?: components["schemas"]["MemberInput"][];
            /** @default {} */
            labels?: {
                [key: string]: string;
            };
        };
        /**
         * @description A dashboard in the import format of Grafana 11 and later.
         * @example {
         *       "uid": "text",
         *       "title": "Tenants",
         *       "schemaVersion": 1,
         *       "panels": [
         *         {
         *           "id": 1,
         *           "title": "Tenants"
         *         }
         *       ]
         *     }
         */
        Dashboard: {
            uid: string;
            title: string;
            schemaVersion: number;
            panels: ({
                id: number;
                title: string;
            } & {
                [key: string]: unknown;
            })[];
        } & {
            [key: string]: unknown;
        };
        DeletionCertificate: {
            statement: components["schemas"]["DeletionStatement"];
            /** @description RFC 7638 thumbprint of the signing key. */
            keyId: string;
            /** @description Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the statement. */
            jws: string;
        };
        DeletionStatement: {
            /** @constant */
            type: "bulkhead.io/deletion-certificate";
            /** @description 2 adds `removed.forced`. */
            version: 1 | 2;
            tenant: {
                id: string;
                slug: string;
                /** @description External id of the tenant, e.g. in the billing system. */
                externalId: string | null;
                plan: {
                    id: string;
                    version: number;
                };
            };
            deletion: {
                operationId: string | null;
                /** Format: date-time */
                requestedAt: string;
                /** @description Id of the API key or person that requested the deletion. */
                requestedBy: string;
                /**
                 * Format: date-time
                 * @description When the retention ended.
                 */
                startedAt: string;
                /**
                 * Format: date-time
                 * @description Time by the clock of the database.
                 */
                finishedAt: string;
            };
            namespaces: {
                environment: string;
                name: string;
                /** @description Null if the namespace was never created. */
                uid: string | null;
                /** @description Whether a namespace of this name exists that never belonged to the tenant. */
                ownedBySomebodyElse: boolean;
            }[];
            removed: {
                count: number;
                /** @description Number of objects by `apiVersion/Kind`. */
                byKind: {
                    [key: string]: number;
                };
                objects: {
                    apiVersion: string;
                    kind: string;
                    /** @description Empty for cluster-scoped objects. */
                    namespace: string;
                    name: string;
                    uid: string;
                }[];
                /** @description Collections that were emptied, `apiVersion/Kind/namespace/*`. */
                workloads: string[];
                /** @description Pods that did not end in time and were removed by force, `v1/Pod/namespace/name`; absent in version 1. A process of such a pod may have run on until its node answered again. */
                forced?: string[];
            };
            sweep: {
                cluster: string;
                apiServerVersion: string;
                labelSelector: string;
                /** @description Resources that were searched. */
                resources: {
                    /** @description Empty for the core group. */
                    group: string;
                    version: string;
                    /** @description Plural name. */
                    resource: string;
                    /** @constant */
                    found: 0;
                }[];
                /** @description Resources that the API server refused to list. */
                notLookedAt: {
                    /** @description Empty for the core group. */
                    group: string;
                    version: string;
                    /** @description Plural name. */
                    resource: string;
                    reason: string;
                }[];
            };
        };
        DnsSubdomain: string;
        /**
         * @example {
         *       "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *       "policy": "heal",
         *       "driftFree": true,
         *       "observedAt": "2026-11-24T09:30:00Z",
         *       "items": [
         *         {
         *           "object": "v1/Namespace/tn-acme",
         *           "kind": "missing",
         *           "fields": [],
         *           "detectedAt": "2026-11-24T09:30:00Z",
         *           "healedAt": "2026-11-24T09:30:00Z"
         *         }
         *       ]
         *     }
         */
        Drift: {
            tenantId: string;
            /**
             * @description Drift policy of the plan: heal at once, or report and leave until the next change.
             * @enum {string}
             */
            policy: "heal" | "report";
            /** @description Whether the last complete check found no drift or healed all of it. */
            driftFree: boolean;
            /**
             * Format: date-time
             * @description Time of the last complete check; null before the first.
             */
            observedAt: string | null;
            /** @description Open drift by object, then the latest 100 healed items. */
            items: {
                /** @description `apiVersion/Kind/[namespace/]name` */
                object: string;
                /**
                 * @description `missing`: absent. `changed`: differs from the object set. `unexpected`: has the tenant's label but is not in its object set.
                 * @enum {string}
                 */
                kind: "missing" | "changed" | "unexpected";
                /** @description Differing fields, at most 100. For an unexpected object, its content at path ""; for a missing one, empty. */
                fields: {
                    /** @description JSON Pointer (RFC 6901) into the object. */
                    path: string;
                    /** @description Desired value; null if the field must be absent. */
                    wanted: unknown;
                    /** @description Value in the cluster; null if absent. */
                    found: unknown;
                    /** @description Owner of the field in `metadata.managedFields`; null if unknown. */
                    manager: components["schemas"]["FieldManager"] | null;
                }[];
                /** Format: date-time */
                detectedAt: string;
                /**
                 * Format: date-time
                 * @description Null while the drift is open.
                 */
                healedAt: string | null;
            }[];
        };
        /**
         * @example {
         *       "match": "text",
         *       "hit": 1,
         *       "skipped": 1,
         *       "tenants": [
         *         {
         *           "id": "acme",
         *           "slug": "acme",
         *           "skipped": "deleting"
         *         }
         *       ]
         *     }
         */
        EmergencyRadius: {
            match: string;
            hit: number;
            skipped: number;
            tenants: {
                id: string;
                slug: string;
                skipped: "deleting" | null;
            }[];
        };
        EmergencyRule: components["schemas"]["EmergencyRuleSummary"] & {
            counts: {
                pending: number;
                "in-force": number;
                failed: number;
                lifted: number;
            };
            tenants: {
                id: string;
                slug: string;
                /** @enum {string} */
                phase: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
                /** @enum {string} */
                state: "pending" | "in-force" | "failed" | "lifted";
            }[];
        };
        EmergencyRuleSummary: {
            id: string;
            /** @enum {string} */
            direction: "ingress" | "egress";
            cidrs: string[];
            except: string[];
            ports: components["schemas"]["NetworkRulePorts"];
            selector: {
                /** @constant */
                all?: true;
                plan?: string;
                labels?: {
                    [key: string]: string;
                };
                tenants?: string[];
            };
            reason: string;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description Null: it is in force.
             */
            endedAt: string | null;
            liftedBy: string | null;
        };
        EmergencyRuleSummaryPage: {
            items: components["schemas"]["EmergencyRuleSummary"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description Tenants that match every criterion. */
        EmergencySelector: {
            /** @constant */
            all?: true;
            plan?: string;
            labels?: {
                [key: string]: string;
            };
            /** @description Ids. */
            tenants?: string[];
        };
        EnvironmentName: string;
        FailureCause: {
            /** @description Same code as in the tenant's condition and the worker's log. */
            code: string;
            /** @description Reason reported by the API server, e.g. `Forbidden`, `Invalid`, `Conflict`. */
            reason: string | null;
            /** @description Status returned by the API server; null if it did not answer. */
            httpStatus: number | null;
        };
        FieldManager: {
            /** @description Field manager, such as `kubectl-edit`. */
            name: string;
            /** @enum {string} */
            operation: "Apply" | "Update";
            /**
             * Format: date-time
             * @description When the manager last wrote the object.
             */
            time: string | null;
        };
        /** @example {} */
        GetPlanSchemaResponse: {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "status": "ok"
         *     }
         */
        Health: {
            /** @constant */
            status: "ok";
        };
        Hold: {
            id: string;
            /**
             * @description Who has the reason to restrict the tenant.
             * @enum {string}
             */
            source: "billing" | "admin" | "security";
            /**
             * @description `suspend` stops the workloads and removes access and network, but keeps the data. `quarantine` removes access and network while the workloads keep running. `freeze` rejects changes to the tenant through this API.
             * @enum {string}
             */
            effect: "suspend" | "quarantine" | "freeze";
            reason: string;
            /** @description Who placed the hold. */
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** @description Who lifted the hold; null while it is in force. */
            liftedBy: string | null;
            /** Format: date-time */
            liftedAt: string | null;
        };
        HoldPage: {
            items: components["schemas"]["Hold"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        Host: {
            host: string;
            /** @description Who added the host. */
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "host": "shop.acme.example",
         *           "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *           "createdAt": "2026-11-24T09:30:00Z"
         *         }
         *       ]
         *     }
         */
        HostList: {
            items: components["schemas"]["Host"][];
        };
        /**
         * @description What cannot be carried over is refused, with its line.
         * @example {
         *       "yaml": "text",
         *       "target": {
         *         "all": true
         *       }
         *     }
         */
        ImportPolicyRequest: {
            /** @description One policy: a Gatekeeper `ConstraintTemplate` with its constraint, a `ValidatingAdmissionPolicy` with its binding and the object of its parameters, or a Kyverno `ValidatingPolicy` in CEL. */
            yaml: string;
            /** @description By default the name of the constraint or policy. */
            id?: string;
            /** @description By default that of the text. */
            description?: string;
            /**
             * @description By default that of the text.
             * @enum {string}
             */
            mode?: "audit" | "warn" | "enforce";
            /** @description The tenants to which the policy applies. */
            target: components["schemas"]["PolicyTargetInput"];
            /** @default [] */
            exceptions?: components["schemas"]["PolicyExceptionInput"][];
        };
        /**
         * @example {
         *       "id": "invitation_01kab4x2h3f6tbx5q8w2m7n9kc",
         *       "email": "text",
         *       "role": "tenant-owner",
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "expiresAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Invitation: {
            /** @example invitation_01kab4x2h3f6tbx5q8w2m7n9kc */
            id: string;
            email: string;
            /** @enum {string} */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
            /** @description The principal that sent it. */
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
        };
        InvitationPage: {
            items: components["schemas"]["Invitation"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        IsolationCheck: components["schemas"]["IsolationCheckSummary"] & {
            report: components["schemas"]["IsolationReport"] | null;
            /** @description RFC 7638 thumbprint of the signing key; null if no worker has one. */
            keyId: string | null;
            /** @description Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the report. */
            jws: string | null;
        };
        IsolationCheckResult: {
            /** @description Stable identifier, such as `block-host-path`. */
            id: string;
            /** @description Id in the Multi-Tenancy Benchmarks; null for checks specific to Bulkhead. */
            benchmark: string | null;
            title: string;
            /** @enum {string} */
            area: "access" | "pods" | "objects" | "network" | "services" | "storage" | "quota" | "policies";
            /**
             * @description How the check was made; absent in version 1.
             * @enum {string}
             */
            basis?: "asked" | "tried" | "judged";
            /**
             * @description The condition that becomes False if the check fails.
             * @enum {string}
             */
            condition: "NetworkIsolated" | "PoliciesEnforced";
            /** @enum {string} */
            status: "pass" | "fail" | "not-applicable";
            /** @description One sentence. */
            reason: string;
            /** @description Number of requests, including controls. */
            asked: number;
            /** @description Every unexpected answer, and samples of the expected ones of each kind. */
            evidence: components["schemas"]["IsolationEvidence"][];
        };
        IsolationCheckSummary: {
            id: string;
            tenantId: string;
            /**
             * @description `succeeded` means that there is a report, even if checks in it failed.
             * @enum {string}
             */
            state: "pending" | "running" | "succeeded" | "failed";
            /**
             * @description Whether a caller or the schedule of the plan started the check.
             * @enum {string}
             */
            trigger: "request" | "schedule";
            requestedBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            startedAt: string | null;
            /** Format: date-time */
            finishedAt: string | null;
            /** @description Null until there is a report. */
            summary: components["schemas"]["IsolationSummary"] | null;
            /** @description Why there is no report; otherwise null. */
            error: string | null;
        };
        IsolationCheckSummaryPage: {
            items: components["schemas"]["IsolationCheckSummary"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        IsolationEvidence: {
            /** @description Identity of the request: a user name, or `group NAME`. */
            as: string;
            /** @description The request, such as `create v1/Pod in tn-acme (dry run)`. */
            request: string;
            /** @description How the request differs from a plain one; null if it does not. */
            detail: {
                [key: string]: unknown;
            } | null;
            /** @description `admitted`, `allowed`, `denied`, or the error of the API server. */
            answer: string;
            /**
             * @description Whether the request should have been allowed.
             * @enum {string}
             */
            expected: "yes" | "no";
            /** @description Whether the request is a control, which proves that the check can fail. */
            control: boolean;
            asExpected: boolean;
        };
        /**
         * @example {
         *       "type": "bulkhead.io/isolation-report",
         *       "version": 1,
         *       "id": "check_01kab4x2gnem3s6k9t1y4w8zqh",
         *       "tenant": {
         *         "id": "check_01kab4x2gnem3s6k9t1y4w8zqh",
         *         "slug": "acme",
         *         "generation": 1,
         *         "plan": {
         *           "id": "check_01kab4x2gnem3s6k9t1y4w8zqh",
         *           "version": 1
         *         }
         *       },
         *       "namespaces": [
         *         "tn-acme"
         *       ],
         *       "identities": [
         *         {
         *           "kind": "User",
         *           "name": "tn-acme",
         *           "role": "text"
         *         }
         *       ],
         *       "notAsked": [
         *         "text"
         *       ],
         *       "cluster": {
         *         "name": "tn-acme",
         *         "apiServerVersion": "v1.36.1"
         *       },
         *       "startedAt": "2026-11-24T09:30:00Z",
         *       "finishedAt": "2026-11-24T09:30:00Z",
         *       "requests": 1,
         *       "summary": {
         *         "passed": 1,
         *         "failed": 1,
         *         "notApplicable": 1
         *       },
         *       "checks": [
         *         {
         *           "id": "acme",
         *           "benchmark": "text",
         *           "title": "Tenants",
         *           "area": "access",
         *           "condition": "NetworkIsolated",
         *           "status": "pass",
         *           "reason": "Applied",
         *           "asked": 1,
         *           "evidence": []
         *         }
         *       ]
         *     }
         */
        IsolationReport: {
            /** @constant */
            type: "bulkhead.io/isolation-report";
            /** @description 2 adds `areas`, and `basis` of checks. */
            version: 1 | 2;
            /** @description Id of the isolation check. */
            id: string;
            tenant: {
                id: string;
                slug: string;
                generation: number;
                plan: {
                    id: string;
                    version: number;
                };
            };
            namespaces: string[];
            /** @description Identities whose permissions were checked. */
            identities: {
                /** @enum {string} */
                kind: "User" | "Group" | "ServiceAccount";
                name: string;
                /** @description The ClusterRole bound to the identity. */
                role: string;
            }[];
            /** @description What could not be checked, in words; empty if nothing was left out. */
            notAsked: string[];
            cluster: {
                name: string;
                apiServerVersion: string;
            };
            /** Format: date-time */
            startedAt: string;
            /** Format: date-time */
            finishedAt: string;
            /** @description Number of requests to the API server. */
            requests: number;
            summary: components["schemas"]["IsolationSummary"];
            /** @description On what the checks of each area rest; absent in version 1. */
            areas?: {
                /** @enum {string} */
                area: "access" | "pods" | "objects" | "network" | "services" | "storage" | "quota" | "policies";
                basis: ("asked" | "tried" | "judged")[];
            }[];
            checks: components["schemas"]["IsolationCheckResult"][];
        };
        IsolationSummary: {
            passed: number;
            failed: number;
            notApplicable: number;
        };
        /**
         * @example {
         *       "id": "acme",
         *       "name": "tn-acme",
         *       "role": "text",
         *       "permissions": [
         *         "text"
         *       ],
         *       "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *       "allowedCidrs": [
         *         "text"
         *       ],
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "expiresAt": "2026-11-24T09:30:00Z",
         *       "lastUsedAt": "2026-11-24T09:30:00Z",
         *       "rotatedAt": "2026-11-24T09:30:00Z",
         *       "previousValidUntil": "2026-11-24T09:30:00Z",
         *       "revokedAt": "2026-11-24T09:30:00Z",
         *       "revokedBy": "text",
         *       "key": "text"
         *     }
         */
        IssuedApiKey: {
            id: string;
            name: string;
            /** @description Null: the key has permissions of its own. */
            role: string | null;
            /** @description Null: those of its role. */
            permissions: string[] | null;
            /** @description The only tenant that the key reaches; null: it is not bound to one. */
            tenantId: string | null;
            /** @description Empty: any address. */
            allowedCidrs: string[];
            /** @description Who created the key; null: a command. */
            createdBy: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description To the minute.
             */
            lastUsedAt: string | null;
            /** Format: date-time */
            rotatedAt: string | null;
            /**
             * Format: date-time
             * @description Until when the secret before the last rotation works.
             */
            previousValidUntil: string | null;
            /** Format: date-time */
            revokedAt: string | null;
            revokedBy: string | null;
            /** @description The key itself, which is shown only once; null in the answer to a repeated request. Rotate it then. */
            key: string | null;
        };
        JsonWebKey: {
            /** @constant */
            kty: "OKP";
            /** @constant */
            crv: "Ed25519";
            x: string;
            /** @description RFC 7638 thumbprint. */
            kid: string;
            /** @constant */
            alg: "EdDSA";
            /** @constant */
            use: "sig";
        };
        /**
         * @example {
         *       "keys": [
         *         {
         *           "kty": "OKP",
         *           "crv": "Ed25519",
         *           "x": "text",
         *           "kid": "text",
         *           "alg": "EdDSA",
         *           "use": "sig"
         *         }
         *       ]
         *     }
         */
        JsonWebKeySet: {
            keys: components["schemas"]["JsonWebKey"][];
        };
        /** @description A complete object, as it would be stored. */
        KubernetesObject: {
            apiVersion: string;
            kind: string;
            metadata: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "id": "link_01kab4x2gtehx4b7m2y9k5t8sk",
         *       "state": "proposed",
         *       "provider": {
         *         "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *         "environment": "main",
         *         "consent": null,
         *         "cutOff": true,
         *         "inForce": true,
         *         "operationId": "op_01kab4x2g1fdbv7yk2m8h5c3qa",
         *         "service": "web-v1",
         *         "ports": [
         *           1
         *         ]
         *       },
         *       "consumer": {
         *         "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *         "environment": "main",
         *         "consent": null,
         *         "cutOff": true,
         *         "inForce": true,
         *         "operationId": "op_01kab4x2g1fdbv7yk2m8h5c3qa",
         *         "serviceAccount": "reports"
         *       },
         *       "reason": "Applied",
         *       "expiresAt": "2026-11-24T09:30:00Z",
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "resolved": null,
         *       "problem": null,
         *       "ended": null
         *     }
         */
        Link: {
            id: string;
            /**
             * @description `proposed`: a consent is missing. `approved`: both sides consented, but the link is not in force on both yet, or a side is cut off. `active`: traffic passes. `failed`: approved, but `problem` prevents it; a worker keeps retrying.
             * @enum {string}
             */
            state: "proposed" | "approved" | "active" | "failed" | "expired" | "revoked";
            provider: components["schemas"]["LinkSide"] & {
                service: string;
                ports: number[];
            };
            consumer: components["schemas"]["LinkSide"] & {
                serviceAccount: string;
            };
            reason: string;
            /** Format: date-time */
            expiresAt: string;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** @description What the Service resolves to; null until a worker has resolved it. */
            resolved: {
                /** @description Pod labels that the Service selects. */
                podLabels: {
                    [key: string]: string;
                };
                ports: {
                    port: number;
                    /** @description Port on which the pods listen. */
                    targetPort: number;
                }[];
            } | null;
            problem: {
                /** @enum {string} */
                code: "ServiceNotFound" | "ServiceIsExternalName" | "ServiceWithoutSelector" | "ServiceSelectorTooLarge" | "TooManySelectors" | "ServiceUnreadable" | "ServiceNotExported" | "PortNotFound" | "PortIsNotTcp" | "TargetPortUnknown" | "TargetPortAmbiguous";
                message: string;
                /** @description `apiVersion/Kind/namespace/name` */
                object: string;
                /** @description How to fix it. */
                remedy: string;
            } | null;
            /** @description When, by whom and why the link ended; `by` is `bulkhead` if Bulkhead ended it. */
            ended: {
                /** Format: date-time */
                at: string;
                by: string;
                /** @enum {string} */
                reason: "expired" | "revoked" | "tenant-deleted";
            } | null;
        };
        LinkPage: {
            items: components["schemas"]["Link"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        LinkSide: {
            tenantId: string;
            environment: string;
            /** @description The consent for this side; null until given. */
            consent: {
                by: string;
                /** Format: date-time */
                at: string;
            } | null;
            /** @description Whether the tenant is suspended or quarantined, which closes the link on both sides. */
            cutOff: boolean;
            /** @description Whether the objects of the link for this side are in the cluster. */
            inForce: boolean;
            /** @description The latest operation that opened or closed the link on this side. */
            operationId: string | null;
        };
        /**
         * @example {
         *       "id": "acme",
         *       "kind": "key",
         *       "name": "tn-acme",
         *       "email": "text",
         *       "expiresAt": "2026-11-24T09:30:00Z",
         *       "platform": null,
         *       "created": null,
         *       "tenants": [
         *         {
         *           "id": "acme",
         *           "slug": "acme",
         *           "displayName": "Acme GmbH",
         *           "phase": "pending",
         *           "namespaces": [],
         *           "roles": [],
         *           "permissions": []
         *         }
         *       ]
         *     }
         */
        Me: {
            /** @description The principal, as in operations and the audit log. */
            id: string;
            /** @enum {string} */
            kind: "key" | "person" | "workload";
            /** @description For humans. */
            name: string;
            /** @description The address, if an issuer has verified it. */
            email: string | null;
            /**
             * Format: date-time
             * @description When the token ends; null for an API key.
             */
            expiresAt: string | null;
            /** @description What the caller may do on the whole platform and in all tenants; null if it reaches only some. */
            platform: {
                /** @description Names of the roles; empty if an API key has permissions of its own. */
                roles: string[];
                permissions: components["schemas"]["Permission"][];
            } | null;
            /** @description What the caller may do in the tenants that it creates; null if that is nothing more. */
            created: {
                /** @description Names of the roles; empty if an API key has permissions of its own. */
                roles: string[];
                permissions: components["schemas"]["Permission"][];
            } | null;
            /** @description Tenants that the caller is bound to or a member of, newest first, at most 200. */
            tenants: {
                id: string;
                slug: string;
                displayName: string;
                /** @enum {string} */
                phase: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
                namespaces: {
                    environment: string;
                    name: string;
                }[];
                /** @description Names of the roles; empty if an API key has permissions of its own. */
                roles: string[];
                permissions: components["schemas"]["Permission"][];
            }[];
        };
        Measurement: {
            /** @description Null if there is no data. */
            value: number | null;
            /** @description The Prometheus query that returned it. */
            query: string;
        };
        /** @description `MemberInput` with every default filled in. */
        Member: {
            /** @enum {string} */
            kind: "User" | "Group" | "ServiceAccount";
            name: string;
            namespace?: string;
            /** @enum {string} */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
        };
        /**
         * @example {
         *       "kind": "User",
         *       "name": "tn-acme",
         *       "role": "tenant-owner"
         *     }
         */
        MemberInput: {
            /**
             * @description A ServiceAccount without a `namespace` is that of each of the tenant’s namespaces.
             * @enum {string}
             */
            kind: "User" | "Group" | "ServiceAccount";
            /** @description Name of the user or group as reported by the cluster's authenticator, or of a ServiceAccount, without its namespace. */
            name: string;
            /** @description The namespace of a ServiceAccount of the platform, such as that of a pipeline. */
            namespace?: string;
            /** @enum {string} */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
        };
        /**
         * @example {
         *       "id": "acme",
         *       "direction": "ingress",
         *       "action": "allow",
         *       "cidrs": [
         *         "text"
         *       ],
         *       "hosts": [
         *         "text"
         *       ],
         *       "except": [
         *         "text"
         *       ],
         *       "ports": [
         *         {
         *           "protocol": "TCP"
         *         }
         *       ],
         *       "environments": [
         *         "text"
         *       ],
         *       "podSelector": null,
         *       "beyondPlan": true,
         *       "reason": "Applied",
         *       "expiresAt": "2026-11-24T09:30:00Z",
         *       "owner": "platform",
         *       "emergency": true,
         *       "inForce": true,
         *       "outOfForce": null,
         *       "layers": [
         *         {
         *           "layer": "text",
         *           "address": "192.0.2.10"
         *         }
         *       ],
         *       "contradicts": [
         *         {
         *           "id": "acme",
         *           "prevails": true
         *         }
         *       ],
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        NetworkRule: {
            id: string;
            /**
             * @description `egress`: from pods of the tenant. `ingress`: to them.
             * @enum {string}
             */
            direction: "ingress" | "egress";
            /**
             * @description A rule that denies prevails over every rule and plan that allows.
             * @enum {string}
             */
            action: "allow" | "deny";
            cidrs: string[];
            hosts: string[];
            except: string[];
            ports: components["schemas"]["NetworkRulePorts"];
            environments: string[] | null;
            podSelector: {
                matchLabels: {
                    [key: string]: string;
                };
            } | null;
            beyondPlan: boolean;
            reason: string;
            /** Format: date-time */
            expiresAt: string | null;
            /**
             * @description Only callers with `network-rules:exceed` can change a rule of the platform.
             * @enum {string}
             */
            owner: "platform" | "tenant";
            /** @description Whether the platform set it for many tenants. */
            emergency: boolean;
            /** @description Whether the cluster enforces the rule. */
            inForce: boolean;
            /** @description Why the rule is not in force; null if it is. */
            outOfForce: {
                /** @enum {string} */
                code: "pending" | "expired" | "deleted" | "cut-off" | "outside-plan" | "unsupported";
                detail: string;
            } | null;
            /** @description Where the rule is enforced. */
            layers: {
                layer: string;
                /** @description The address that is compared there. */
                address: string;
            }[];
            /** @description Rules of the tenant with the opposite action for some of the same traffic. */
            contradicts: {
                id: string;
                /** @description Whether this rule prevails over that one: the one that denies does. */
                prevails: boolean;
            }[];
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /**
         * @example {
         *       "expiresAt": "2099-12-31T18:00:00Z"
         *     }
         */
        NetworkRuleChange: {
            /** @description Ranges of IPv4 or IPv6 that egress goes to or ingress comes from. Null or absent if the rule has hosts. */
            cidrs?: components["schemas"]["Cidr"][];
            /** @description Names in the public DNS that egress goes to; "*.example.com" stands for every name below example.com. They are allowed on single TCP ports, in a mesh whose proxies resolve names themselves. */
            hosts?: string[];
            /** @description Parts of `cidrs` to which the rule does not apply. */
            except?: components["schemas"]["Cidr"][];
            /** @description Ports of the destination; empty: all traffic, also without ports. */
            ports?: {
                /**
                 * @default TCP
                 * @enum {string}
                 */
                protocol?: "TCP" | "UDP" | "SCTP";
                /**
                 * Format: int32
                 * @description By default every port of the protocol.
                 */
                port?: number;
                /**
                 * Format: int32
                 * @description Last port of a range that begins with `port`.
                 */
                endPort?: number;
            }[];
            /** @description Environments of the tenant; null: all. */
            environments?: components["schemas"]["EnvironmentName"][] | null;
            /** @description Labels are merged by key; null removes a label, or the whole selector. */
            podSelector?: {
                matchLabels: {
                    [key: string]: string | null;
                };
            } | null;
            /** @description Sets the rule although the plan (`network.rules`) does not allow it. Needs the permission `network-rules:exceed`. */
            beyondPlan?: boolean;
            /** @description Explanation for humans. */
            reason?: string;
            /**
             * Format: date-time
             * @description When the rule ends, by the clock of the database; null: it does not.
             */
            expiresAt?: string | null;
        };
        NetworkRulePage: {
            items: components["schemas"]["NetworkRule"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description Empty: all traffic. */
        NetworkRulePorts: {
            /** @enum {string} */
            protocol: "TCP" | "UDP" | "SCTP";
            port?: number;
            endPort?: number;
        }[];
        /**
         * @example {
         *       "direction": "egress",
         *       "action": "allow",
         *       "cidrs": [
         *         "203.0.113.7/32"
         *       ],
         *       "ports": [
         *         {
         *           "protocol": "TCP",
         *           "port": 5432
         *         }
         *       ],
         *       "environments": [
         *         "staging"
         *       ],
         *       "reason": "Migration of the ledger from the old data centre."
         *     }
         */
        NewNetworkRule: {
            /**
             * @description `egress`: from pods of the tenant. `ingress`: to them.
             * @enum {string}
             */
            direction: "ingress" | "egress";
            /**
             * @description A rule that denies prevails over every rule and plan that allows.
             * @enum {string}
             */
            action: "allow" | "deny";
            /**
             * @description Ranges of IPv4 or IPv6 that egress goes to or ingress comes from. Null or absent if the rule has hosts.
             * @default []
             */
            cidrs?: components["schemas"]["Cidr"][];
            /**
             * @description Names in the public DNS that egress goes to; "*.example.com" stands for every name below example.com. They are allowed on single TCP ports, in a mesh whose proxies resolve names themselves.
             * @default []
             */
            hosts?: string[];
            /**
             * @description Parts of `cidrs` to which the rule does not apply.
             * @default []
             */
            except?: components["schemas"]["Cidr"][];
            /**
             * @description Ports of the destination; empty: all traffic, also without ports.
             * @default []
             */
            ports?: {
                /**
                 * @default TCP
                 * @enum {string}
                 */
                protocol?: "TCP" | "UDP" | "SCTP";
                /**
                 * Format: int32
                 * @description By default every port of the protocol.
                 */
                port?: number;
                /**
                 * Format: int32
                 * @description Last port of a range that begins with `port`.
                 */
                endPort?: number;
            }[];
            /**
             * @description Environments of the tenant; null: all.
             * @default null
             */
            environments?: components["schemas"]["EnvironmentName"][] | null;
            /**
             * @description Pods of the tenant, by labels that all must match; null: all pods.
             * @default null
             */
            podSelector?: {
                matchLabels: {
                    [key: string]: string;
                };
            } | null;
            /**
             * @description Sets the rule although the plan (`network.rules`) does not allow it. Needs the permission `network-rules:exceed`.
             * @default false
             */
            beyondPlan?: boolean;
            /** @description Explanation for humans. */
            reason: string;
            /**
             * Format: date-time
             * @description When the rule ends, by the clock of the database; null: it does not.
             * @default null
             */
            expiresAt?: string | null;
        };
        /** @description Cursor of the next page; null on the last page. */
        NextCursor: string | null;
        /**
         * @example {
         *       "id": "op_01kab4x2g1fdbv7yk2m8h5c3qa",
         *       "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *       "kind": "create",
         *       "state": "pending",
         *       "generation": 1,
         *       "steps": [
         *         {
         *           "name": "apply",
         *           "object": "v1/Namespace/tn-acme",
         *           "state": "running",
         *           "attempts": 1,
         *           "startedAt": "2026-11-24T09:30:00Z",
         *           "durationMs": 1,
         *           "error": "No error.",
         *           "cause": null,
         *           "remedy": "Retry the operation."
         *         }
         *       ],
         *       "stepsDropped": 1,
         *       "error": null,
         *       "retryOf": "op_01kab4x2g1fdbv7yk2m8h5c3qa",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "finishedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Operation: {
            id: string;
            tenantId: string;
            /** @enum {string} */
            kind: "create" | "update" | "hold" | "release" | "schedule-deletion" | "undelete" | "delete" | "link" | "unlink";
            /** @enum {string} */
            state: "pending" | "running" | "succeeded" | "failed" | "superseded" | "cancelled";
            /** @description The tenant's generation that the operation carries out. */
            generation: number;
            steps: {
                /** @enum {string} */
                name: "apply" | "prune" | "wait" | "keep" | "suspend" | "resume";
                /** @description `apiVersion/Kind/[namespace/]name` */
                object: string;
                /** @enum {string} */
                state: "running" | "succeeded" | "failed";
                attempts: number;
                /**
                 * Format: date-time
                 * @description Start of the last attempt; for a `wait`, of the whole wait.
                 */
                startedAt: string | null;
                /** @description Duration of the last attempt; for a `wait`, of the whole wait. */
                durationMs: number;
                /** @description Error message of the API server. */
                error: string | null;
                cause: components["schemas"]["FailureCause"] | null;
                /** @description How an operator can fix it. */
                remedy: string | null;
            }[];
            /** @description Number of oldest steps that were dropped; the latest thousand are kept. */
            stepsDropped: number;
            /** @description Why the operation failed; for a running operation, what it is waiting for. */
            error: {
                reason: string;
                message: string;
                object: string | null;
                cause: components["schemas"]["FailureCause"] | null;
                /** @description How an operator can fix it. */
                remedy: string | null;
            } | null;
            /** @description The operation that this one retries. */
            retryOf: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            finishedAt: string | null;
        };
        OperationPage: {
            items: components["schemas"]["Operation"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @enum {string} */
        Permission: "plans:read" | "plans:write" | "tenants:read" | "tenants:create" | "tenants:update" | "tenants:set-plan" | "tenants:set-external-id" | "tenants:delete" | "tenants:purge" | "labels:write" | "members:write" | "hosts:write" | "routes:write" | "holds:billing" | "holds:admin" | "holds:security" | "operations:read" | "operations:write" | "rollouts:read" | "rollouts:write" | "policies:read" | "policies:write" | "clusters:read" | "quarantines:read" | "quarantines:write" | "isolation-checks:read" | "isolation-checks:run" | "network-rules:write" | "emergency-rules:read" | "emergency-rules:write" | "network-rules:exceed" | "links:read" | "links:write" | "links:consent" | "links:consent-for-both" | "audit:read" | "api-keys:read" | "api-keys:write" | "roles:read" | "roles:write";
        /**
         * @example {
         *       "source": "billing",
         *       "effect": "suspend",
         *       "reason": "Invoice 2026-117 is 30 days overdue."
         *     }
         */
        PlaceHoldRequest: {
            /**
             * @description Who has the reason to restrict the tenant.
             * @enum {string}
             */
            source: "billing" | "admin" | "security";
            /**
             * @description `suspend` stops the workloads and removes access and network, but keeps the data. `quarantine` removes access and network while the workloads keep running. `freeze` rejects changes to the tenant through this API.
             * @enum {string}
             */
            effect: "suspend" | "quarantine" | "freeze";
            /** @description Explanation for humans. */
            reason: string;
        };
        Plan: {
            id: string;
            displayName: string;
            description: string;
            /** @description Version of `spec`. */
            version: number;
            latestVersion: number;
            spec: components["schemas"]["PlanSpec"];
            /**
             * Format: date-time
             * @description Since when no further tenant can get the plan; null: all can.
             */
            retiredAt: string | null;
            /**
             * Format: date-time
             * @description When this version was created.
             */
            createdAt: string;
        };
        /** @description `PlanBillingInput` with every default filled in. */
        PlanBilling: {
            paymentGraceDays: number;
            deletionRetentionDays: number;
            priceLookupKeys: string[];
        };
        PlanBillingInput: {
            /**
             * Format: int32
             * @description Days between a failed payment and the suspension of the tenant. Stored for the billing system: Bulkhead itself does nothing with it yet.
             * @default 14
             */
            paymentGraceDays?: number;
            /**
             * Format: int32
             * @description Days between the request to delete a tenant and its deletion. Until then its data is kept.
             * @default 30
             */
            deletionRetentionDays?: number;
            /**
             * @description Lookup keys of the prices at which the billing system sells this plan. Stored for the billing system: Bulkhead itself does nothing with them yet.
             * @default []
             */
            priceLookupKeys?: string[];
        };
        PlanId: string;
        /** @description `PlanMeshInput` with every default filled in. */
        PlanMesh: {
            /** @enum {string} */
            mode: "cluster-default" | "none";
            /** @enum {string} */
            mtls: "strict" | "permissive";
            /** @enum {string} */
            egress: "registry-only" | "allow-any";
            ports: number[];
            waypoint: boolean;
            telemetry: {
                tracingSampling: number;
                accessLogs: boolean;
            };
            rateLimit: {
                requestsPerSecond: number;
            } | null;
        };
        PlanMeshInput: {
            /**
             * @description Whether the tenant joins the mesh of its cluster, if that has one.
             * @default cluster-default
             * @enum {string}
             */
            mode?: "cluster-default" | "none";
            /**
             * @description Whether pods accept connections without mutual TLS.
             * @default strict
             * @enum {string}
             */
            mtls?: "strict" | "permissive";
            /**
             * @description Whether proxies pass on requests to hosts that the mesh does not know.
             * @default registry-only
             * @enum {string}
             */
            egress?: "registry-only" | "allow-any";
            /**
             * @description TCP ports on which pods can be called in Linkerd, which has no policies for all ports at once; those of dedicated workloads, links and metrics are added. Other meshes open every port within the tenant.
             * @default [
             *       80,
             *       443,
             *       3000,
             *       3306,
             *       5000,
             *       5432,
             *       5672,
             *       6379,
             *       8000,
             *       8080,
             *       8443,
             *       9092,
             *       9200,
             *       11211,
             *       27017,
             *       50051
             *     ]
             */
            ports?: number[];
            /**
             * @description Whether an ambient mesh gets a layer 7 proxy.
             * @default false
             */
            waypoint?: boolean;
            /**
             * @description Traces and access logs.
             * @default {}
             */
            telemetry?: {
                /**
                 * @description Percentage of requests that are traced.
                 * @default 1
                 */
                tracingSampling?: number;
                /**
                 * @description Whether proxies log every request.
                 * @default false
                 */
                accessLogs?: boolean;
            };
            /**
             * @description Maximum rate of requests; null: unlimited.
             * @default null
             */
            rateLimit?: {
                /**
                 * Format: int32
                 * @description Maximum requests per second that each proxy passes on to a workload.
                 */
                requestsPerSecond: number;
            } | null;
        };
        /** @description `PlanNetworkInput` with every default filled in. */
        PlanNetwork: {
            /** @enum {string} */
            internetEgress: "none" | "https" | "any";
            /**
             * @example [
             *       "203.0.113.0/24"
             *     ]
             */
            allowCidrs: components["schemas"]["Cidr"][];
            denyCidrs: components["schemas"]["Cidr"][];
            ingressGateway: boolean;
            monitoring: boolean;
            healthCheckNodePorts: boolean;
            kubeApi: boolean;
            rules: {
                max: number;
                /**
                 * @example [
                 *       "0.0.0.0/0"
                 *     ]
                 */
                egress: components["schemas"]["Cidr"][];
                /**
                 * @example [
                 *       "203.0.113.0/24"
                 *     ]
                 */
                ingress: components["schemas"]["Cidr"][];
                /**
                 * @example [
                 *       "*.example.com"
                 *     ]
                 */
                hosts: string[];
                denyOnly: boolean;
            };
        };
        PlanNetworkInput: {
            /**
             * @description What pods can reach on the internet: nothing, TCP port 443, or every port.
             * @default none
             * @enum {string}
             */
            internetEgress?: "none" | "https" | "any";
            /**
             * @description Ranges that pods can always reach, on every port.
             * @default []
             * @example [
             *       "203.0.113.0/24"
             *     ]
             */
            allowCidrs?: components["schemas"]["Cidr"][];
            /**
             * @description Ranges that stay closed even if another setting opens them.
             * @default []
             */
            denyCidrs?: components["schemas"]["Cidr"][];
            /**
             * @description Whether the ingress gateway can reach pods labelled bulkhead.io/exposed=true.
             * @default false
             */
            ingressGateway?: boolean;
            /**
             * @description Whether the monitoring system can reach metrics ports.
             * @default true
             */
            monitoring?: boolean;
            /**
             * @description Whether load balancers can have `externalTrafficPolicy: Local`, which keeps the addresses of callers and opens a port on every node for health checks.
             * @default false
             */
            healthCheckNodePorts?: boolean;
            /**
             * @description Whether pods labelled bulkhead.io/kube-api=true can reach the Kubernetes API.
             * @default false
             */
            kubeApi?: boolean;
            /**
             * @description What network rules of a tenant can open (/v1/tenants/{id}/network-rules).
             * @default {}
             */
            rules?: {
                /**
                 * Format: int32
                 * @description Maximum network rules of a tenant, not counting those beyond the plan.
                 * @default 20
                 */
                max?: number;
                /**
                 * @description Ranges within which rules can allow egress. What no plan can open stays closed, also within these ranges.
                 * @default []
                 * @example [
                 *       "0.0.0.0/0"
                 *     ]
                 */
                egress?: components["schemas"]["Cidr"][];
                /**
                 * @description Ranges from which rules can allow ingress.
                 * @default []
                 * @example [
                 *       "203.0.113.0/24"
                 *     ]
                 */
                ingress?: components["schemas"]["Cidr"][];
                /**
                 * @description Hosts to which rules can allow egress; "*.example.com" stands for every name below example.com.
                 * @default []
                 * @example [
                 *       "*.example.com"
                 *     ]
                 */
                hosts?: string[];
                /**
                 * @description Whether rules can only deny, whatever the ranges and hosts say.
                 * @default false
                 */
                denyOnly?: boolean;
            };
        };
        PlanPage: {
            items: components["schemas"]["Plan"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @example {
         *       "id": "preview_01kab4x2gaf6t8wn4c7q1m3rhd",
         *       "planId": "team",
         *       "version": 1,
         *       "items": [
         *         {
         *           "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *           "slug": "acme",
         *           "generation": 1,
         *           "plan": {
         *             "id": "acme",
         *             "version": 1
         *           },
         *           "changes": [],
         *           "truncated": true,
         *           "totals": {
         *             "create": 1,
         *             "update": 1,
         *             "delete": 1
         *           },
         *           "connections": [],
         *           "networkRules": [],
         *           "quota": {
         *             "fits": true,
         *             "excess": [],
         *             "unknown": []
         *           },
         *           "problems": []
         *         }
         *       ],
         *       "totals": {
         *         "tenants": 1,
         *         "create": 1,
         *         "update": 1,
         *         "delete": 1,
         *         "doNotFit": 1,
         *         "withProblems": 1
         *       },
         *       "nextCursor": "text"
         *     }
         */
        PlanPreview: {
            id: string;
            planId: string;
            /** @description Number of the new version. */
            version: number;
            items: components["schemas"]["PreviewedTenant"][];
            totals: {
                /** @description Tenants of the plan, or in `tenantIds`, on all pages. */
                tenants: number;
                create: number;
                update: number;
                delete: number;
                /** @description Tenants on this page whose usage exceeds the new quotas. */
                doNotFit: number;
                /** @description Tenants on this page that cannot be moved. */
                withProblems: number;
            };
            nextCursor: string | null;
        };
        /** @description `PlanQuotaInput` with every default filled in. */
        PlanQuota: {
            /** @example 4 */
            cpu: components["schemas"]["Quantity"];
            /** @example 8Gi */
            memory: components["schemas"]["Quantity"];
            ephemeralStorage: components["schemas"]["Quantity"];
            storage: components["schemas"]["Quantity"];
            volumeClaims: number;
            pods: number;
            finishedPods: number;
            services: number;
            loadBalancers: number;
            ingresses: number;
            configMaps: number;
            secrets: number;
            serviceAccounts: number;
            deployments: number;
            replicaSets: number;
            statefulSets: number;
            daemonSets: number;
            controllerRevisions: number;
            replicationControllers: number;
            jobs: number;
            cronJobs: number;
            horizontalPodAutoscalers: number;
            podDisruptionBudgets: number;
            roles: number;
            roleBindings: number;
            networkPolicies: number;
            httpRoutes: number;
            grpcRoutes: number;
            /**
             * @example {
             *       "nvidia.com/gpu": "2"
             *     }
             */
            devices: {
                [key: string]: components["schemas"]["Quantity"];
            };
            storageClasses: {
                [key: string]: {
                    storage?: components["schemas"]["Quantity"];
                    volumeClaims?: number;
                };
            };
            priorityClasses: {
                [key: string]: {
                    pods?: number;
                    cpu?: components["schemas"]["Quantity"];
                    memory?: components["schemas"]["Quantity"];
                };
            };
        };
        PlanQuotaInput: {
            /**
             * @description Total CPU requests of all containers, and total limits.
             * @example 4
             */
            cpu: components["schemas"]["Quantity"];
            /**
             * @description Total memory requests of all containers, and total limits, in bytes.
             * @example 8Gi
             */
            memory: components["schemas"]["Quantity"];
            /**
             * @description Total node disk requests of all containers, and total limits, in bytes.
             * @default 10Gi
             */
            ephemeralStorage?: components["schemas"]["Quantity"];
            /**
             * @description Total size of all volume claims, in bytes.
             * @default 10Gi
             */
            storage?: components["schemas"]["Quantity"];
            /**
             * Format: int32
             * @description PersistentVolumeClaims.
             * @default 10
             */
            volumeClaims?: number;
            /**
             * Format: int32
             * @description Pods that have not terminated.
             * @default 50
             */
            pods?: number;
            /**
             * Format: int32
             * @description Pods that have terminated and are kept, such as those of Jobs.
             * @default 500
             */
            finishedPods?: number;
            /**
             * Format: int32
             * @description Services of every type.
             * @default 50
             */
            services?: number;
            /**
             * Format: int32
             * @description Services of type LoadBalancer. They must set allocateLoadBalancerNodePorts to false: node ports are forbidden.
             * @default 0
             */
            loadBalancers?: number;
            /**
             * Format: int32
             * @description Ingresses.
             * @default 50
             */
            ingresses?: number;
            /**
             * Format: int32
             * @description ConfigMaps, including two that the cluster and the mesh put into every namespace.
             * @default 100
             */
            configMaps?: number;
            /**
             * Format: int32
             * @description Secrets.
             * @default 100
             */
            secrets?: number;
            /**
             * Format: int32
             * @description ServiceAccounts, including two that every namespace has.
             * @default 50
             */
            serviceAccounts?: number;
            /**
             * Format: int32
             * @description Deployments.
             * @default 50
             */
            deployments?: number;
            /**
             * Format: int32
             * @description ReplicaSets; a Deployment keeps old ones for its history.
             * @default 500
             */
            replicaSets?: number;
            /**
             * Format: int32
             * @description StatefulSets.
             * @default 25
             */
            statefulSets?: number;
            /**
             * Format: int32
             * @description DaemonSets.
             * @default 10
             */
            daemonSets?: number;
            /**
             * Format: int32
             * @description ControllerRevisions; a StatefulSet or DaemonSet keeps old ones for its history.
             * @default 500
             */
            controllerRevisions?: number;
            /**
             * Format: int32
             * @description ReplicationControllers.
             * @default 10
             */
            replicationControllers?: number;
            /**
             * Format: int32
             * @description Jobs, running or finished.
             * @default 100
             */
            jobs?: number;
            /**
             * Format: int32
             * @description CronJobs.
             * @default 25
             */
            cronJobs?: number;
            /**
             * Format: int32
             * @description HorizontalPodAutoscalers.
             * @default 50
             */
            horizontalPodAutoscalers?: number;
            /**
             * Format: int32
             * @description PodDisruptionBudgets.
             * @default 50
             */
            podDisruptionBudgets?: number;
            /**
             * Format: int32
             * @description Roles.
             * @default 50
             */
            roles?: number;
            /**
             * Format: int32
             * @description RoleBindings created by the tenant.
             * @default 50
             */
            roleBindings?: number;
            /**
             * Format: int32
             * @description NetworkPolicies created by the tenant.
             * @default 50
             */
            networkPolicies?: number;
            /**
             * Format: int32
             * @description HTTPRoutes created by the tenant; `routing` limits those of the API.
             * @default 100
             */
            httpRoutes?: number;
            /**
             * Format: int32
             * @description GRPCRoutes.
             * @default 100
             */
            grpcRoutes?: number;
            /**
             * @description Devices and huge pages that the tenant can use, by the name of their resource, such as "nvidia.com/gpu". Pods can request no resource that is not listed, except CPU, memory and node disk.
             * @default {}
             * @example {
             *       "nvidia.com/gpu": "2"
             *     }
             */
            devices?: {
                [key: string]: components["schemas"]["Quantity"];
            };
            /**
             * @description Limits per StorageClass, within the total; a class that is not listed has no separate limit.
             * @default {}
             */
            storageClasses?: {
                [key: string]: {
                    /** @description Total size of all volume claims of this class. */
                    storage?: components["schemas"]["Quantity"];
                    /**
                     * Format: int32
                     * @description Volume claims of this class.
                     */
                    volumeClaims?: number;
                };
            };
            /**
             * @description Limits per PriorityClass, within the total; a class that is not listed has no separate limit.
             * @default {}
             */
            priorityClasses?: {
                [key: string]: {
                    /**
                     * Format: int32
                     * @description Pods of this class.
                     */
                    pods?: number;
                    /** @description Their total CPU requests, and total limits. */
                    cpu?: components["schemas"]["Quantity"];
                    /** @description Their total memory requests, and total limits, in bytes. */
                    memory?: components["schemas"]["Quantity"];
                };
            };
        };
        /** @description A plan id for its latest version, or `{"id", "version"}`. */
        PlanReference: components["schemas"]["PlanId"] | {
            id: components["schemas"]["PlanId"];
            /** Format: int32 */
            version?: number;
        };
        /** @description `PlanSpecInput` with every default filled in. */
        PlanSpec: {
            environments: {
                default: components["schemas"]["EnvironmentName"][];
                max: number;
            };
            quota: components["schemas"]["PlanQuota"];
            containerDefaults: components["schemas"]["ContainerDefaults"];
            podSecurity: components["schemas"]["PodSecurity"];
            network: components["schemas"]["PlanNetwork"];
            mesh: components["schemas"]["PlanMesh"];
            routing: {
                maxRoutes: number;
                defaultTimeout: string;
                maxTimeout: string;
                maxRetries: number;
            };
            images: {
                /**
                 * @example [
                 *       "ghcr.io/acme/"
                 *     ]
                 */
                registries: string[];
                requireDigest: boolean;
            };
            storageClasses: components["schemas"]["DnsSubdomain"][];
            csiDrivers: components["schemas"]["DnsSubdomain"][];
            ingressClasses: components["schemas"]["DnsSubdomain"][];
            loadBalancerClasses: string[];
            priorityClasses: components["schemas"]["DnsSubdomain"][];
            /**
             * @example [
             *       "vault.hashicorp.com",
             *       "eks.amazonaws.com/role-arn"
             *     ]
             */
            annotations: string[];
            /**
             * @example [
             *       "vault",
             *       "sts.amazonaws.com"
             *     ]
             */
            tokenAudiences: string[];
            runtimeClass: components["schemas"]["DnsSubdomain"] | null;
            nodePool: string | null;
            workloads: {
                name: string;
                manifest: {
                    /** @example apps/v1 */
                    apiVersion: string;
                    /** @example Deployment */
                    kind: string;
                    metadata: {
                        /** @example ${tenant.slug}-db */
                        name: string;
                        labels?: {
                            [key: string]: string;
                        };
                        annotations?: {
                            [key: string]: string;
                        };
                    };
                } & {
                    [key: string]: unknown;
                };
            }[];
            billing: components["schemas"]["PlanBilling"];
            workloadLimits: {
                maxReplicas: number | null;
                memoryLimitRequestRatio: number | null;
                emptyDirSizeLimit: boolean;
            };
            isolationChecks: {
                everyHours: number | null;
            };
            links: {
                max: number;
                maxDays: number;
            };
            drift: {
                /** @enum {string} */
                policy: "heal" | "report";
            };
        };
        PlanSpecInput: {
            /**
             * @description The namespaces of a tenant.
             * @default {}
             */
            environments?: {
                /**
                 * @description Environments of a tenant that is created without any.
                 * @default [
                 *       "main"
                 *     ]
                 */
                default?: components["schemas"]["EnvironmentName"][];
                /**
                 * Format: int32
                 * @description Maximum environments of a tenant.
                 * @default 1
                 */
                max?: number;
            };
            /** @description Total limits of the tenant, divided among its environments. */
            quota: components["schemas"]["PlanQuotaInput"];
            /**
             * @description Default and maximum resources of containers.
             * @default {}
             */
            containerDefaults?: components["schemas"]["ContainerDefaultsInput"];
            /**
             * @description Levels of the Pod Security Standards.
             * @default {}
             */
            podSecurity?: components["schemas"]["PodSecurityInput"];
            /**
             * @description What pods can reach, and what can reach them.
             * @default {}
             */
            network?: components["schemas"]["PlanNetworkInput"];
            /**
             * @description Service mesh.
             * @default {}
             */
            mesh?: components["schemas"]["PlanMeshInput"];
            /**
             * @description Limits of routes (/v1/tenants/{id}/routes).
             * @default {}
             */
            routing?: {
                /**
                 * Format: int32
                 * @description Maximum routes of each environment; 0: none.
                 * @default 20
                 */
                maxRoutes?: number;
                /**
                 * @description Timeout of requests whose route sets none.
                 * @default 15s
                 */
                defaultTimeout?: string;
                /**
                 * @description Maximum timeout that a route can set.
                 * @default 60s
                 */
                maxTimeout?: string;
                /**
                 * Format: int32
                 * @description Maximum retries of a request by the gateway; 0: none.
                 * @default 2
                 */
                maxRetries?: number;
            };
            /**
             * @description Allowed container images.
             * @default {}
             */
            images?: {
                /**
                 * @description Allowed prefixes of image references; empty: any.
                 * @default []
                 * @example [
                 *       "ghcr.io/acme/"
                 *     ]
                 */
                registries?: string[];
                /**
                 * @description Whether image references must contain a digest.
                 * @default false
                 */
                requireDigest?: boolean;
            };
            /**
             * @description StorageClasses that volume claims can use; empty: any.
             * @default []
             */
            storageClasses?: components["schemas"]["DnsSubdomain"][];
            /**
             * @description CSI drivers whose volumes pods can mount without a claim; empty: none.
             * @default []
             */
            csiDrivers?: components["schemas"]["DnsSubdomain"][];
            /**
             * @description IngressClasses that Ingresses can use; empty: any.
             * @default []
             */
            ingressClasses?: components["schemas"]["DnsSubdomain"][];
            /**
             * @description Classes that load balancers can use; empty: only the default of the cluster.
             * @default []
             */
            loadBalancerClasses?: string[];
            /**
             * @description PriorityClasses that pods can use; empty: only the default of the cluster.
             * @default []
             */
            priorityClasses?: components["schemas"]["DnsSubdomain"][];
            /**
             * @description Domains or keys of annotations that Pods, Services, ServiceAccounts, Ingresses and routes can have besides harmless ones; empty: none. Some give an object names, addresses, networks or identities.
             * @default []
             * @example [
             *       "vault.hashicorp.com",
             *       "eks.amazonaws.com/role-arn"
             *     ]
             */
            annotations?: string[];
            /**
             * @description Audiences for which pods can have tokens of their ServiceAccount; empty: none. Tokens for the Kubernetes API are a setting of their own (`network.kubeApi`), whatever this says.
             * @default []
             * @example [
             *       "vault",
             *       "sts.amazonaws.com"
             *     ]
             */
            tokenAudiences?: string[];
            /**
             * @description The RuntimeClass of every pod; null: the default of the node.
             * @default null
             */
            runtimeClass?: components["schemas"]["DnsSubdomain"] | null;
            /**
             * @description The node pool of the tenant’s pods; null: shared nodes.
             * @default null
             */
            nodePool?: string | null;
            /**
             * @description The tenant’s dedicated workloads.
             * @default []
             */
            workloads?: {
                /** @description Name of the workload within the plan. */
                name: string;
                /** @description A Kubernetes object of a namespaced kind. ${tenant.slug}, ${tenant.id}, ${tenant.displayName}, ${environment.name}, ${environment.namespace} and ${plan.id} are substituted for each environment. */
                manifest: {
                    /**
                     * @description API version.
                     * @example apps/v1
                     */
                    apiVersion: string;
                    /**
                     * @description Kind.
                     * @example Deployment
                     */
                    kind: string;
                    /** @description Only name, labels and annotations. */
                    metadata: {
                        /**
                         * @description Name; can contain variables.
                         * @example ${tenant.slug}-db
                         */
                        name: string;
                        /** @description Labels in addition to those that every object of a tenant has. */
                        labels?: {
                            [key: string]: string;
                        };
                        /** @description Annotations. */
                        annotations?: {
                            [key: string]: string;
                        };
                    };
                } & {
                    [key: string]: unknown;
                };
            }[];
            /**
             * @description Payment terms and retention.
             * @default {}
             */
            billing?: components["schemas"]["PlanBillingInput"];
            /**
             * @description Limits of each workload.
             * @default {}
             */
            workloadLimits?: {
                /**
                 * Format: int32
                 * @description Maximum replicas of one workload, also for an autoscaler; null: unlimited.
                 * @default null
                 */
                maxReplicas?: number | null;
                /**
                 * Format: int32
                 * @description Maximum ratio of the memory limit of a container to its request; null: unlimited.
                 * @default null
                 */
                memoryLimitRequestRatio?: number | null;
                /**
                 * @description Whether every emptyDir volume must set a sizeLimit.
                 * @default false
                 */
                emptyDirSizeLimit?: boolean;
            };
            /**
             * @description Scheduled proof that the tenant is isolated.
             * @default {}
             */
            isolationChecks?: {
                /**
                 * Format: int32
                 * @description Hours between scheduled isolation checks; null: only on request.
                 * @default null
                 */
                everyHours?: number | null;
            };
            /**
             * @description Limits of links between the tenant and others.
             * @default {}
             */
            links?: {
                /**
                 * Format: int32
                 * @description Maximum links of a tenant at once, on either side, proposed ones included.
                 * @default 10
                 */
                max?: number;
                /**
                 * Format: int32
                 * @description Maximum lifetime of a link in days.
                 * @default 90
                 */
                maxDays?: number;
            };
            /**
             * @description How changes made outside Bulkhead are handled.
             * @default {}
             */
            drift?: {
                /**
                 * @description What happens when the cluster differs from the desired state. "heal": it is corrected at once. "report": it is reported, and corrected only when the tenant is next changed. That includes restrictions: a deleted network policy stays deleted.
                 * @default heal
                 * @enum {string}
                 */
                policy?: "heal" | "report";
            };
        };
        /** @description `PodSecurityInput` with every default filled in. */
        PodSecurity: {
            /** @enum {string} */
            enforce: "baseline" | "restricted";
            /** @enum {string} */
            audit: "baseline" | "restricted";
            /** @enum {string} */
            warn: "baseline" | "restricted";
            userNamespaces: boolean;
            readOnlyRootFilesystem: boolean;
        };
        PodSecurityInput: {
            /**
             * @description Pods that violate this level are refused.
             * @default restricted
             * @enum {string}
             */
            enforce?: "baseline" | "restricted";
            /**
             * @description Pods that violate this level are recorded in the audit log.
             * @default restricted
             * @enum {string}
             */
            audit?: "baseline" | "restricted";
            /**
             * @description Clients that create pods that violate this level are warned.
             * @default restricted
             * @enum {string}
             */
            warn?: "baseline" | "restricted";
            /**
             * @description Whether every pod runs in a user namespace: its root has no rights on the node (KEP-127).
             * @default false
             */
            userNamespaces?: boolean;
            /**
             * @description Whether the root filesystem of every container must be read-only.
             * @default false
             */
            readOnlyRootFilesystem?: boolean;
        };
        Policy: {
            id: string;
            description: string;
            /** @description Version of this content. */
            version: number;
            latestVersion: number;
            /** @description The version in the cluster; 0 if none is yet. */
            observedVersion: number;
            /**
             * @description `pending`: a worker still has to apply the latest version. `failed`: it cannot be applied; see `message`. `in-force` with a `message`: it is applied, but matches nothing in a cluster, or a cluster was left out.
             * @enum {string}
             */
            state: "pending" | "in-force" | "failed" | "deleting";
            message: string | null;
            /** @description In the response to a change: what its author should know about it. Otherwise empty. */
            warnings: string[];
            /** @description One condition, `Enforced`, equivalent to `state` and `message`. */
            conditions: components["schemas"]["PolicyCondition"][];
            /**
             * Format: date-time
             * @description When the observed version came into force.
             */
            inForceAt: string | null;
            /** @description The tenants to which the policy applies. */
            target: components["schemas"]["PolicyTarget"];
            /**
             * @description What happens to a violating write. `audit`: recorded only. `warn`: allowed with a warning. `enforce`: refused.
             * @enum {string}
             */
            mode: "audit" | "warn" | "enforce";
            exceptions: components["schemas"]["PolicyException"][];
            rule: components["schemas"]["PolicyRule"];
            /** @description In Rego, unchanged in `input.parameters`. In CEL, in `variables.parameters`: numbers and booleans as strings, lists of strings joined by commas, objects and other lists unchanged. */
            parameters: {
                [key: string]: unknown;
            };
            /** @description Who created this version. */
            createdBy: string;
            /**
             * Format: date-time
             * @description When this version was created.
             */
            createdAt: string;
        };
        PolicyCondition: {
            /** @constant */
            type: "Enforced";
            /** @enum {string} */
            status: "True" | "False" | "Unknown";
            /**
             * @description `EngineRefused`: the API server or Gatekeeper rejected the policy; `message` contains its error.
             * @enum {string}
             */
            reason: "InForce" | "Pending" | "EngineRefused" | "Removed";
            message: string;
            /** @description The version in the cluster; 0 if none is yet. */
            observedVersion: number;
            /** Format: date-time */
            lastTransitionTime: string;
        };
        /** @description `PolicyExceptionInput` with every default filled in. */
        PolicyException: {
            tenant: string;
            reason: string;
            /** Format: date-time */
            expiresAt: string | null;
        };
        PolicyExceptionInput: {
            /** @description Id of a tenant to which the policy does not apply. */
            tenant: string;
            reason: string;
            /**
             * Format: date-time
             * @description When the exception expires; null if it lasts until the policy is changed.
             * @default null
             */
            expiresAt?: string | null;
        };
        /**
         * @example {
         *       "id": "acme",
         *       "description": "text",
         *       "target": {
         *         "all": true
         *       },
         *       "mode": "audit",
         *       "exceptions": [
         *         {
         *           "tenant": "text",
         *           "reason": "Applied",
         *           "expiresAt": "2026-11-24T09:30:00Z"
         *         }
         *       ],
         *       "rule": {
         *         "cel": {
         *           "match": [
         *             {
         *               "apiGroups": [
         *                 "text"
         *               ],
         *               "resources": [
         *                 "text"
         *               ],
         *               "operations": [
         *                 "CREATE"
         *               ]
         *             }
         *           ],
         *           "variables": [
         *             {
         *               "name": "tn-acme",
         *               "expression": "text"
         *             }
         *           ],
         *           "validations": [
         *             {
         *               "expression": "text",
         *               "message": "The cluster matches generation 1."
         *             }
         *           ]
         *         }
         *       },
         *       "parameters": {},
         *       "warnings": [
         *         "text"
         *       ]
         *     }
         */
        PolicyImportPreview: {
            id: string;
            description: string;
            /** @description The tenants to which the policy applies. */
            target: components["schemas"]["PolicyTarget"];
            /**
             * @description What happens to a violating write. `audit`: recorded only. `warn`: allowed with a warning. `enforce`: refused.
             * @enum {string}
             */
            mode: "audit" | "warn" | "enforce";
            exceptions: components["schemas"]["PolicyException"][];
            rule: components["schemas"]["PolicyRule"];
            /** @description In Rego, unchanged in `input.parameters`. In CEL, in `variables.parameters`: numbers and booleans as strings, lists of strings joined by commas, objects and other lists unchanged. */
            parameters: {
                [key: string]: unknown;
            };
            /** @description What is different from the text. */
            warnings: string[];
        };
        PolicyPage: {
            items: components["schemas"]["Policy"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /** @description `PolicyRuleInput` with every default filled in. */
        PolicyRule: {
            cel?: components["schemas"]["CelRule"];
            rego?: components["schemas"]["RegoRule"];
            library?: {
                name: string;
            };
        } & (unknown | unknown | unknown);
        PolicyRuleInput: {
            /** @description Enforced by the API server itself, as a ValidatingAdmissionPolicy. */
            cel?: components["schemas"]["CelRuleInput"];
            /** @description Enforced by OPA Gatekeeper, where the cluster has it. */
            rego?: components["schemas"]["RegoRuleInput"];
            /** @description A built-in rule. */
            library?: {
                /** @description A rule of `GET /v1/policy-library`. */
                name: string;
            };
        } & (unknown | unknown | unknown);
        /**
         * @example {
         *       "items": [
         *         {
         *           "name": "tn-acme",
         *           "description": "text",
         *           "parameters": {}
         *         }
         *       ]
         *     }
         */
        PolicyRuleList: {
            items: {
                name: string;
                description: string;
                parameters: {
                    [key: string]: {
                        /** @enum {string} */
                        type: "list" | "number";
                        description: string;
                    };
                };
            }[];
        };
        /** @description `PolicyTargetInput` with every default filled in. */
        PolicyTarget: {
            /** @constant */
            all?: true;
            plans?: components["schemas"]["PlanId"][];
            tenants?: string[];
            labels?: {
                [key: string]: string;
            };
        } & (unknown | unknown | unknown | unknown);
        PolicyTargetInput: {
            /**
             * @description Every tenant.
             * @constant
             */
            all?: true;
            /** @description Tenants of these plans. */
            plans?: components["schemas"]["PlanId"][];
            /** @description Tenants with these ids. */
            tenants?: string[];
            /** @description Tenants with all of these labels. Keys have no prefix. */
            labels?: {
                [key: string]: string;
            };
        } & (unknown | unknown | unknown | unknown);
        /**
         * @example {
         *       "version": 1,
         *       "results": [
         *         {
         *           "allowed": true,
         *           "matched": true,
         *           "unmatchedReason": "text",
         *           "violations": [],
         *           "error": "No error."
         *         }
         *       ],
         *       "live": null
         *     }
         */
        PolicyTest: {
            version: number;
            results: {
                allowed: boolean;
                /** @description Whether the policy is about such a write. If not, it is allowed. */
                matched: boolean;
                /** @description Why the policy is not about this write; null if it is. */
                unmatchedReason: string | null;
                /** @description Messages that the author of the write would get. */
                violations: string[];
                /** @description Why the rule could not be evaluated; the write is then denied. */
                error: string | null;
            }[];
            /** @description Null for a test with `reviews`. */
            live: {
                /**
                 * Format: date-time
                 * @description When the evaluation began.
                 */
                asOf: string;
                /** @description Number of objects evaluated. */
                objects: number;
                violations: {
                    tenantId: string;
                    /** @description `apiVersion/Kind/namespace/name` */
                    object: string;
                    message: string;
                }[];
                /** @description Whether there are more violations than the thousand listed. */
                truncated: boolean;
                /** @description Resources that the policy matches but workers lack permission to read, as `plural.group`. */
                notLookedAt: string[];
            } | null;
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "policy": "text",
         *           "object": "v1/Namespace/tn-acme",
         *           "message": "The cluster matches generation 1.",
         *           "foundAt": "2026-11-24T09:30:00Z"
         *         }
         *       ]
         *     }
         */
        PolicyViolationList: {
            items: {
                /** @description Id of the policy. */
                policy: string;
                /** @description `apiVersion/Kind/namespace/name` */
                object: string;
                message: string;
                /**
                 * Format: date-time
                 * @description When the audit result was read.
                 */
                foundAt: string;
            }[];
        };
        /**
         * @example {
         *       "direction": "egress",
         *       "cidrs": [
         *         "203.0.113.7/32"
         *       ],
         *       "selector": {
         *         "all": true
         *       }
         *     }
         */
        PreviewEmergencyRuleRequest: {
            /**
             * @description `egress`: from pods of the tenant. `ingress`: to them.
             * @enum {string}
             */
            direction: "ingress" | "egress";
            /** @description Ranges of IPv4 or IPv6 that egress goes to or ingress comes from. Null or absent if the rule has hosts. */
            cidrs: components["schemas"]["Cidr"][];
            /**
             * @description Parts of `cidrs` to which the rule does not apply.
             * @default []
             */
            except?: components["schemas"]["Cidr"][];
            /**
             * @description Ports of the destination; empty: all traffic, also without ports.
             * @default []
             */
            ports?: {
                /**
                 * @default TCP
                 * @enum {string}
                 */
                protocol?: "TCP" | "UDP" | "SCTP";
                /**
                 * Format: int32
                 * @description By default every port of the protocol.
                 */
                port?: number;
                /**
                 * Format: int32
                 * @description Last port of a range that begins with `port`.
                 */
                endPort?: number;
            }[];
            selector: components["schemas"]["EmergencySelector"];
            /**
             * Format: date-time
             * @description When the rule ends, by the clock of the database; null: it does not.
             * @default null
             */
            expiresAt?: string | null;
        };
        /**
         * @example {
         *       "delete": {
         *         "id": "rule_01kab4x2h0e2q6r9m4w8t3n7pd"
         *       }
         *     }
         */
        PreviewNetworkRuleRequest: {
            create?: components["schemas"]["NewNetworkRule"];
            update?: {
                id: string;
                change: components["schemas"]["NetworkRuleChange"];
            };
            delete?: {
                id: string;
            };
        } & (unknown | unknown | unknown);
        /**
         * @description The body that would be sent to `POST /v1/plans/{id}/versions`.
         * @example {
         *       "spec": {
         *         "quota": {
         *           "cpu": "4",
         *           "memory": "8Gi"
         *         }
         *       }
         *     }
         */
        PreviewPlanVersionRequest: {
            /** @description The complete content of the version to preview. */
            spec: components["schemas"]["PlanSpecInput"];
            /** @description Only these tenants. By default all tenants of the plan, page by page. */
            tenantIds?: string[];
        };
        /**
         * @example {
         *       "selector": {
         *         "plan": "team",
         *         "labels": {
         *           "region": "eu"
         *         }
         *       }
         *     }
         */
        PreviewQuarantineRequest: {
            selector: components["schemas"]["QuarantineSelector"];
        };
        PreviewTotals: {
            create: number;
            update: number;
            delete: number;
        };
        PreviewedTenant: {
            tenantId: string;
            slug: string;
            /** @description The tenant's generation on which the preview is based. */
            generation: number;
            /** @description The plan that the tenant would pin. */
            plan: {
                id: string;
                version: number;
            };
            /** @description Writes the change would cause, including healed drift. At most 500 objects. */
            changes: {
                /** @description `apiVersion/Kind/[namespace/]name` */
                object: string;
                /** @enum {string} */
                action: "create" | "update" | "delete";
                fields: {
                    /** @description JSON Pointer (RFC 6901) into the object. */
                    path: string;
                    /** @description Current value; null if absent. */
                    before: unknown;
                    /** @description Value after the change; null if absent. */
                    after: unknown;
                }[];
                /** @description Whether the API server ran the write (`dryRun=All`), so that `fields` is its result. */
                tried: boolean;
                /** @description Why there was no dry run; otherwise null. */
                note: string | null;
                /** @description Error with which the API server would refuse the object; otherwise null. */
                refused: string | null;
            }[];
            /** @description Whether changes or connections were left out; `totals` counts all changes. */
            truncated: boolean;
            totals: components["schemas"]["PreviewTotals"];
            /** @description By address. At most 100, with at most 100 ranges each. */
            connections: {
                /** @enum {string} */
                change: "opens" | "closes";
                /** @enum {string} */
                direction: "ingress" | "egress";
                environments: string[];
                /** @description Of the pods, among those that rules select. */
                podLabels: {
                    [key: string]: string;
                };
                ranges: {
                    cidr: string;
                    except: string[];
                    ports: components["schemas"]["NetworkRulePorts"];
                }[];
            }[];
            /** @description Rules that fall out of force, or come into force again. */
            networkRules: {
                id: string;
                inForce: boolean;
                detail: string;
            }[];
            /** @description Whether the current usage fits into the new quotas. */
            quota: {
                fits: boolean;
                excess: {
                    environment: string;
                    resource: string;
                    used: string;
                    newHard: string;
                    detail: string;
                }[];
                /** @description Environments whose usage the cluster has not counted yet. */
                unknown: string[];
            };
            /** @description Reasons why the change would fail. */
            problems: {
                code: string;
                detail: string;
            }[];
        };
        /**
         * @example {
         *       "type": "/errors/request.invalid",
         *       "title": "The request does not match the schema",
         *       "status": 400,
         *       "detail": "plan: required.",
         *       "code": "request.invalid",
         *       "instance": "/v1/tenants",
         *       "requestId": "5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31",
         *       "errors": [
         *         {
         *           "pointer": "/plan",
         *           "code": "required",
         *           "detail": "plan: required."
         *         }
         *       ]
         *     }
         */
        Problem: {
            /**
             * Format: uri-reference
             * @description URL of the page that documents the problem, relative to the API if the installation does not set its address; of a problem type that is registered with IANA, its URL there.
             */
            type: string;
            /** @description Summary; the same for every occurrence of the code. */
            title: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What is wrong in this case. */
            detail: string;
            /**
             * @description Stable identifier of the problem; match on this one.
             * @enum {string}
             */
            code: "request.malformed" | "request.invalid" | "request.too_large" | "request.timeout" | "request.uri_too_long" | "request.headers_too_large" | "request.unsupported_media_type" | "request.cursor_invalid" | "request.rate_limited" | "auth.unauthenticated" | "auth.token_invalid" | "auth.token_expired" | "auth.issuer_unavailable" | "auth.forbidden" | "route.not_found" | "route.method_not_allowed" | "idempotency.key_invalid" | "idempotency.key_reused" | "precondition.failed" | "precondition.preview_stale" | "plan.not_found" | "plan.version_not_found" | "plan.id_taken" | "plan.in_use" | "plan.unchanged" | "tenant.not_found" | "tenant.not_renderable" | "tenant.slug_taken" | "tenant.namespace_taken" | "tenant.slug_fixed" | "tenant.environment_exists" | "tenant.environments_differ" | "tenant.external_id_taken" | "tenant.plan_unknown" | "tenant.plan_retired" | "tenant.plan_limit" | "tenant.capability_missing" | "tenant.deleting" | "tenant.frozen" | "member.not_found" | "member.exists" | "member.limit" | "member.last_owner" | "invitation.not_found" | "invitation.exists" | "hold.not_found" | "hold.exists" | "host.not_found" | "host.taken" | "host.limit" | "host.in_use" | "tenant_route.unsupported" | "tenant_route.name_taken" | "tenant_route.host_foreign" | "tenant_route.host_conflict" | "tenant_route.environment_unknown" | "tenant_route.not_found" | "tenant_route.shifting" | "shift.not_found" | "shift.active" | "shift.impossible" | "shift.state_conflict" | "link.not_found" | "link.same_tenant" | "link.tenant_unknown" | "link.environment_unknown" | "link.cluster_differs" | "link.expired" | "link.exists" | "link.state_conflict" | "link.same_caller" | "network_rule.not_found" | "network_rule.environment_unknown" | "network_rule.expired" | "network_rule.no_effect" | "network_rule.emergency" | "network_rule.limit" | "quarantine.not_found" | "tenant.deletion_not_scheduled" | "api_key.not_found" | "api_key.tenant_unknown" | "api_key.inactive" | "role.not_found" | "role.unknown" | "role.built_in" | "role.in_use" | "audit.head_unavailable" | "certificate.unavailable" | "operation.not_found" | "preview.timeout" | "preview.failed" | "operation.not_retryable" | "operation.not_cancellable" | "events.too_many_streams" | "rollout.not_found" | "rollout.active" | "rollout.state_conflict" | "rollout.canary_unknown" | "policy.not_found" | "policy.version_not_found" | "policy.id_taken" | "policy.unchanged" | "policy.limit" | "policy.rule_invalid" | "policy.gatekeeper_missing" | "policy.judge_unavailable" | "cluster.not_found" | "isolation_check.not_found" | "isolation_check.unfinished" | "isolation_check.failed" | "reachability.end_unknown" | "reachability.cluster_unknown" | "traffic.not_configured" | "traffic.unavailable" | "service.unavailable" | "internal.error";
            /** @description Path of the request. */
            instance: string;
            /** @description Request id; quote it when you report the problem. */
            requestId: string;
            /** @description Errors by field; empty if no single field is at fault. */
            errors: {
                /** @description JSON Pointer (RFC 6901) into the request. */
                pointer: string;
                code: string;
                detail: string;
            }[];
            /** @description Of `request.rate_limited`: the limits in `RateLimit-Policy` that are exceeded. */
            "violated-policies"?: string[];
        };
        /**
         * @example {
         *       "description": "First-level support.",
         *       "permissions": [
         *         "tenants:read",
         *         "operations:read"
         *       ]
         *     }
         */
        PutRoleRequest: {
            /** @default  */
            description?: string;
            permissions: components["schemas"]["Permission"][];
        };
        /**
         * @example {
         *       "slug": "acme",
         *       "displayName": "Acme GmbH",
         *       "plan": "team",
         *       "labels": {
         *         "region": "eu"
         *       }
         *     }
         */
        PutTenantRequest: {
            /** @description Required to create the tenant. That of an existing one must be the same. */
            slug?: string;
            /** @description Name for humans; by default the slug, or what it is. */
            displayName?: string;
            plan: components["schemas"]["PlanReference"];
            /** @description Those of a new tenant, by default those of the plan. An existing one must have the same. */
            environments?: components["schemas"]["EnvironmentName"][];
            /** @description The complete list; by default none, or what it is. */
            members?: components["schemas"]["MemberInput"][];
            /** @description All labels; by default none, or what they are. */
            labels?: {
                [key: string]: string;
            };
        };
        Quantity: string;
        Quarantine: components["schemas"]["QuarantineSummary"] & {
            counts: {
                pending: number;
                "in-force": number;
                failed: number;
                lifted: number;
            };
            tenants: {
                id: string;
                slug: string;
                /** @enum {string} */
                phase: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
                /**
                 * @description `pending`: a worker still has to apply or lift the quarantine.
                 * @enum {string}
                 */
                state: "pending" | "in-force" | "failed" | "lifted";
            }[];
        };
        /** @description Tenants that match every given criterion. */
        QuarantineSelector: {
            /** @description Tenants of this plan. */
            plan?: string;
            /** @description Tenants with all of these labels. */
            labels?: {
                [key: string]: string;
            };
            /** @description Tenants with these ids. */
            tenants?: string[];
            /** @description Tenants that run one of these images at the time of the preview, or have a workload that would. Each entry is a reference (`ghcr.io/acme/app:1.2`; if it has a digest, the tag is ignored), a digest (`sha256:…`), or a name prefix (`ghcr.io/acme/`). */
            images?: string[];
        };
        QuarantineSummary: {
            id: string;
            selector: {
                plan?: string;
                labels?: {
                    [key: string]: string;
                };
                tenants?: string[];
                images?: string[];
            };
            reason: string;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            liftedBy: string | null;
            /** Format: date-time */
            liftedAt: string | null;
        };
        QuarantineSummaryPage: {
            items: components["schemas"]["QuarantineSummary"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @example {
         *       "from": {
         *         "tenant": "acme",
         *         "environment": "main",
         *         "labels": {
         *           "app": "api"
         *         }
         *       },
         *       "to": {
         *         "address": "203.0.113.7"
         *       },
         *       "port": 5432
         *     }
         */
        QueryReachabilityRequest: {
            /** @description The sender. */
            from?: components["schemas"]["ConnectionEnd"];
            /** @description The receiver. */
            to?: components["schemas"]["ConnectionEnd"];
            /**
             * Format: int32
             * @description On which the receiver listens, not that of a Service.
             */
            port?: number;
            /**
             * @description By default TCP.
             * @enum {string}
             */
            protocol?: "TCP" | "UDP" | "SCTP";
            /** @description Many questions at once, in place of one. */
            questions?: components["schemas"]["ConnectionQuestion"][];
        };
        /**
         * @example {
         *       "basis": "rendered",
         *       "note": "text",
         *       "leftOut": [
         *         {
         *           "id": "acme",
         *           "slug": "acme",
         *           "reason": "Applied"
         *         }
         *       ],
         *       "ports": [
         *         "text"
         *       ],
         *       "places": [
         *         {
         *           "id": "acme",
         *           "label": "acme",
         *           "kind": "tenant"
         *         }
         *       ],
         *       "links": [
         *         {
         *           "from": "web-v1",
         *           "to": "web-v2",
         *           "complete": true,
         *           "ports": [],
         *           "readingsDiffer": true,
         *           "becauseOf": []
         *         }
         *       ]
         *     }
         */
        Reachability: {
            /**
             * @description From the objects that Bulkhead renders, not from the cluster.
             * @constant
             */
            basis: "rendered";
            /** @description Explanation of `basis` for humans. */
            note: string;
            /** @description Tenants whose objects cannot be computed: nothing is known about their paths. Usually empty. */
            leftOut: {
                id: string;
                slug: string;
                /** @description The same text as in the condition `Ready` of the tenant. */
                reason: string;
            }[];
            /** @description Ports that were checked. 40001 of each protocol stands for all ports that are not listed. */
            ports: string[];
            places: {
                /** @description For a tenant, its id. */
                id: string;
                label: string;
                /** @enum {string} */
                kind: "tenant" | "platform" | "outside";
            }[];
            /** @description Open paths, including those from a place to itself. If a tenant and a place are not listed, they do not reach each other. Paths between two non-tenant places are not checked. */
            links: {
                from: string;
                to: string;
                /** @description Whether all pods of `from` reach all pods of `to` on all checked ports. */
                complete: boolean;
                /** @description Ports that are open between any two pods. */
                ports: string[];
                /** @description Whether the verdict depends on the network plug-in: some apply address blocks to pods, others never do. */
                readingsDiffer: boolean;
                /** @description For a path between two tenants, the links that explain all of it; empty if the path is a fault. */
                becauseOf: string[];
            }[];
        };
        ReachabilityBasis: {
            /**
             * @description From the objects that Bulkhead renders, not from the cluster.
             * @constant
             */
            basis: "rendered";
            /** @description Explanation of `basis` for humans. */
            note: string;
        };
        ReachabilityPath: {
            /** @enum {string} */
            direction: "outbound" | "inbound" | "within";
            /** @description Namespace of the tenant; for `within`, of the sender. */
            namespace: string;
            /** @description Kinds of pods in the namespace to which this applies. */
            pods: string[];
            /** @description The other side, such as `dns`, `internet` or a tenant id. */
            place: string;
            /** @description Endpoint of the place. */
            endpoint: string;
            allowed: boolean;
            ports: string[];
            /** @description Whether the verdict depends on the network plug-in: some apply address blocks to pods, others never do. */
            readingsDiffer: boolean;
            /** @description Verdict on the sender’s side. */
            egress: components["schemas"]["ReachabilityVerdict"];
            /** @description Verdict on the receiver’s side. */
            ingress: components["schemas"]["ReachabilityVerdict"];
        };
        ReachabilityVerdict: {
            allowed: boolean;
            /**
             * @description `default`: no policy selects the pod. `not-selectable`: not a pod, so no policy applies to it.
             * @enum {string}
             */
            decidedBy: "Admin" | "NetworkPolicy" | "Baseline" | "default" | "not-selectable" | "loopback";
            because: {
                /** @description Such as `NetworkPolicy tn-acme/tenant-allow`. */
                object: string;
                /** @description Index of the rule; null if the object isolates the pod by selecting it. */
                rule: number | null;
                /** @enum {string} */
                effect: "allows" | "denies" | "passes" | "isolates";
            }[];
        };
        /**
         * @example {
         *       "groups": [
         *         {
         *           "name": "tn-acme",
         *           "interval": "text",
         *           "rules": []
         *         }
         *       ]
         *     }
         */
        RecordingRules: {
            groups: {
                name: string;
                interval: string;
                rules: {
                    record: string;
                    expr: string;
                    labels?: {
                        [key: string]: string;
                    };
                }[];
            }[];
        };
        /** @description `RegoRuleInput` with every default filled in. */
        RegoRule: {
            match: {
                apiGroups: string[];
                kinds: string[];
            }[];
            source: string;
            libs?: string[];
        };
        RegoRuleInput: {
            match: {
                apiGroups: string[];
                kinds: string[];
            }[];
            /** @description Rego with a set `violation`, which gets `input.review` and `input.parameters`. Rego v0 is converted to v1, as `opa fmt` does, and stored so. */
            source: string;
            /** @description Libraries in Rego, whose packages begin with `lib`; the rule imports them as `data.lib.NAME`. */
            libs?: string[];
        };
        /**
         * @default {}
         * @example {}
         */
        ResumeRolloutRequest: {
            /**
             * @description Retry the tenants that failed.
             * @default false
             */
            retryFailed?: boolean;
        };
        /**
         * @example {
         *       "name": "tn-acme",
         *       "description": "text",
         *       "permissions": [
         *         "text"
         *       ],
         *       "reach": "all",
         *       "builtIn": true,
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Role: {
            name: string;
            description: string;
            permissions: string[];
            /**
             * @description Tenants that callers see: all, those that they created, or the one that their key is bound to.
             * @enum {string}
             */
            reach: "all" | "created" | "tenant";
            builtIn: boolean;
            /** @description Who defined the role; null: it is built in. */
            createdBy: string | null;
            /** Format: date-time */
            createdAt: string | null;
            /** Format: date-time */
            updatedAt: string | null;
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "name": "tn-acme",
         *           "description": "text",
         *           "permissions": [],
         *           "reach": "all",
         *           "builtIn": true,
         *           "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *           "createdAt": "2026-11-24T09:30:00Z",
         *           "updatedAt": "2026-11-24T09:30:00Z"
         *         }
         *       ]
         *     }
         */
        RoleList: {
            items: components["schemas"]["Role"][];
        };
        /**
         * @example {
         *       "version": 1
         *     }
         */
        RollBackPolicyRequest: {
            /**
             * Format: int32
             * @description The version whose content to restore.
             */
            version: number;
        };
        /**
         * @example {
         *       "id": "rollout_01kab4x2gdfhv2xk9b5s7y6nje",
         *       "planId": "team",
         *       "toVersion": 1,
         *       "from": [
         *         1
         *       ],
         *       "state": "pending",
         *       "direction": "forward",
         *       "reason": null,
         *       "canary": {
         *         "tenants": 1,
         *         "tenantIds": [
         *           "tenant_01kab4x2fqe3n8v6zj5t0w9rsx"
         *         ]
         *       },
         *       "batchSize": 1,
         *       "maxConcurrent": 1,
         *       "maxFailures": 1,
         *       "pauseAfterCanary": true,
         *       "tenants": {
         *         "total": 1,
         *         "pending": 1,
         *         "updating": 1,
         *         "succeeded": 1,
         *         "failed": 1,
         *         "skipped": 1,
         *         "rolledBack": 1
         *       },
         *       "requestedBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "rolledBackBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:00Z",
         *       "finishedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Rollout: {
            id: string;
            planId: string;
            toVersion: number;
            /** @description Null for every other version. */
            from: number[] | null;
            /** @enum {string} */
            state: "pending" | "canary" | "running" | "paused" | "stopped" | "succeeded" | "rolling_back" | "rolled_back";
            /**
             * @description `back` after a rollback was requested.
             * @enum {string}
             */
            direction: "forward" | "back";
            /** @description Why the rollout is paused. */
            reason: {
                /** @enum {string} */
                code: "Requested" | "CanaryDone" | "TooManyFailures";
                message: string;
            } | null;
            canary: {
                tenants: number;
                tenantIds: string[];
            };
            batchSize: number | null;
            maxConcurrent: number;
            maxFailures: number;
            pauseAfterCanary: boolean;
            /** @description Number of tenants per state. */
            tenants: {
                total: number;
                pending: number;
                updating: number;
                succeeded: number;
                failed: number;
                skipped: number;
                rolledBack: number;
            };
            requestedBy: string;
            rolledBackBy: string | null;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            finishedAt: string | null;
        };
        RolloutPage: {
            items: components["schemas"]["Rollout"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        RolloutTenant: {
            tenantId: string;
            /** @enum {string} */
            state: "pending" | "updating" | "succeeded" | "failed" | "skipped" | "rolled_back";
            /** @enum {string} */
            direction: "forward" | "back";
            canary: boolean;
            /** @description The version before the rollout, to which a rollback returns. */
            previousVersion: number;
            /** @description The latest operation that moves the tenant; null if there was none. */
            operationId: string | null;
            /** @description Why the tenant failed or was skipped. */
            error: {
                reason: string;
                message: string;
            } | null;
            /** Format: date-time */
            startedAt: string | null;
            /** Format: date-time */
            finishedAt: string | null;
        };
        RolloutTenantPage: {
            items: components["schemas"]["RolloutTenant"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @default {}
         * @example {
         *       "overlapSeconds": 3600
         *     }
         */
        RotateApiKeyRequest: {
            /**
             * Format: int32
             * @description How long the old secret keeps working.
             * @default 86400
             */
            overlapSeconds?: number;
        };
        /**
         * @example {
         *       "name": "tn-acme",
         *       "environment": "main",
         *       "hosts": [
         *         "text"
         *       ],
         *       "rules": [
         *         {
         *           "matches": [
         *             {
         *               "path": {
         *                 "type": "Prefix",
         *                 "value": "text"
         *               },
         *               "headers": [],
         *               "method": "GET"
         *             }
         *           ],
         *           "backends": [
         *             {
         *               "service": "web-v1",
         *               "port": 1,
         *               "weight": 1
         *             }
         *           ],
         *           "timeouts": {
         *             "request": "text",
         *             "backendRequest": "text"
         *           },
         *           "retries": null
         *         }
         *       ],
         *       "tls": null,
         *       "podLabels": {},
         *       "lacking": null,
         *       "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Route: {
            name: string;
            environment: string;
            hosts: string[];
            /** @description With the current weights; shifts change them. */
            rules: components["schemas"]["RouteRule"][];
            tls: {
                secret: string;
            } | null;
            /** @description Labels that the pods behind the services need; the gateway cannot reach other pods. */
            podLabels: {
                [key: string]: string;
            };
            /** @description Capability that the cluster lacks; until it has it, the route is not applied. */
            lacking: {
                capability: string;
                detail: string;
            } | null;
            createdBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "name": "tn-acme",
         *           "environment": "main",
         *           "hosts": [],
         *           "rules": [],
         *           "tls": null,
         *           "podLabels": {},
         *           "lacking": null,
         *           "createdBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *           "createdAt": "2026-11-24T09:30:00Z",
         *           "updatedAt": "2026-11-24T09:30:00Z"
         *         }
         *       ]
         *     }
         */
        RouteList: {
            items: components["schemas"]["Route"][];
        };
        /** @description `RouteRuleInput` with every default filled in. */
        RouteRule: {
            matches: {
                path: {
                    /** @enum {string} */
                    type: "Prefix" | "Exact";
                    value: string;
                };
                headers: {
                    name: string;
                    value: string;
                }[];
                method: ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") | null;
            }[];
            backends: {
                service: string;
                port: number;
                weight: number;
            }[];
            timeouts: {
                request: string | null;
                backendRequest: string | null;
            };
            retries: {
                attempts: number;
                codes: number[];
                backoff: string | null;
            } | null;
        };
        RouteRuleInput: {
            /**
             * @description The rule applies to requests that match any of them. Omitted: every request.
             * @default [
             *       {}
             *     ]
             */
            matches?: {
                /**
                 * @default {
                 *       "value": "/"
                 *     }
                 */
                path?: {
                    /**
                     * @description `Prefix` matches whole segments.
                     * @default Prefix
                     * @enum {string}
                     */
                    type?: "Prefix" | "Exact";
                    value: string;
                };
                /**
                 * @description All of them must be present.
                 * @default []
                 */
                headers?: {
                    name: string;
                    value: string;
                }[];
                /** @default null */
                method?: ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") | null;
            }[];
            /** @description Services that receive the requests. The weights of a rule add up to 100. */
            backends: {
                /** @description A Service in the namespace of the route’s environment. */
                service: string;
                /**
                 * Format: int32
                 * @description Port of the Service.
                 */
                port: number;
                /**
                 * Format: int32
                 * @description Percentage of the rule’s requests.
                 * @default 100
                 */
                weight?: number;
            }[];
            /** @default {} */
            timeouts?: {
                /**
                 * @description For the whole request; null: the default of the plan.
                 * @default null
                 */
                request?: string | null;
                /**
                 * @description For each attempt; null: no separate limit.
                 * @default null
                 */
                backendRequest?: string | null;
            };
            /**
             * @description Null: only those that the gateway makes by default.
             * @default null
             */
            retries?: {
                /**
                 * Format: int32
                 * @description Attempts after the first.
                 */
                attempts: number;
                /**
                 * @description Status codes that are retried.
                 * @default [
                 *       502,
                 *       503,
                 *       504
                 *     ]
                 */
                codes?: number[];
                /**
                 * @description Minimum time between two attempts; null: the default of the gateway.
                 * @default null
                 */
                backoff?: string | null;
            } | null;
        };
        /**
         * @example {
         *       "id": "shift_01kab4x2gqf2w5p8r3d7n9c6vj",
         *       "route": "shop",
         *       "from": "web-v1",
         *       "to": "web-v2",
         *       "toPort": 1,
         *       "steps": [
         *         {
         *           "weight": 1,
         *           "pauseSeconds": 1
         *         }
         *       ],
         *       "state": "running",
         *       "reason": null,
         *       "step": 1,
         *       "weight": 1,
         *       "operationId": "op_01kab4x2g1fdbv7yk2m8h5c3qa",
         *       "settledAt": "2026-11-24T09:30:00Z",
         *       "requestedBy": "key_01kab4x2g4f0mrx9tn6d1w7zeb",
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:00Z",
         *       "finishedAt": "2026-11-24T09:30:00Z"
         *     }
         */
        Shift: {
            id: string;
            route: string;
            from: string;
            to: string;
            toPort: number | null;
            steps: {
                weight: number;
                /** @description Null: until the shift is resumed. */
                pauseSeconds: number | null;
            }[];
            /**
             * @description `running`: a step is being applied. `waiting`: the step is in the cluster and its pause has begun.
             * @enum {string}
             */
            state: "running" | "waiting" | "paused" | "succeeded" | "aborted";
            /** @description Why the shift does not proceed; otherwise null. */
            reason: {
                /** @enum {string} */
                code: "Requested" | "Manual" | "TenantFailed" | "TenantHeld";
                message: string;
            } | null;
            /** @description Index of the current step; null before the first. */
            step: number | null;
            /** @description Weight of the new service at the current step; 0 before the first. */
            weight: number;
            /** @description The operation that carries out the latest step or the abort. */
            operationId: string | null;
            /**
             * Format: date-time
             * @description When the step was first found to be in the cluster.
             */
            settledAt: string | null;
            requestedBy: string;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            finishedAt: string | null;
        };
        ShiftPage: {
            items: components["schemas"]["Shift"][];
            nextCursor: components["schemas"]["NextCursor"];
        };
        /**
         * @example {
         *       "id": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
         *       "slug": "acme",
         *       "displayName": "Acme GmbH",
         *       "externalId": "cus_123",
         *       "plan": {
         *         "id": "team",
         *         "version": 1
         *       },
         *       "phase": "active",
         *       "generation": 1,
         *       "observedGeneration": 1,
         *       "namespaces": [
         *         {
         *           "environment": "main",
         *           "name": "tn-acme"
         *         }
         *       ],
         *       "members": [
         *         {
         *           "kind": "User",
         *           "name": "alice@acme.example",
         *           "role": "tenant-admin"
         *         }
         *       ],
         *       "holds": [],
         *       "conditions": [],
         *       "labels": {
         *         "region": "eu"
         *       },
         *       "deletionScheduledAt": null,
         *       "deletesAt": null,
         *       "deletionSuspends": false,
         *       "createdAt": "2026-11-24T09:30:00Z",
         *       "updatedAt": "2026-11-24T09:30:04Z"
         *     }
         */
        Tenant: {
            /** @description Immutable. */
            id: string;
            slug: string;
            displayName: string;
            externalId: string | null;
            plan: {
                id: string;
                version: number;
            };
            /** @enum {string} */
            phase: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
            /** @description Raised by every change. */
            generation: number;
            /** @description The latest generation that the cluster was found to match. */
            observedGeneration: number;
            namespaces: {
                environment: string;
                name: string;
            }[];
            members: components["schemas"]["Member"][];
            /** @description Holds in force, oldest first. */
            holds: components["schemas"]["Hold"][];
            conditions: components["schemas"]["Condition"][];
            labels: {
                [key: string]: string;
            };
            /**
             * Format: date-time
             * @description When the deletion was requested.
             */
            deletionScheduledAt: string | null;
            /**
             * Format: date-time
             * @description When the deletion begins; until then it can be cancelled.
             */
            deletesAt: string | null;
            /** @description Whether the tenant is suspended until its scheduled deletion begins. */
            deletionSuspends: boolean;
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        /**
         * @example {
         *       "id": "member_4vkdsq5mtx8a7thpsx3xr5rd1g",
         *       "kind": "User",
         *       "name": "alice@acme.example",
         *       "role": "tenant-admin"
         *     }
         */
        TenantMember: {
            /**
             * @description Follows from the kind and the name: always the same in one tenant.
             * @example member_4vkdsq5mtx8a7thpsx3xr5rd1g
             */
            id: string;
            /** @enum {string} */
            kind: "User" | "Group" | "ServiceAccount";
            name: string;
            /** @enum {string} */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "id": "member_4vkdsq5mtx8a7thpsx3xr5rd1g",
         *           "kind": "User",
         *           "name": "alice@acme.example",
         *           "role": "tenant-admin"
         *         }
         *       ],
         *       "nextCursor": null
         *     }
         */
        TenantMemberList: {
            items: components["schemas"]["TenantMember"][];
            /** @description Always null: the list is not paginated. */
            nextCursor: null;
        };
        /**
         * @example {
         *       "items": [
         *         {
         *           "apiVersion": "v1",
         *           "kind": "Namespace",
         *           "namespace": "tn-acme",
         *           "name": "tn-acme",
         *           "uid": "text",
         *           "appliedAt": "2026-11-24T09:30:00Z"
         *         }
         *       ],
         *       "nextCursor": null
         *     }
         */
        TenantObjectList: {
            items: {
                apiVersion: string;
                kind: string;
                /** @description Null for cluster-scoped objects. */
                namespace: string | null;
                name: string;
                uid: string;
                /** Format: date-time */
                appliedAt: string;
            }[];
            /** @description Always null: the list is not paginated. */
            nextCursor: null;
        };
        TenantPage: {
            items: components["schemas"]["Tenant"][];
            nextCursor: components["schemas"]["NextCursor"];
            /** @description Tenants of all pages; present with `count=true`. */
            total?: number;
        };
        TenantPreview: {
            /** @example preview_01kab4x2gaf6t8wn4c7q1m3rhd */
            id: string;
            /** @description Token for `If-Preview-Match`. Valid for a day, as long as the tenant, the plan and the body stay the same. */
            token: string;
        } & components["schemas"]["PreviewedTenant"];
        TenantReachability: {
            tenantId: string;
            slug: string;
            generation: number;
            /**
             * @description From the objects that Bulkhead renders, not from the cluster.
             * @constant
             */
            basis: "rendered";
            /** @description Explanation of `basis` for humans. */
            note: string;
            /** @description Tenants whose objects cannot be computed: nothing is known about their paths. Usually empty. */
            leftOut: {
                id: string;
                slug: string;
                /** @description The same text as in the condition `Ready` of the tenant. */
                reason: string;
            }[];
            /** @description Ports that were checked. 40001 of each protocol stands for all ports that are not listed. */
            ports: string[];
            mesh: {
                /** @description Such as `istio-ambient`. */
                kind: string;
                /** @description Such as `AuthorizationPolicy tn-acme/tenant-isolation-guard`. */
                objects: string[];
                /** @description Port on which mesh pods receive all traffic from the mesh; null if traffic keeps its ports. */
                tunnelPort: number | null;
            } | null;
            /** @description Paths within the tenant, and between it and the platform or the outside, including closed ones. */
            ways: components["schemas"]["ReachabilityPath"][];
            otherTenants: {
                /** @description Number of other tenants. */
                checked: number;
                /** @description Ids of tenants that this tenant reaches on any port. */
                reaches: string[];
                /** @description Ids of tenants that reach this tenant on any port. */
                reachedBy: string[];
                /** @description Links in force. Any path to or from another tenant without a link is a fault. */
                links: {
                    id: string;
                    /**
                     * @description `outbound`: the tenant is the consumer.
                     * @enum {string}
                     */
                    direction: "outbound" | "inbound";
                    /** @description The other tenant. */
                    tenantId: string;
                    /** @description The open paths of the link, as seen from the consumer; no others are permitted. */
                    ways: components["schemas"]["ReachabilityPath"][];
                }[];
                /** @description All paths to and from one of the other tenants, as an example. */
                example: components["schemas"]["ReachabilityPath"][];
            };
        };
        /**
         * @example {
         *       "live": {}
         *     }
         */
        TestPolicyRequest: {
            /**
             * Format: int32
             * @description By default the latest.
             */
            version?: number;
            /** @description Evaluate the objects in the cluster as if they were created now. */
            live?: {
                /** @description Only these tenants, by id, even if the policy does not target them. By default all tenants that it targets. */
                tenants?: string[];
            };
            /** @description Evaluate these writes. */
            reviews?: {
                /**
                 * @default CREATE
                 * @enum {string}
                 */
                operation?: "CREATE" | "UPDATE";
                /** @description Plural resource name, such as `pods` or `deployments/scale`. */
                resource: string;
                object: components["schemas"]["KubernetesObject"];
                /**
                 * @description The previous object, for `UPDATE`.
                 * @default null
                 */
                oldObject?: components["schemas"]["KubernetesObject"] | null;
                /**
                 * @description The namespace object, if the rule uses it.
                 * @default null
                 */
                namespaceObject?: components["schemas"]["KubernetesObject"] | null;
            }[];
        } & (unknown | unknown);
        Traffic: {
            tenant: {
                id: string;
                slug: string;
            };
            /** @enum {string} */
            window: "5m" | "15m" | "1h" | "6h" | "24h" | "7d";
            /**
             * Format: date-time
             * @description Time by the clock of Prometheus. Null if Prometheus does not know the tenant’s namespaces, or that they are the tenant’s.
             */
            at: string | null;
            signals: {
                /** @description HTTP requests to the workloads per second. */
                requestsPerSecond: components["schemas"]["Measurement"];
                /** @description Non-HTTP TCP connections per second. */
                connectionsPerSecond: components["schemas"]["Measurement"];
                /** @description Share of requests with a server error, from 0 to 1. */
                errorRatio: components["schemas"]["Measurement"];
                /** @description Median latency. */
                p50Milliseconds: components["schemas"]["Measurement"];
                /** @description 95th percentile of the latency. */
                p95Milliseconds: components["schemas"]["Measurement"];
                /** @description 99th percentile of the latency. */
                p99Milliseconds: components["schemas"]["Measurement"];
                /** @description Share of requests and connections over mutual TLS, from 0 to 1. */
                mtlsShare: components["schemas"]["Measurement"];
                /** @description Requests and connections per second that the mesh denied. */
                deniedPerSecond: components["schemas"]["Measurement"];
            };
            services: {
                queries: string[];
                items: {
                    environment: string;
                    service: string;
                    requestsPerSecond: number | null;
                    errorRatio: number | null;
                    p99Milliseconds: number | null;
                }[];
            };
            peers: {
                /** @description The Prometheus query that returned it. */
                query: string;
                items: ({
                    /** @enum {string} */
                    direction: "inbound" | "outbound";
                } & components["schemas"]["TrafficPeer"])[];
            };
            deniedPeers: {
                /** @description The Prometheus query that returned it. */
                query: string;
                /** @description Peers whose traffic was denied. */
                items: components["schemas"]["TrafficPeer"][];
            };
        };
        TrafficPeer: {
            /**
             * @description `own`: the tenant itself. `tenant`: another tenant; `links` explains why. `outside`: outside of the mesh, the internet, or unknown.
             * @enum {string}
             */
            kind: "own" | "tenant" | "platform" | "outside";
            /** @description Id of a tenant, or namespace of the platform. */
            peer: string | null;
            /** @description The service that was called; for `inbound`, the tenant's own. */
            service: string;
            /** @description HTTP requests and non-HTTP connections per second. */
            perSecond: number | null;
            /** @description For `tenant`: links in this direction that were approved within the window, including ended ones: those of the service or, if none names it, all. Empty: no link explains the traffic. Null for other kinds, which need no link. */
            links: string[] | null;
        };
        /**
         * @example {
         *       "role": "tenant-developer"
         *     }
         */
        UpdateMemberRequest: {
            /** @enum {string} */
            role: "tenant-owner" | "tenant-admin" | "tenant-developer" | "tenant-viewer";
        };
        /**
         * @example {
         *       "displayName": "Starter (2026)",
         *       "retired": true
         *     }
         */
        UpdatePlanRequest: {
            displayName?: string;
            description?: string;
            /** @description `true`: no further tenant can get the plan, and tenants that have it keep it. `false`: offered again. */
            retired?: boolean;
        };
        /**
         * @description The complete new content, not a patch.
         * @example {
         *       "description": "CVE-2026-12345",
         *       "target": {
         *         "all": true
         *       },
         *       "mode": "enforce",
         *       "rule": {
         *         "library": {
         *           "name": "block-images"
         *         }
         *       },
         *       "parameters": {
         *         "images": [
         *           "registry.example/app:1.2.3"
         *         ]
         *       }
         *     }
         */
        UpdatePolicyRequest: {
            /**
             * @description Explanation for humans.
             * @default
             */
            description?: string;
            /** @description The tenants to which the policy applies. */
            target: components["schemas"]["PolicyTargetInput"];
            /**
             * @description What happens to a violating write. `audit`: recorded only. `warn`: allowed with a warning. `enforce`: refused.
             * @enum {string}
             */
            mode: "audit" | "warn" | "enforce";
            /** @default [] */
            exceptions?: components["schemas"]["PolicyExceptionInput"][];
            rule: components["schemas"]["PolicyRuleInput"];
            /**
             * @description In Rego, unchanged in `input.parameters`. In CEL, in `variables.parameters`: numbers and booleans as strings, lists of strings joined by commas, objects and other lists unchanged.
             * @default {}
             */
            parameters?: {
                [key: string]: unknown;
            };
        };
        /**
         * @example {
         *       "hosts": [
         *         "shop.acme.example",
         *         "www.acme.example"
         *       ]
         *     }
         */
        UpdateRouteRequest: {
            /** @description Hosts of the tenant or subdomains of them. All routes of a host must use the same environment. */
            hosts?: string[];
            /** @description The most specific matching rule applies. */
            rules?: components["schemas"]["RouteRuleInput"][];
            /** @description Certificate of the hosts. Null to use that of the platform’s gateway. */
            tls?: {
                /** @description A Secret of type kubernetes.io/tls in the namespace of the environment. */
                secret: components["schemas"]["DnsSubdomain"];
            } | null;
        };
        /**
         * @example {
         *       "plan": "regulated"
         *     }
         */
        UpdateTenantRequest: {
            /** @description Name for humans. */
            displayName?: string;
            /** @description Your own id of the customer, e.g. from your billing system. Unique. */
            externalId?: string | null;
            plan?: components["schemas"]["PlanReference"];
            /** @description The complete list; null removes all members. */
            members?: components["schemas"]["MemberInput"][] | null;
            /** @description Merged by key; null removes a label. */
            labels?: {
                [key: string]: string | null;
            };
        };
    };
    responses: {
        /** @description The request is malformed or does not match its schema. */
        400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No valid API key or token was sent. */
        401: {
            headers: {
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller lacks the permission, or may not do this itself. */
        403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something in the path does not exist. */
        404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The state of the resource does not allow this. */
        409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The resource is not as the request requires it. */
        412: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request body is too large. */
        413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request body is not JSON in UTF-8. */
        415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request matches its schema and cannot be carried out. */
        422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests of the caller, or failed logins of its address. Try again after `Retry-After`. */
        429: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An error of Bulkhead. Nothing was changed. */
        500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A part of the service does not respond. Try again later. */
        503: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedHold: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedHold"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedHost: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedHost"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedNetworkRule: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedNetworkRule"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedRoute: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedRoute"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedTenant: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedTenant"];
            };
        };
        /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
        AcceptedTenantMember: {
            headers: {
                Location: components["headers"]["Location"];
                "Retry-After": components["headers"]["Retry-After"];
                "Preference-Applied": components["headers"]["Preference-Applied"];
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["AcceptedTenantMember"];
            };
        };
        /** @description The dashboard, ready to import into Grafana. */
        Dashboard: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Dashboard"];
            };
        };
        /** @description The rule. Poll `Location` until no tenant is pending. */
        EmergencyRule: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["EmergencyRule"];
            };
        };
        /** @description The plan at its latest version. */
        Plan: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Plan"];
            };
        };
        /** @description The policy. Poll `Location` with `wait` until it is in force. */
        Policy: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Policy"];
            };
        };
        /** @description The quarantine. Poll `Location` until no tenant is pending. */
        Quarantine: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Quarantine"];
            };
        };
        /** @description The role. */
        Role: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Role"];
            };
        };
        /** @description The rollout. Poll `Location` until it has finished. */
        Rollout: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Rollout"];
            };
        };
        /** @description The shift. Poll `Location` until it has finished; each step is an operation of the tenant. */
        Shift: {
            headers: {
                Location: components["headers"]["Location"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Shift"];
            };
        };
        /** @description The tenant. */
        Tenant: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Tenant"];
            };
        };
        /** @description What the change would do. */
        TenantPreview: {
            headers: {
                "Preview-Match": components["headers"]["Preview-Match"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TenantPreview"];
            };
        };
    };
    parameters: {
        /**
         * @description Id of the API key.
         * @example key_01kab4x2g4f0mrx9tn6d1w7zeb
         */
        "ApiKeys-id": string;
        /**
         * @description External id of the tenant, percent-encoded.
         * @example cus_123
         */
        "ByExternalId-externalId": string;
        /**
         * @description Id of the cluster.
         * @example cluster_01kab4x2g7ekht3s5v9p2j8yfc
         */
        "Clusters-id": string;
        /** @description `nextCursor` of the previous page. */
        Cursor: string;
        /**
         * @description Id of the hold.
         * @example hold_01kab4x2gge5ymz8d3t6w4p1kf
         */
        "Holds-holdId": string;
        /**
         * @description The host.
         * @example shop.acme.example
         */
        "Hosts-host": string;
        /**
         * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
         * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
         */
        IdempotencyKey: string;
        /**
         * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
         * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
         */
        IfMatch: string;
        /**
         * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
         * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
         */
        IfNoneMatch: string;
        /**
         * @description The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have changed since.
         * @example "bW9yZSB0aGFuIGEgcHJvbWlzZQ"
         */
        IfPreviewMatch: string;
        /**
         * @description Id of the invitation.
         * @example invitation_01kab4x2h3f6tbx5q8w2m7n9kc
         */
        "Invitations-invitation": string;
        /**
         * @description Id of the isolation check.
         * @example check_01kab4x2gnem3s6k9t1y4w8zqh
         */
        "IsolationChecks-checkId": string;
        /**
         * @description The `id` of the last event that the client received.
         * @example 7
         */
        LastEventId: string;
        /** @description Maximum number of items. */
        Limit: number;
        /**
         * @description Id of the link.
         * @example link_01kab4x2gtehx4b7m2y9k5t8sk
         */
        "Links-id": string;
        /**
         * @description Id of the member.
         * @example member_4vkdsq5mtx8a7thpsx3xr5rd1g
         */
        "Members-member": string;
        /**
         * @description Id of the network rule.
         * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
         */
        "NetworkRules-id": string;
        /**
         * @description Id of the network rule.
         * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
         */
        "NetworkRules-rule": string;
        /**
         * @description Id of the operation.
         * @example op_01kab4x2g1fdbv7yk2m8h5c3qa
         */
        "Operations-id": string;
        /**
         * @description Id of the plan.
         * @example team
         */
        "Plans-id": string;
        /**
         * @description Id of the policy.
         * @example block-cve
         */
        "Policies-id": string;
        /**
         * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
         * @example wait=30
         */
        Prefer: string;
        /**
         * @description Id of the quarantine.
         * @example quarantine_01kab4x2gkf9r7c2n5v8h6jxmg
         */
        "Quarantine-id": string;
        /**
         * @description Name of the role.
         * @example support
         */
        "Roles-name": string;
        /**
         * @description Id of the rollout.
         * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
         */
        "Rollouts-id": string;
        /**
         * @description Name of the route.
         * @example shop
         */
        "Routes-name": string;
        /**
         * @description Id of the shift.
         * @example shift_01kab4x2gqf2w5p8r3d7n9c6vj
         */
        "Shifts-shift": string;
        /**
         * @description Id of the tenant.
         * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
         */
        "Tenants-id": string;
        /**
         * @description Number of the version, from 1.
         * @example 1
         */
        "Versions-version": number;
    };
    requestBodies: never;
    headers: {
        /** @description Path of what to poll or read next: the operation of the change, or the resource that was created. */
        Location: string;
        /** @description Version of the resource, for `If-Match` and `If-None-Match` (RFC 9110, section 8.8.3). */
        ETag: string;
        /** @description Seconds after which to ask again. */
        "Retry-After": number;
        /** @description What is left of the limit: its name, requests `r`, and seconds `t` until all are available again. */
        RateLimit: string;
        /** @description The limit of the caller: its name, requests `q` in a window of `w` seconds. */
        "RateLimit-Policy": string;
        /** @description For how long the answer was held back at most, such as `wait=30` (RFC 7240). */
        "Preference-Applied": string;
        /** @description The quoted token for `If-Preview-Match`. */
        "Preview-Match": string;
        /** @description How to authenticate (RFC 9110, section 11.6.1). */
        "WWW-Authenticate": string;
        /** @description `no-store`. */
        "Cache-Control": string;
    };
    pathItems: never;
}
export type AcceptedHold = components['schemas']['AcceptedHold'];
export type AcceptedHost = components['schemas']['AcceptedHost'];
export type AcceptedLink = components['schemas']['AcceptedLink'];
export type AcceptedNetworkRule = components['schemas']['AcceptedNetworkRule'];
export type AcceptedRoute = components['schemas']['AcceptedRoute'];
export type AcceptedTenant = components['schemas']['AcceptedTenant'];
export type AcceptedTenantMember = components['schemas']['AcceptedTenantMember'];
export type AddEnvironmentRequest = components['schemas']['AddEnvironmentRequest'];
export type AddHostRequest = components['schemas']['AddHostRequest'];
export type AfterWait = components['schemas']['AfterWait'];
export type ApiKey = components['schemas']['ApiKey'];
export type ApiKeyPage = components['schemas']['ApiKeyPage'];
export type AuditEvent = components['schemas']['AuditEvent'];
export type AuditEventPage = components['schemas']['AuditEventPage'];
export type AuditHead = components['schemas']['AuditHead'];
export type BlastRadius = components['schemas']['BlastRadius'];
export type CelRule = components['schemas']['CelRule'];
export type CelRuleInput = components['schemas']['CelRuleInput'];
export type Cidr = components['schemas']['Cidr'];
export type Cluster = components['schemas']['Cluster'];
export type ClusterPage = components['schemas']['ClusterPage'];
export type Condition = components['schemas']['Condition'];
export type ConnectionEnd = components['schemas']['ConnectionEnd'];
export type ConnectionQuestion = components['schemas']['ConnectionQuestion'];
export type ConnectionVerdict = components['schemas']['ConnectionVerdict'];
export type ConsentToLinkRequest = components['schemas']['ConsentToLinkRequest'];
export type ContainerDefaults = components['schemas']['ContainerDefaults'];
export type ContainerDefaultsInput = components['schemas']['ContainerDefaultsInput'];
export type CreateApiKeyRequest = components['schemas']['CreateApiKeyRequest'];
export type CreateEmergencyRuleRequest = components['schemas']['CreateEmergencyRuleRequest'];
export type CreateInvitationRequest = components['schemas']['CreateInvitationRequest'];
export type CreateLinkRequest = components['schemas']['CreateLinkRequest'];
export type CreatePlanRequest = components['schemas']['CreatePlanRequest'];
export type CreatePlanVersionRequest = components['schemas']['CreatePlanVersionRequest'];
export type CreatePolicyRequest = components['schemas']['CreatePolicyRequest'];
export type CreateQuarantineRequest = components['schemas']['CreateQuarantineRequest'];
export type CreateRolloutRequest = components['schemas']['CreateRolloutRequest'];
export type CreateRouteRequest = components['schemas']['CreateRouteRequest'];
export type CreateShiftRequest = components['schemas']['CreateShiftRequest'];
export type CreateTenantRequest = components['schemas']['CreateTenantRequest'];
export type Dashboard = components['schemas']['Dashboard'];
export type DeletionCertificate = components['schemas']['DeletionCertificate'];
export type DeletionStatement = components['schemas']['DeletionStatement'];
export type DnsSubdomain = components['schemas']['DnsSubdomain'];
export type Drift = components['schemas']['Drift'];
export type EmergencyRadius = components['schemas']['EmergencyRadius'];
export type EmergencyRule = components['schemas']['EmergencyRule'];
export type EmergencyRuleSummary = components['schemas']['EmergencyRuleSummary'];
export type EmergencyRuleSummaryPage = components['schemas']['EmergencyRuleSummaryPage'];
export type EmergencySelector = components['schemas']['EmergencySelector'];
export type EnvironmentName = components['schemas']['EnvironmentName'];
export type FailureCause = components['schemas']['FailureCause'];
export type FieldManager = components['schemas']['FieldManager'];
export type GetPlanSchemaResponse = components['schemas']['GetPlanSchemaResponse'];
export type Health = components['schemas']['Health'];
export type Hold = components['schemas']['Hold'];
export type HoldPage = components['schemas']['HoldPage'];
export type Host = components['schemas']['Host'];
export type HostList = components['schemas']['HostList'];
export type ImportPolicyRequest = components['schemas']['ImportPolicyRequest'];
export type Invitation = components['schemas']['Invitation'];
export type InvitationPage = components['schemas']['InvitationPage'];
export type IsolationCheck = components['schemas']['IsolationCheck'];
export type IsolationCheckResult = components['schemas']['IsolationCheckResult'];
export type IsolationCheckSummary = components['schemas']['IsolationCheckSummary'];
export type IsolationCheckSummaryPage = components['schemas']['IsolationCheckSummaryPage'];
export type IsolationEvidence = components['schemas']['IsolationEvidence'];
export type IsolationReport = components['schemas']['IsolationReport'];
export type IsolationSummary = components['schemas']['IsolationSummary'];
export type IssuedApiKey = components['schemas']['IssuedApiKey'];
export type JsonWebKey = components['schemas']['JsonWebKey'];
export type JsonWebKeySet = components['schemas']['JsonWebKeySet'];
export type KubernetesObject = components['schemas']['KubernetesObject'];
export type Link = components['schemas']['Link'];
export type LinkPage = components['schemas']['LinkPage'];
export type LinkSide = components['schemas']['LinkSide'];
export type Me = components['schemas']['Me'];
export type Measurement = components['schemas']['Measurement'];
export type Member = components['schemas']['Member'];
export type MemberInput = components['schemas']['MemberInput'];
export type NetworkRule = components['schemas']['NetworkRule'];
export type NetworkRuleChange = components['schemas']['NetworkRuleChange'];
export type NetworkRulePage = components['schemas']['NetworkRulePage'];
export type NetworkRulePorts = components['schemas']['NetworkRulePorts'];
export type NewNetworkRule = components['schemas']['NewNetworkRule'];
export type NextCursor = components['schemas']['NextCursor'];
export type Operation = components['schemas']['Operation'];
export type OperationPage = components['schemas']['OperationPage'];
export type Permission = components['schemas']['Permission'];
export type PlaceHoldRequest = components['schemas']['PlaceHoldRequest'];
export type Plan = components['schemas']['Plan'];
export type PlanBilling = components['schemas']['PlanBilling'];
export type PlanBillingInput = components['schemas']['PlanBillingInput'];
export type PlanId = components['schemas']['PlanId'];
export type PlanMesh = components['schemas']['PlanMesh'];
export type PlanMeshInput = components['schemas']['PlanMeshInput'];
export type PlanNetwork = components['schemas']['PlanNetwork'];
export type PlanNetworkInput = components['schemas']['PlanNetworkInput'];
export type PlanPage = components['schemas']['PlanPage'];
export type PlanPreview = components['schemas']['PlanPreview'];
export type PlanQuota = components['schemas']['PlanQuota'];
export type PlanQuotaInput = components['schemas']['PlanQuotaInput'];
export type PlanReference = components['schemas']['PlanReference'];
export type PlanSpec = components['schemas']['PlanSpec'];
export type PlanSpecInput = components['schemas']['PlanSpecInput'];
export type PodSecurity = components['schemas']['PodSecurity'];
export type PodSecurityInput = components['schemas']['PodSecurityInput'];
export type Policy = components['schemas']['Policy'];
export type PolicyCondition = components['schemas']['PolicyCondition'];
export type PolicyException = components['schemas']['PolicyException'];
export type PolicyExceptionInput = components['schemas']['PolicyExceptionInput'];
export type PolicyImportPreview = components['schemas']['PolicyImportPreview'];
export type PolicyPage = components['schemas']['PolicyPage'];
export type PolicyRule = components['schemas']['PolicyRule'];
export type PolicyRuleInput = components['schemas']['PolicyRuleInput'];
export type PolicyRuleList = components['schemas']['PolicyRuleList'];
export type PolicyTarget = components['schemas']['PolicyTarget'];
export type PolicyTargetInput = components['schemas']['PolicyTargetInput'];
export type PolicyTest = components['schemas']['PolicyTest'];
export type PolicyViolationList = components['schemas']['PolicyViolationList'];
export type PreviewEmergencyRuleRequest = components['schemas']['PreviewEmergencyRuleRequest'];
export type PreviewNetworkRuleRequest = components['schemas']['PreviewNetworkRuleRequest'];
export type PreviewPlanVersionRequest = components['schemas']['PreviewPlanVersionRequest'];
export type PreviewQuarantineRequest = components['schemas']['PreviewQuarantineRequest'];
export type PreviewTotals = components['schemas']['PreviewTotals'];
export type PreviewedTenant = components['schemas']['PreviewedTenant'];
export type Problem = components['schemas']['Problem'];
export type PutRoleRequest = components['schemas']['PutRoleRequest'];
export type PutTenantRequest = components['schemas']['PutTenantRequest'];
export type Quantity = components['schemas']['Quantity'];
export type Quarantine = components['schemas']['Quarantine'];
export type QuarantineSelector = components['schemas']['QuarantineSelector'];
export type QuarantineSummary = components['schemas']['QuarantineSummary'];
export type QuarantineSummaryPage = components['schemas']['QuarantineSummaryPage'];
export type QueryReachabilityRequest = components['schemas']['QueryReachabilityRequest'];
export type Reachability = components['schemas']['Reachability'];
export type ReachabilityBasis = components['schemas']['ReachabilityBasis'];
export type ReachabilityPath = components['schemas']['ReachabilityPath'];
export type ReachabilityVerdict = components['schemas']['ReachabilityVerdict'];
export type RecordingRules = components['schemas']['RecordingRules'];
export type RegoRule = components['schemas']['RegoRule'];
export type RegoRuleInput = components['schemas']['RegoRuleInput'];
export type ResumeRolloutRequest = components['schemas']['ResumeRolloutRequest'];
export type Role = components['schemas']['Role'];
export type RoleList = components['schemas']['RoleList'];
export type RollBackPolicyRequest = components['schemas']['RollBackPolicyRequest'];
export type Rollout = components['schemas']['Rollout'];
export type RolloutPage = components['schemas']['RolloutPage'];
export type RolloutTenant = components['schemas']['RolloutTenant'];
export type RolloutTenantPage = components['schemas']['RolloutTenantPage'];
export type RotateApiKeyRequest = components['schemas']['RotateApiKeyRequest'];
export type Route = components['schemas']['Route'];
export type RouteList = components['schemas']['RouteList'];
export type RouteRule = components['schemas']['RouteRule'];
export type RouteRuleInput = components['schemas']['RouteRuleInput'];
export type Shift = components['schemas']['Shift'];
export type ShiftPage = components['schemas']['ShiftPage'];
export type Tenant = components['schemas']['Tenant'];
export type TenantMember = components['schemas']['TenantMember'];
export type TenantMemberList = components['schemas']['TenantMemberList'];
export type TenantObjectList = components['schemas']['TenantObjectList'];
export type TenantPage = components['schemas']['TenantPage'];
export type TenantPreview = components['schemas']['TenantPreview'];
export type TenantReachability = components['schemas']['TenantReachability'];
export type TestPolicyRequest = components['schemas']['TestPolicyRequest'];
export type Traffic = components['schemas']['Traffic'];
export type TrafficPeer = components['schemas']['TrafficPeer'];
export type UpdateMemberRequest = components['schemas']['UpdateMemberRequest'];
export type UpdatePlanRequest = components['schemas']['UpdatePlanRequest'];
export type UpdatePolicyRequest = components['schemas']['UpdatePolicyRequest'];
export type UpdateRouteRequest = components['schemas']['UpdateRouteRequest'];
export type UpdateTenantRequest = components['schemas']['UpdateTenantRequest'];
export type Response400 = components['responses']['400'];
export type Response401 = components['responses']['401'];
export type Response403 = components['responses']['403'];
export type Response404 = components['responses']['404'];
export type Response409 = components['responses']['409'];
export type Response412 = components['responses']['412'];
export type Response413 = components['responses']['413'];
export type Response415 = components['responses']['415'];
export type Response422 = components['responses']['422'];
export type Response429 = components['responses']['429'];
export type Response500 = components['responses']['500'];
export type Response503 = components['responses']['503'];
export type ResponseAcceptedHold = components['responses']['AcceptedHold'];
export type ResponseAcceptedHost = components['responses']['AcceptedHost'];
export type ResponseAcceptedNetworkRule = components['responses']['AcceptedNetworkRule'];
export type ResponseAcceptedRoute = components['responses']['AcceptedRoute'];
export type ResponseAcceptedTenant = components['responses']['AcceptedTenant'];
export type ResponseAcceptedTenantMember = components['responses']['AcceptedTenantMember'];
export type ResponseDashboard = components['responses']['Dashboard'];
export type ResponseEmergencyRule = components['responses']['EmergencyRule'];
export type ResponsePlan = components['responses']['Plan'];
export type ResponsePolicy = components['responses']['Policy'];
export type ResponseQuarantine = components['responses']['Quarantine'];
export type ResponseRole = components['responses']['Role'];
export type ResponseRollout = components['responses']['Rollout'];
export type ResponseShift = components['responses']['Shift'];
export type ResponseTenant = components['responses']['Tenant'];
export type ResponseTenantPreview = components['responses']['TenantPreview'];
export type ParameterApiKeysId = components['parameters']['ApiKeys-id'];
export type ParameterByExternalIdExternalId = components['parameters']['ByExternalId-externalId'];
export type ParameterClustersId = components['parameters']['Clusters-id'];
export type ParameterCursor = components['parameters']['Cursor'];
export type ParameterHoldsHoldId = components['parameters']['Holds-holdId'];
export type ParameterHostsHost = components['parameters']['Hosts-host'];
export type ParameterIdempotencyKey = components['parameters']['IdempotencyKey'];
export type ParameterIfMatch = components['parameters']['IfMatch'];
export type ParameterIfNoneMatch = components['parameters']['IfNoneMatch'];
export type ParameterIfPreviewMatch = components['parameters']['IfPreviewMatch'];
export type ParameterInvitationsInvitation = components['parameters']['Invitations-invitation'];
export type ParameterIsolationChecksCheckId = components['parameters']['IsolationChecks-checkId'];
export type ParameterLastEventId = components['parameters']['LastEventId'];
export type ParameterLimit = components['parameters']['Limit'];
export type ParameterLinksId = components['parameters']['Links-id'];
export type ParameterMembersMember = components['parameters']['Members-member'];
export type ParameterNetworkRulesId = components['parameters']['NetworkRules-id'];
export type ParameterNetworkRulesRule = components['parameters']['NetworkRules-rule'];
export type ParameterOperationsId = components['parameters']['Operations-id'];
export type ParameterPlansId = components['parameters']['Plans-id'];
export type ParameterPoliciesId = components['parameters']['Policies-id'];
export type ParameterPrefer = components['parameters']['Prefer'];
export type ParameterQuarantineId = components['parameters']['Quarantine-id'];
export type ParameterRolesName = components['parameters']['Roles-name'];
export type ParameterRolloutsId = components['parameters']['Rollouts-id'];
export type ParameterRoutesName = components['parameters']['Routes-name'];
export type ParameterShiftsShift = components['parameters']['Shifts-shift'];
export type ParameterTenantsId = components['parameters']['Tenants-id'];
export type ParameterVersionsVersion = components['parameters']['Versions-version'];
export type HeaderLocation = components['headers']['Location'];
export type HeaderETag = components['headers']['ETag'];
export type HeaderRetryAfter = components['headers']['Retry-After'];
export type HeaderRateLimit = components['headers']['RateLimit'];
export type HeaderRateLimitPolicy = components['headers']['RateLimit-Policy'];
export type HeaderPreferenceApplied = components['headers']['Preference-Applied'];
export type HeaderPreviewMatch = components['headers']['Preview-Match'];
export type HeaderWwwAuthenticate = components['headers']['WWW-Authenticate'];
export type HeaderCacheControl = components['headers']['Cache-Control'];
export type $defs = Record<string, never>;
export interface operations {
    listTenants: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                slug?: string;
                externalId?: string;
                /** @description Plan id. */
                plan?: string;
                /** @description Without this filter, deleted tenants are left out. */
                phase?: "pending" | "provisioning" | "active" | "updating" | "suspended" | "quarantined" | "deleting" | "deleted" | "failed";
                /**
                 * @description A label that tenants must have, such as `region=eu`, or a key alone. Can be repeated.
                 * @example region=eu
                 */
                label?: string | string[];
                /** @description Part of the slug, display name or external id, in any case of letters. */
                q?: string;
                /** @description `true`: also counts the tenants of all pages (`total`). */
                count?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tenants, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateTenantRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.slug_taken`, `tenant.namespace_taken`, `tenant.external_id_taken` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant.plan_unknown`, `tenant.plan_retired`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getTenantByExternalId: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description External id of the tenant, percent-encoded.
                 * @example cus_123
                 */
                externalId: components["parameters"]["ByExternalId-externalId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Tenant"];
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    putTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description External id of the tenant, percent-encoded.
                 * @example cus_123
                 */
                externalId: components["parameters"]["ByExternalId-externalId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutTenantRequest"];
            };
        };
        responses: {
            /** @description The tenant is like this already. Nothing was changed, and there is no operation. */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedTenant"];
                };
            };
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.slug_fixed`, `tenant.environments_differ`, `tenant.slug_taken`, `tenant.namespace_taken`, `tenant.external_id_taken`, `tenant.deleting`, `tenant.frozen` */
            409: components["responses"]["409"];
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant.plan_unknown`, `tenant.plan_retired`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getTenant: {
        parameters: {
            query?: {
                /** @description Seconds to wait until the cluster matches the tenant, or its operation has failed. */
                wait?: number;
            };
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Tenant"];
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deleteTenant: {
        parameters: {
            query?: {
                /** @description Days from the first request until the deletion begins; by default and at most the plan's retention. 0 begins at once and cannot be cancelled. The tenant is suspended until then. Requires the permission `tenants:purge`. */
                retention?: string;
                /** @description When the deletion begins. The tenant runs on until then. A time before the retention of the plan is over requires the permission `tenants:purge`; one that has passed begins at once. */
                at?: string;
                /** @description Like `at`, as days from the first request. */
                after?: string;
                /** @description Whether the tenant is suspended until the deletion begins, and cannot be changed: by default `false` with `at` or `after`, and `true` otherwise. Its data is kept in either case. */
                suspend?: "true" | "false";
            };
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.frozen` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            /** @description `tenant.plan_limit` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updateTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have changed since.
                 * @example "bW9yZSB0aGFuIGEgcHJvbWlzZQ"
                 */
                "If-Preview-Match"?: components["parameters"]["IfPreviewMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateTenantRequest"];
                "application/json": components["schemas"]["UpdateTenantRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `member.last_owner`, `tenant.external_id_taken` */
            409: components["responses"]["409"];
            /** @description `precondition.failed`, `precondition.preview_stale` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant.plan_unknown`, `tenant.plan_retired`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getDeletionCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The certificate. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionCertificate"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `certificate.unavailable` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getTenantDrift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Open and recently healed drift. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drift"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    addEnvironment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddEnvironmentRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `tenant.environment_exists`, `tenant.namespace_taken` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant.plan_limit` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    followTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `id` of the last event that the client received.
                 * @example 7
                 */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/event-stream": string;
                };
            };
            /** @description The client already has the last event. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `events.too_many_streams` */
            503: components["responses"]["503"];
        };
    };
    listTenantObjects: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Objects by kind, namespace and name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantObjectList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    previewTenantUpdate: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a worker before the request fails with `preview.timeout`. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateTenantRequest"];
            };
        };
        responses: {
            200: components["responses"]["TenantPreview"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.external_id_taken` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant.plan_unknown`, `tenant.plan_retired`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `preview.timeout`, `preview.failed` */
            503: components["responses"]["503"];
        };
    };
    undeleteTenant: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedTenant"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.frozen`, `tenant.deleting`, `tenant.deletion_not_scheduled` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            400: components["responses"]["400"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getPlanSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JSON Schema (2020-12) of `spec`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GetPlanSchemaResponse"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listPlans: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Plans by id, each at its latest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createPlan: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePlanRequest"];
            };
        };
        responses: {
            /** @description The plan at its first version. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.id_taken` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Plan"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deletePlan: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            /** @description `plan.in_use` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updatePlan: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdatePlanRequest"];
                "application/json": components["schemas"]["UpdatePlanRequest"];
            };
        };
        responses: {
            200: components["responses"]["Plan"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    previewPlanVersion: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a worker before the request fails with `preview.timeout`. */
                wait?: number;
                /** @description Maximum number of tenants. */
                limit?: number;
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewPlanVersionRequest"];
            };
        };
        responses: {
            /** @description The changes to each tenant of the plan, page by page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPreview"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found`, `tenant.not_found` */
            404: components["responses"]["404"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `preview.timeout`, `preview.failed` */
            503: components["responses"]["503"];
        };
    };
    listPlanVersions: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Versions, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createPlanVersion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePlanVersionRequest"];
            };
        };
        responses: {
            /** @description The plan at its new version. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            /** @description `plan.unchanged` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getPlanVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
                /**
                 * @description Number of the version, from 1.
                 * @example 1
                 */
                version: components["parameters"]["Versions-version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan at that version. Versions are immutable. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found`, `plan.version_not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listOperations: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                /** @description Only operations of this tenant. */
                tenantId?: string;
                state?: "pending" | "running" | "succeeded" | "failed" | "superseded" | "cancelled";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Operations, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperationPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getOperation: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the operation to finish. After that, its current state is returned. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the operation.
                 * @example op_01kab4x2g1fdbv7yk2m8h5c3qa
                 */
                id: components["parameters"]["Operations-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `operation.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    cancelOperation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the operation.
                 * @example op_01kab4x2g1fdbv7yk2m8h5c3qa
                 */
                id: components["parameters"]["Operations-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operation, now `cancelled`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `operation.not_found` */
            404: components["responses"]["404"];
            /** @description `operation.not_cancellable` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    followOperation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The `id` of the last event that the client received.
                 * @example 7
                 */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
            };
            path: {
                /**
                 * @description Id of the operation.
                 * @example op_01kab4x2g1fdbv7yk2m8h5c3qa
                 */
                id: components["parameters"]["Operations-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Server-sent events. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/event-stream": string;
                };
            };
            /** @description The client already has the last event. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `operation.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `events.too_many_streams` */
            503: components["responses"]["503"];
        };
    };
    retryOperation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the operation.
                 * @example op_01kab4x2g1fdbv7yk2m8h5c3qa
                 */
                id: components["parameters"]["Operations-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new operation. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `operation.not_found` */
            404: components["responses"]["404"];
            /** @description `operation.not_retryable` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listInvitations: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Invitations, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createInvitation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateInvitationRequest"];
            };
        };
        responses: {
            /** @description The invitation. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `invitation.exists`, `member.limit` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deleteInvitation: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the invitation.
                 * @example invitation_01kab4x2h3f6tbx5q8w2m7n9kc
                 */
                invitation: components["parameters"]["Invitations-invitation"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invitation as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `invitation.not_found` */
            404: components["responses"]["404"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listMembers: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The members, oldest first. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantMemberList"];
                };
            };
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    addMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MemberInput"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedTenantMember"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `member.exists`, `member.limit` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the member.
                 * @example member_4vkdsq5mtx8a7thpsx3xr5rd1g
                 */
                member: components["parameters"]["Members-member"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The member. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantMember"];
                };
            };
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `member.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the member.
                 * @example member_4vkdsq5mtx8a7thpsx3xr5rd1g
                 */
                member: components["parameters"]["Members-member"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedTenantMember"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `member.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `member.last_owner` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updateMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the member.
                 * @example member_4vkdsq5mtx8a7thpsx3xr5rd1g
                 */
                member: components["parameters"]["Members-member"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateMemberRequest"];
                "application/json": components["schemas"]["UpdateMemberRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedTenantMember"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `member.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `member.last_owner` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listHolds: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                /** @description `true`: only holds in force. `false`: only lifted holds. */
                active?: "true" | "false";
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Holds, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HoldPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    placeHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlaceHoldRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedHold"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `hold.exists` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    liftHold: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the hold.
                 * @example hold_01kab4x2gge5ymz8d3t6w4p1kf
                 */
                holdId: components["parameters"]["Holds-holdId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedHold"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `hold.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listHosts: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All hosts, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HostList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    addHost: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddHostRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedHost"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `host.taken`, `host.limit` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deleteHost: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description The host.
                 * @example shop.acme.example
                 */
                host: components["parameters"]["Hosts-host"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedHost"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `host.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `host.in_use` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listRoutes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All routes, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createRoute: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRouteRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedRoute"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `tenant_route.name_taken`, `tenant_route.host_conflict` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant_route.environment_unknown`, `tenant_route.host_foreign`, `tenant_route.unsupported`, `tenant.plan_limit` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    getRoute: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The route. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deleteRoute: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["AcceptedRoute"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `tenant_route.shifting` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updateRoute: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["UpdateRouteRequest"];
                "application/json": components["schemas"]["UpdateRouteRequest"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedRoute"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `tenant_route.shifting`, `tenant_route.host_conflict` */
            409: components["responses"]["409"];
            /** @description `precondition.failed` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `tenant_route.host_foreign`, `tenant_route.unsupported`, `tenant.plan_limit` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    listShifts: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Shifts, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ShiftPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createShift: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateShiftRequest"];
            };
        };
        responses: {
            202: components["responses"]["Shift"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `shift.active` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `shift.impossible` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getShift: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
                /**
                 * @description Id of the shift.
                 * @example shift_01kab4x2gqf2w5p8r3d7n9c6vj
                 */
                shift: components["parameters"]["Shifts-shift"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The shift. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shift"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found`, `shift.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    abortShift: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
                /**
                 * @description Id of the shift.
                 * @example shift_01kab4x2gqf2w5p8r3d7n9c6vj
                 */
                shift: components["parameters"]["Shifts-shift"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Shift"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found`, `shift.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `shift.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    pauseShift: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
                /**
                 * @description Id of the shift.
                 * @example shift_01kab4x2gqf2w5p8r3d7n9c6vj
                 */
                shift: components["parameters"]["Shifts-shift"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Shift"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found`, `shift.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `shift.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    resumeShift: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Name of the route.
                 * @example shop
                 */
                name: components["parameters"]["Routes-name"];
                /**
                 * @description Id of the shift.
                 * @example shift_01kab4x2gqf2w5p8r3d7n9c6vj
                 */
                shift: components["parameters"]["Shifts-shift"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Shift"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `tenant_route.not_found`, `shift.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `shift.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listEmergencyRules: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rules, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmergencyRuleSummaryPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createEmergencyRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateEmergencyRuleRequest"];
            };
        };
        responses: {
            202: components["responses"]["EmergencyRule"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `network_rule.limit` */
            409: components["responses"]["409"];
            /** @description `precondition.preview_stale` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `network_rule.no_effect`, `network_rule.expired` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    previewEmergencyRule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewEmergencyRuleRequest"];
            };
        };
        responses: {
            /** @description Matching tenants by slug. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmergencyRadius"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `network_rule.limit` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `network_rule.no_effect`, `network_rule.expired` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getEmergencyRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the network rule.
                 * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
                 */
                id: components["parameters"]["NetworkRules-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rule. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmergencyRule"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `network_rule.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    liftEmergencyRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the network rule.
                 * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
                 */
                id: components["parameters"]["NetworkRules-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["EmergencyRule"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `network_rule.not_found` */
            404: components["responses"]["404"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listNetworkRules: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rules, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkRulePage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    createNetworkRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have changed since.
                 * @example "bW9yZSB0aGFuIGEgcHJvbWlzZQ"
                 */
                "If-Preview-Match"?: components["parameters"]["IfPreviewMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewNetworkRule"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedNetworkRule"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `network_rule.limit` */
            409: components["responses"]["409"];
            /** @description `precondition.preview_stale` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `network_rule.environment_unknown`, `network_rule.expired`, `network_rule.no_effect`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    previewNetworkRule: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a worker before the request fails with `preview.timeout`. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewNetworkRuleRequest"];
            };
        };
        responses: {
            200: components["responses"]["TenantPreview"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `network_rule.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `network_rule.limit`, `network_rule.emergency` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `network_rule.environment_unknown`, `network_rule.expired`, `network_rule.no_effect`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable`, `preview.timeout`, `preview.failed` */
            503: components["responses"]["503"];
        };
    };
    getNetworkRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description ETag of the resource as read, or several; 304 without a body if the response would be the same.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the network rule.
                 * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
                 */
                rule: components["parameters"]["NetworkRules-rule"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rule. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkRule"];
                };
            };
            /** @description Not changed since the ETag in `If-None-Match`. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `network_rule.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    deleteNetworkRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have changed since.
                 * @example "bW9yZSB0aGFuIGEgcHJvbWlzZQ"
                 */
                "If-Preview-Match"?: components["parameters"]["IfPreviewMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the network rule.
                 * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
                 */
                rule: components["parameters"]["NetworkRules-rule"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The change is accepted. Poll `Location` until the cluster matches it, or send `Prefer: wait=30`. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedNetworkRule"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `network_rule.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `network_rule.emergency` */
            409: components["responses"]["409"];
            /** @description `precondition.preview_stale` */
            412: components["responses"]["412"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updateNetworkRule: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed since then does not count.
                 * @example "tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"
                 */
                "If-Match"?: components["parameters"]["IfMatch"];
                /**
                 * @description The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have changed since.
                 * @example "bW9yZSB0aGFuIGEgcHJvbWlzZQ"
                 */
                "If-Preview-Match"?: components["parameters"]["IfPreviewMatch"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the network rule.
                 * @example rule_01kab4x2h0e2q6r9m4w8t3n7pd
                 */
                rule: components["parameters"]["NetworkRules-rule"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/merge-patch+json": components["schemas"]["NetworkRuleChange"];
                "application/json": components["schemas"]["NetworkRuleChange"];
            };
        };
        responses: {
            202: components["responses"]["AcceptedNetworkRule"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `network_rule.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting`, `tenant.frozen`, `network_rule.limit`, `network_rule.emergency` */
            409: components["responses"]["409"];
            /** @description `precondition.failed`, `precondition.preview_stale` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `network_rule.environment_unknown`, `network_rule.expired`, `network_rule.no_effect`, `tenant.plan_limit`, `tenant.capability_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
    listLinks: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                /** @description Only links with this tenant on either side. */
                tenantId?: string;
                state?: "proposed" | "approved" | "active" | "failed" | "expired" | "revoked";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Links, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createLink: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateLinkRequest"];
            };
        };
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            /** @description `link.same_caller` */
            403: components["responses"]["403"];
            /** @description `link.exists`, `tenant.deleting`, `tenant.frozen` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `link.same_tenant`, `link.tenant_unknown`, `link.environment_unknown`, `link.cluster_differs`, `link.expired`, `tenant.plan_limit` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the link.
                 * @example link_01kab4x2gtehx4b7m2y9k5t8sk
                 */
                id: components["parameters"]["Links-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `link.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    revokeLink: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description `wait=30` answers once the operation has ended, after 30 seconds at the latest; at most 60 seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ones are ignored.
                 * @example wait=30
                 */
                Prefer?: components["parameters"]["Prefer"];
            };
            path: {
                /**
                 * @description Id of the link.
                 * @example link_01kab4x2gtehx4b7m2y9k5t8sk
                 */
                id: components["parameters"]["Links-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revoked link. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    "Retry-After": components["headers"]["Retry-After"];
                    "Preference-Applied": components["headers"]["Preference-Applied"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedLink"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `link.not_found` */
            404: components["responses"]["404"];
            /** @description `link.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    consentToLink: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the link.
                 * @example link_01kab4x2gtehx4b7m2y9k5t8sk
                 */
                id: components["parameters"]["Links-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConsentToLinkRequest"];
            };
        };
        responses: {
            /** @description The link with the consent recorded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            /** @description `link.same_caller` */
            403: components["responses"]["403"];
            /** @description `link.not_found` */
            404: components["responses"]["404"];
            /** @description `link.state_conflict`, `tenant.deleting`, `tenant.frozen` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listRollouts: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rollouts, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createRollout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the plan.
                 * @example team
                 */
                id: components["parameters"]["Plans-id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["CreateRolloutRequest"];
            };
        };
        responses: {
            202: components["responses"]["Rollout"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `plan.not_found`, `plan.version_not_found` */
            404: components["responses"]["404"];
            /** @description `rollout.active` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `rollout.canary_unknown` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getRollout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The rollout. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rollout"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    pauseRollout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Rollout"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            /** @description `rollout.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    resumeRollout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ResumeRolloutRequest"];
            };
        };
        responses: {
            202: components["responses"]["Rollout"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            /** @description `rollout.state_conflict` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    rollBackRollout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Rollout"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            /** @description `rollout.state_conflict`, `rollout.active` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    stopRollout: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Rollout"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            /** @description `rollout.state_conflict` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listRolloutTenants: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                state?: "pending" | "updating" | "succeeded" | "failed" | "skipped" | "rolled_back";
            };
            header?: never;
            path: {
                /**
                 * @description Id of the rollout.
                 * @example rollout_01kab4x2gdfhv2xk9b5s7y6nje
                 */
                id: components["parameters"]["Rollouts-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tenants in the order in which they are moved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RolloutTenantPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `rollout.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listQuarantines: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Quarantines, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QuarantineSummaryPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createQuarantine: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateQuarantineRequest"];
            };
        };
        responses: {
            202: components["responses"]["Quarantine"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `precondition.preview_stale` */
            412: components["responses"]["412"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    previewQuarantine: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a worker before the request fails with `preview.timeout`. */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreviewQuarantineRequest"];
            };
        };
        responses: {
            /** @description Matching tenants by slug, including skipped ones. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlastRadius"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `preview.timeout`, `preview.failed` */
            503: components["responses"]["503"];
        };
    };
    getQuarantine: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the quarantine.
                 * @example quarantine_01kab4x2gkf9r7c2n5v8h6jxmg
                 */
                id: components["parameters"]["Quarantine-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The quarantine. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quarantine"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `quarantine.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    liftQuarantine: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the quarantine.
                 * @example quarantine_01kab4x2gkf9r7c2n5v8h6jxmg
                 */
                id: components["parameters"]["Quarantine-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: components["responses"]["Quarantine"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `quarantine.not_found` */
            404: components["responses"]["404"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listPolicies: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Policies by id, each at its latest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createPolicy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePolicyRequest"];
            };
        };
        responses: {
            202: components["responses"]["Policy"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.id_taken`, `policy.limit` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid`, `policy.gatekeeper_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable` */
            503: components["responses"]["503"];
        };
    };
    importPolicy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportPolicyRequest"];
            };
        };
        responses: {
            202: components["responses"]["Policy"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.id_taken`, `policy.limit` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid`, `policy.gatekeeper_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable` */
            503: components["responses"]["503"];
        };
    };
    previewPolicyImport: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportPolicyRequest"];
            };
        };
        responses: {
            /** @description The policy in the form of Bulkhead. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyImportPreview"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable` */
            503: components["responses"]["503"];
        };
    };
    getPolicy: {
        parameters: {
            query?: {
                /** @description Seconds to wait until the latest version is in force or has failed. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy at its latest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    updatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePolicyRequest"];
            };
        };
        responses: {
            202: components["responses"]["Policy"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found` */
            404: components["responses"]["404"];
            /** @description `policy.unchanged` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid`, `policy.gatekeeper_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable` */
            503: components["responses"]["503"];
        };
    };
    deletePolicy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy, which is being deleted. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found` */
            404: components["responses"]["404"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    rollBackPolicy: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RollBackPolicyRequest"];
            };
        };
        responses: {
            202: components["responses"]["Policy"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found`, `policy.version_not_found` */
            404: components["responses"]["404"];
            /** @description `policy.unchanged` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid`, `policy.gatekeeper_missing` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable` */
            503: components["responses"]["503"];
        };
    };
    testPolicy: {
        parameters: {
            query?: {
                /** @description Seconds to wait for a worker before the request fails with `preview.timeout`. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TestPolicyRequest"];
            };
        };
        responses: {
            /** @description The results, in the order of the reviews. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyTest"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found`, `policy.version_not_found` */
            404: components["responses"]["404"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `policy.rule_invalid` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `policy.judge_unavailable`, `preview.timeout`, `preview.failed` */
            503: components["responses"]["503"];
        };
    };
    listPolicyVersions: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Versions, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getPolicyVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the policy.
                 * @example block-cve
                 */
                id: components["parameters"]["Policies-id"];
                /**
                 * @description Number of the version, from 1.
                 * @example 1
                 */
                version: components["parameters"]["Versions-version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The policy at that version. Versions are immutable. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `policy.not_found`, `policy.version_not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listPolicyRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rules with their parameters. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyRuleList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listPolicyViolations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Violations, by policy. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PolicyViolationList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listIsolationChecks: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Isolation checks, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IsolationCheckSummaryPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createIsolationCheck: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The check. Poll `Location` with `wait`. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IsolationCheck"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.deleting` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getIsolationCheck: {
        parameters: {
            query?: {
                /** @description Seconds to wait for the check to finish. */
                wait?: number;
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the isolation check.
                 * @example check_01kab4x2gnem3s6k9t1y4w8zqh
                 */
                checkId: components["parameters"]["IsolationChecks-checkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The isolation check. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IsolationCheck"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `isolation_check.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getIsolationReport: {
        parameters: {
            query?: {
                /** @description Overrides `Accept`; by default JSON. */
                format?: "json" | "junit" | "sarif" | "html";
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
                /**
                 * @description Id of the isolation check.
                 * @example check_01kab4x2gnem3s6k9t1y4w8zqh
                 */
                checkId: components["parameters"]["IsolationChecks-checkId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IsolationReport"];
                    /** @example text */
                    "application/xml": string;
                    /** @example {} */
                    "application/sarif+json": Record<string, never>;
                    /** @example text */
                    "text/html": string;
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `isolation_check.not_found` */
            404: components["responses"]["404"];
            /** @description `isolation_check.unfinished`, `isolation_check.failed` */
            409: components["responses"]["409"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getReachability: {
        parameters: {
            query?: {
                /** @description `svg` returns a picture, as does `Accept: image/svg+xml`. */
                format?: "json" | "svg";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All places and the open paths between them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reachability"];
                    /** @example text */
                    "image/svg+xml": string;
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `reachability.cluster_unknown` */
            503: components["responses"]["503"];
        };
    };
    getReachabilityQueryPage: {
        parameters: {
            query?: {
                /** @description Id or slug. */
                fromTenant?: string;
                /** @description Of the tenant. */
                fromEnvironment?: string;
                /** @description In place of a tenant. */
                fromNamespace?: string;
                /** @description Such as `app=api, tier=back`. */
                fromLabels?: string;
                /** @description In place of a pod. */
                fromAddress?: string;
                /** @description Id or slug. */
                toTenant?: string;
                /** @description Of the tenant. */
                toEnvironment?: string;
                /** @description In place of a tenant. */
                toNamespace?: string;
                /** @description Such as `app=api`. */
                toLabels?: string;
                /** @description In place of a pod. */
                toAddress?: string;
                /** @description Of the receiver. */
                port?: string;
                /** @description By default TCP. */
                protocol?: "TCP" | "UDP" | "SCTP";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example text */
                    "text/html": string;
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `reachability.cluster_unknown` */
            503: components["responses"]["503"];
        };
    };
    queryReachability: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueryReachabilityRequest"];
            };
        };
        responses: {
            /** @description The verdict, or the verdicts in the order asked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "basis": "rendered",
                     *       "note": "text",
                     *       "allowed": true,
                     *       "readingsDiffer": true,
                     *       "egress": {
                     *         "allowed": true,
                     *         "decidedBy": "Admin",
                     *         "because": [
                     *           {
                     *             "object": "v1/Namespace/tn-acme",
                     *             "rule": 1,
                     *             "effect": "allows"
                     *           }
                     *         ]
                     *       },
                     *       "ingress": {
                     *         "allowed": true,
                     *         "decidedBy": "Admin",
                     *         "because": [
                     *           {
                     *             "object": "v1/Namespace/tn-acme",
                     *             "rule": 1,
                     *             "effect": "allows"
                     *           }
                     *         ]
                     *       },
                     *       "mesh": null,
                     *       "rules": [
                     *         {
                     *           "id": "acme",
                     *           "tenantId": "tenant_01kab4x2fqe3n8v6zj5t0w9rsx",
                     *           "direction": "ingress",
                     *           "action": "allow",
                     *           "decides": true
                     *         }
                     *       ],
                     *       "links": [
                     *         "text"
                     *       ]
                     *     }
                     */
                    "application/json": (components["schemas"]["ReachabilityBasis"] & components["schemas"]["ConnectionVerdict"]) | (components["schemas"]["ReachabilityBasis"] & {
                        answers: components["schemas"]["ConnectionVerdict"][];
                    });
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_renderable` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `reachability.end_unknown` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `reachability.cluster_unknown` */
            503: components["responses"]["503"];
        };
    };
    getTenantReachability: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The paths, open and closed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TenantReachability"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            /** @description `tenant.not_renderable` */
            409: components["responses"]["409"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `reachability.cluster_unknown` */
            503: components["responses"]["503"];
        };
    };
    getFleetDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Dashboard"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getRecordingRules: {
        parameters: {
            query?: {
                /** @description Overrides `Accept`. */
                format?: "json" | "yaml";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A rule file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordingRules"];
                    /** @example text */
                    "application/yaml": string;
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getTenantDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Dashboard"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getTenantTraffic: {
        parameters: {
            query?: {
                /** @description Time window of the averages. */
                window?: "5m" | "15m" | "1h" | "6h" | "24h" | "7d";
            };
            header?: never;
            path: {
                /**
                 * @description Id of the tenant.
                 * @example tenant_01kab4x2fqe3n8v6zj5t0w9rsx
                 */
                id: components["parameters"]["Tenants-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The traffic; each number with its query. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Traffic"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `tenant.not_found`, `traffic.not_configured` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `traffic.unavailable` */
            503: components["responses"]["503"];
        };
    };
    listClusters: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Clusters, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the cluster.
                 * @example cluster_01kab4x2g7ekht3s5v9p2j8yfc
                 */
                id: components["parameters"]["Clusters-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `cluster.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                /** @description Only keys that are bound to this tenant. */
                tenantId?: string;
                /** @description `true`: only keys that can be used. `false`: only others. */
                active?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Keys, newest first, without their secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `role.unknown`, `api_key.tenant_unknown` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Id of the API key.
                 * @example key_01kab4x2g4f0mrx9tn6d1w7zeb
                 */
                id: components["parameters"]["ApiKeys-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `api_key.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the API key.
                 * @example key_01kab4x2g4f0mrx9tn6d1w7zeb
                 */
                id: components["parameters"]["ApiKeys-id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, now revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `api_key.not_found` */
            404: components["responses"]["404"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    rotateApiKey: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Id of the API key.
                 * @example key_01kab4x2g4f0mrx9tn6d1w7zeb
                 */
                id: components["parameters"]["ApiKeys-id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RotateApiKeyRequest"];
            };
        };
        responses: {
            /** @description The key with its new secret. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedApiKey"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `api_key.not_found` */
            404: components["responses"]["404"];
            /** @description `api_key.inactive` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            /** @description `role.unknown`, `api_key.tenant_unknown` */
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listRoles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All roles. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleList"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Name of the role.
                 * @example support
                 */
                name: components["parameters"]["Roles-name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Role"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `role.not_found` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    putRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Name of the role.
                 * @example support
                 */
                name: components["parameters"]["Roles-name"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutRoleRequest"];
            };
        };
        responses: {
            200: components["responses"]["Role"];
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `role.built_in` */
            409: components["responses"]["409"];
            413: components["responses"]["413"];
            415: components["responses"]["415"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    deleteRole: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.
                 * @example 5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /**
                 * @description Name of the role.
                 * @example support
                 */
                name: components["parameters"]["Roles-name"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The role as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `role.not_found` */
            404: components["responses"]["404"];
            /** @description `role.built_in`, `role.in_use` */
            409: components["responses"]["409"];
            422: components["responses"]["422"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description Maximum number of items. */
                limit?: components["parameters"]["Limit"];
                /** @description `nextCursor` of the previous page. */
                cursor?: components["parameters"]["Cursor"];
                /** @description Only entries about this tenant. */
                tenantId?: string;
                /** @description Only changes by this actor: an API key (`key_…`) or `command`. */
                actor?: string;
                /** @description Only this action, such as `tenants.create`. */
                action?: string;
                /** @description At or after this time. */
                since?: string;
                /** @description Before this time. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Audit events, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    getAuditHead: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The most recently signed head of the chain. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditHead"];
                };
            };
            400: components["responses"]["400"];
            401: components["responses"]["401"];
            403: components["responses"]["403"];
            /** @description `audit.head_unavailable` */
            404: components["responses"]["404"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    checkLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is running. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["400"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            503: components["responses"]["503"];
        };
    };
    checkReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The database answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["400"];
            429: components["responses"]["429"];
            500: components["responses"]["500"];
            /** @description `service.unavailable` */
            503: components["responses"]["503"];
        };
    };
}
