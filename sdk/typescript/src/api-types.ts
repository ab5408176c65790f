// Made by `npm run api:types` from /openapi.json. Do not edit.

export interface paths {
  '/.well-known/agent-card.json': {
    parameters: {};
    /** Show the A2A card of the control plane */
    get: operations['AgentCardsController_ofControlPlane'];
  };
  '/agents/{agent_id}': {
    parameters: {};
    /**
     * Show an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations['CoordinatorAgentsController_show'];
  };
  '/agents/{agent_id}/heartbeat': {
    parameters: {};
    /**
     * Tell that an agent is there
     * @description Needs the permission `agents:act`.
     */
    post: operations['CoordinatorAgentsController_heartbeat'];
  };
  '/agents/{agent_id}/status': {
    parameters: {};
    /**
     * Set an agent's status and load
     * @description Needs the permission `agents:act`.
     */
    put: operations['CoordinatorAgentsController_updateStatus'];
  };
  '/agents/discover': {
    parameters: {};
    /**
     * Find agents by status, type, capabilities and services
     * @description Needs the permission `agents:read`.
     */
    post: operations['CoordinatorAgentsController_discover'];
  };
  '/agents/register': {
    parameters: {};
    /**
     * Register an agent under an id of its own, or register it again
     * @description Needs the permission `agents:register`.
     */
    post: operations['CoordinatorAgentsController_register'];
  };
  '/api/v1/admin/audit': {
    parameters: {};
    /**
     * Search the audit log
     * @description Needs the permission `audit:read`.
     */
    get: operations['AuditController_list'];
  };
  '/api/v1/admin/users': {
    parameters: {};
    /**
     * List users
     * @description Needs the permission `users:manage`.
     */
    get: operations['UsersController_list'];
    /**
     * Create a user
     * @description Needs the permission `users:manage`.
     */
    post: operations['UsersController_create'];
  };
  '/api/v1/admin/users/{id}': {
    parameters: {};
    /**
     * Show a user
     * @description Needs the permission `users:manage`.
     */
    get: operations['UsersController_show'];
    /**
     * Erase a user
     * @description Needs the permission `users:manage`.
     */
    delete: operations['UsersController_erase'];
    /**
     * Change, disable or enable a user
     * @description Needs the permission `users:manage`.
     */
    patch: operations['UsersController_change'];
  };
  '/api/v1/admin/workers': {
    parameters: {};
    /**
     * List worker nodes
     * @description Needs the permission `workers:approve`.
     */
    get: operations['AdminWorkersController_list'];
  };
  '/api/v1/admin/workers/{id}/approve': {
    parameters: {};
    /**
     * Approve or reject a worker node
     * @description Needs the permission `workers:approve`.
     */
    patch: operations['AdminWorkersController_approve'];
  };
  '/api/v1/agents': {
    parameters: {};
    /**
     * List agents
     * @description Needs the permission `agents:read`.
     */
    get: operations['PlatformAgentsController_list'];
    /**
     * Create an agent
     * @description Needs the permission `agents:register`.
     */
    post: operations['PlatformAgentManagementController_create'];
  };
  '/api/v1/agents/{id}': {
    parameters: {};
    /**
     * Show an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations['PlatformAgentsController_show'];
    /**
     * Change the fields of an agent that are given
     * @description Needs the permission `agents:manage`.
     */
    put: operations['PlatformAgentManagementController_put'];
    /**
     * Delete an agent and revoke its credentials
     * @description Needs the permission `agents:manage`.
     */
    delete: operations['PlatformAgentManagementController_delete'];
    /**
     * Change the fields of an agent that are given
     * @description Needs the permission `agents:manage`.
     */
    patch: operations['PlatformAgentManagementController_patch'];
  };
  '/api/v1/agents/{id}/.well-known/agent-card.json': {
    parameters: {};
    /**
     * Show the A2A card of an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations['AgentCardsController_ofAgent'];
  };
  '/api/v1/agents/{id}/certificate': {
    parameters: {};
    /**
     * Renew an agent's certificate
     * @description Needs the permission `agents:act`.
     */
    post: operations['CertificatesController_renew'];
  };
  '/api/v1/agents/{id}/heartbeat': {
    parameters: {};
    /**
     * Tell that an agent is there, and take the tasks that wait for it
     * @description Needs the permission `agents:act`.
     */
    post: operations['PlatformAgentsController_heartbeat'];
  };
  '/api/v1/agents/{id}/start': {
    parameters: {};
    /**
     * Let an agent take tasks
     * @description Needs the permission `agents:manage`.
     */
    post: operations['PlatformAgentManagementController_start'];
  };
  '/api/v1/agents/{id}/stop': {
    parameters: {};
    /**
     * Let an agent take no more tasks
     * @description Needs the permission `agents:manage`.
     */
    post: operations['PlatformAgentManagementController_stop'];
  };
  '/api/v1/agents/{id}/task-stream': {
    parameters: {};
    /**
     * Open the WebSocket on which an agent gets its tasks
     * @description Needs the permission `agents:act`.
     */
    get: operations['PlatformAgentsController_taskStream'];
  };
  '/api/v1/agents/{id}/tasks': {
    parameters: {};
    /**
     * Show the tasks of an agent, or lease them
     * @description Needs the permission `agents:act`.
     */
    get: operations['PlatformAgentsController_tasks'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/complete': {
    parameters: {};
    /**
     * Report the result of a task
     * @description Needs the permission `agents:act`.
     */
    post: operations['PlatformAgentsController_complete'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/input': {
    parameters: {};
    /**
     * Take the answer that a task asked for
     * @description Needs the permission `agents:act`.
     */
    get: operations['AgentTasksController_input'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/input-required': {
    parameters: {};
    /**
     * Ask for an answer that a task needs
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_requireInput'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/logs': {
    parameters: {};
    /**
     * Add lines to the log of a task
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_logs'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/progress': {
    parameters: {};
    /**
     * Say how far a task is
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_progress'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/renew': {
    parameters: {};
    /**
     * Keep a task for longer
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_renew'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/return': {
    parameters: {};
    /**
     * Give a task back unharmed
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_giveBack'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/start': {
    parameters: {};
    /**
     * Say that an agent has begun a task
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentTasksController_start'];
  };
  '/api/v1/agents/{id}/tasks/{taskId}/usage': {
    parameters: {};
    /**
     * Report what a task has used up
     * @description Needs the permission `agents:act`.
     */
    post: operations['AgentUsageController_report'];
  };
  '/api/v1/agents/ca': {
    parameters: {};
    /** Show the certificates of the agents' authority */
    get: operations['CertificatesController_bundle'];
  };
  '/api/v1/agents/crl': {
    parameters: {};
    /** Show the list of revoked certificates */
    get: operations['CertificatesController_revocationList'];
  };
  '/api/v1/agents/register': {
    parameters: {};
    /** Enrol a deployment agent with its registration token */
    post: operations['EnrolmentController_enrol'];
  };
  '/api/v1/agents/registration-tokens': {
    parameters: {};
    /**
     * List registration tokens
     * @description Needs the permission `agents:enrol`.
     */
    get: operations['RegistrationTokensController_list'];
    /**
     * Make a registration token for one agent
     * @description Needs the permission `agents:enrol`.
     */
    post: operations['RegistrationTokensController_issue'];
  };
  '/api/v1/agents/registration-tokens/{id}': {
    parameters: {};
    /**
     * Revoke a registration token
     * @description Needs the permission `agents:enrol`.
     */
    delete: operations['RegistrationTokensController_revoke'];
  };
  '/api/v1/approvals': {
    parameters: {};
    /**
     * List approval requests; the pending ones unless told otherwise
     * @description Needs the permission `approvals:read`, or `approvals:request` for what is one's own.
     */
    get: operations['ApprovalsController_list'];
    /**
     * Ask for an approval
     * @description Needs the permission `approvals:request`.
     */
    post: operations['ApprovalsController_request'];
  };
  '/api/v1/approvals/{id}': {
    parameters: {};
    /**
     * Show an approval request
     * @description Needs the permission `approvals:read`, or `approvals:request` for what is one's own.
     */
    get: operations['ApprovalsController_show'];
    /**
     * Change an approval request
     * @description Needs the permission `approvals:request`.
     */
    put: operations['ApprovalsController_change'];
  };
  '/api/v1/approvals/{id}/approve': {
    parameters: {};
    /**
     * Approve a request
     * @description Needs the permission `approvals:decide`.
     */
    post: operations['ApprovalsController_approve'];
  };
  '/api/v1/approvals/{id}/cancel': {
    parameters: {};
    /**
     * Withdraw an approval request
     * @description Needs the permission `approvals:request`.
     */
    post: operations['ApprovalsController_cancel'];
  };
  '/api/v1/approvals/{id}/reject': {
    parameters: {};
    /**
     * Reject a request
     * @description Needs the permission `approvals:decide`.
     */
    post: operations['ApprovalsController_reject'];
  };
  '/api/v1/auth/change-password': {
    parameters: {};
    /**
     * Change my password
     * @description Needs the permission `profile:own`.
     */
    post: operations['AuthController_changePassword'];
  };
  '/api/v1/auth/login': {
    parameters: {};
    /** Log in */
    post: operations['AuthController_logIn'];
  };
  '/api/v1/auth/logout': {
    parameters: {};
    /**
     * End this session
     * @description Needs the permission `profile:own`.
     */
    post: operations['AuthController_logOut'];
  };
  '/api/v1/auth/me': {
    parameters: {};
    /**
     * Show who I am
     * @description Needs the permission `profile:own`.
     */
    get: operations['AuthController_me'];
    /**
     * Change my profile
     * @description Needs the permission `profile:own`.
     */
    put: operations['AuthController_changeMe'];
  };
  '/api/v1/auth/mfa/disable': {
    parameters: {};
    /**
     * Switch the second factor off
     * @description Needs the permission `profile:own`.
     */
    post: operations['AuthController_disableMfa'];
  };
  '/api/v1/auth/mfa/setup': {
    parameters: {};
    /**
     * Begin to set up a second factor (TOTP)
     * @description Needs the permission `profile:own`.
     */
    post: operations['AuthController_setUpMfa'];
  };
  '/api/v1/auth/mfa/verify': {
    parameters: {};
    /**
     * Switch the second factor on with its first code
     * @description Needs the permission `profile:own`.
     */
    post: operations['AuthController_verifyMfa'];
  };
  '/api/v1/auth/refresh': {
    parameters: {};
    /** Get new tokens for a refresh token */
    post: operations['AuthController_refresh'];
  };
  '/api/v1/auth/register': {
    parameters: {};
    /** Register as a new user */
    post: operations['AuthController_register'];
  };
  '/api/v1/auth/sessions': {
    parameters: {};
    /**
     * List my sessions
     * @description Needs the permission `profile:own`.
     */
    get: operations['AuthController_listSessions'];
  };
  '/api/v1/auth/sessions/{id}': {
    parameters: {};
    /**
     * End one of my sessions
     * @description Needs the permission `profile:own`.
     */
    delete: operations['AuthController_revokeSession'];
  };
  '/api/v1/circuit-breakers': {
    parameters: {};
    /**
     * List circuit breakers with their states
     * @description Needs the permission `dispatch:manage`.
     */
    get: operations['CircuitBreakersController_list'];
    /**
     * Create a circuit breaker, or change its configuration
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['CircuitBreakersController_configure'];
  };
  '/api/v1/circuit-breakers/{name}': {
    parameters: {};
    /**
     * Show a circuit breaker
     * @description Needs the permission `dispatch:manage`.
     */
    get: operations['CircuitBreakersController_show'];
    /**
     * Delete a circuit breaker
     * @description Needs the permission `dispatch:manage`.
     */
    delete: operations['CircuitBreakersController_remove'];
  };
  '/api/v1/circuit-breakers/{name}/force-close': {
    parameters: {};
    /**
     * Close a circuit breaker by hand
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['CircuitBreakersController_forceClose'];
  };
  '/api/v1/circuit-breakers/{name}/force-open': {
    parameters: {};
    /**
     * Open a circuit breaker by hand
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['CircuitBreakersController_forceOpen'];
  };
  '/api/v1/circuit-breakers/{name}/reset': {
    parameters: {};
    /**
     * Let a circuit breaker begin anew, closed
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['CircuitBreakersController_reset'];
  };
  '/api/v1/code-reviews': {
    parameters: {};
    /**
     * List code reviews
     * @description Needs the permission `reviews:read`, or `reviews:request` for what is one's own.
     */
    get: operations['CodeReviewsController_list'];
    /**
     * Ask for a code review
     * @description Needs the permission `reviews:request`.
     */
    post: operations['CodeReviewsController_request'];
  };
  '/api/v1/code-reviews/{id}': {
    parameters: {};
    /**
     * Show a code review with its comments
     * @description Needs the permission `reviews:read`, or `reviews:request` for what is one's own.
     */
    get: operations['CodeReviewsController_show'];
    /**
     * Change a code review
     * @description Needs the permission `reviews:request`.
     */
    put: operations['CodeReviewsController_revise'];
  };
  '/api/v1/code-reviews/{id}/approve': {
    parameters: {};
    /**
     * Approve a code review
     * @description Needs the permission `reviews:decide`.
     */
    post: operations['CodeReviewsController_approve'];
  };
  '/api/v1/code-reviews/{id}/comment': {
    parameters: {};
    /**
     * Comment on a code review
     * @description Needs the permission `reviews:decide`, or `reviews:request` for what is one's own.
     */
    post: operations['CodeReviewsController_comment'];
  };
  '/api/v1/code-reviews/{id}/reject': {
    parameters: {};
    /**
     * Reject a code review
     * @description Needs the permission `reviews:decide`.
     */
    post: operations['CodeReviewsController_reject'];
  };
  '/api/v1/cost/budget': {
    parameters: {};
    /**
     * Show a budget, and what of it is spent
     * @description Needs the permission `costs:read`.
     */
    get: operations['BudgetsController_show'];
    /**
     * Set a budget
     * @description Needs the permission `costs:manage`.
     */
    put: operations['BudgetsController_set'];
    /**
     * Remove a budget
     * @description Needs the permission `costs:manage`.
     */
    delete: operations['BudgetsController_remove'];
  };
  '/api/v1/cost/budget/reset': {
    parameters: {};
    /**
     * Let a budget that is used up count anew
     * @description Needs the permission `costs:manage`.
     */
    post: operations['BudgetsController_reset'];
  };
  '/api/v1/cost/by-agent': {
    parameters: {};
    /**
     * Show costs by agent
     * @description Needs the permission `costs:read`.
     */
    get: operations['CostsController_byAgent'];
  };
  '/api/v1/cost/by-provider': {
    parameters: {};
    /**
     * Show costs by provider and model
     * @description Needs the permission `costs:read`.
     */
    get: operations['CostsController_byProvider'];
  };
  '/api/v1/cost/daily': {
    parameters: {};
    /**
     * Show costs by day
     * @description Needs the permission `costs:read`.
     */
    get: operations['CostsController_daily'];
  };
  '/api/v1/cost/prices': {
    parameters: {};
    /**
     * Show the price table
     * @description Needs the permission `costs:read`.
     */
    get: operations['CostsController_prices'];
    /**
     * Set the price table
     * @description Needs the permission `costs:manage`.
     */
    put: operations['CostsController_changePrices'];
  };
  '/api/v1/cost/summary': {
    parameters: {};
    /**
     * Sum up costs by period
     * @description Needs the permission `costs:read`.
     */
    get: operations['CostsController_summary'];
  };
  '/api/v1/dead-letter': {
    parameters: {};
    /**
     * List dead letters
     * @description Needs the permission `dispatch:manage`.
     */
    get: operations['DeadLettersController_list'];
    /**
     * Move a task to the dead letters
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['DeadLettersController_add'];
  };
  '/api/v1/dead-letter/{id}': {
    parameters: {};
    /**
     * Take a dead letter off the list
     * @description Needs the permission `dispatch:manage`.
     */
    delete: operations['DeadLettersController_remove'];
  };
  '/api/v1/dead-letter/{id}/retry': {
    parameters: {};
    /**
     * Retry a dead letter
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['DeadLettersController_retry'];
  };
  '/api/v1/dead-letter/retries/{id}': {
    parameters: {};
    /**
     * Show how far a retry of many is
     * @description Needs the permission `dispatch:manage`.
     */
    get: operations['DeadLettersController_showRetry'];
  };
  '/api/v1/dead-letter/retry-all': {
    parameters: {};
    /**
     * Retry many dead letters, at a rate
     * @description Needs the permission `dispatch:manage`.
     */
    post: operations['DeadLettersController_retryAll'];
  };
  '/api/v1/dead-letter/stats': {
    parameters: {};
    /**
     * Count dead letters by reason and type
     * @description Needs the permission `dispatch:manage`.
     */
    get: operations['DeadLettersController_stats'];
  };
  '/api/v1/discovery/agents': {
    parameters: {};
    /**
     * Find the agents for a capability, by a routing strategy
     * @description Needs the permission `agents:read`.
     */
    get: operations['DiscoveryController_routes'];
  };
  '/api/v1/discovery/agents/{agent_id}': {
    parameters: {};
    /**
     * Remove all capabilities of an agent
     * @description Needs the permission `capabilities:manage`.
     */
    delete: operations['DiscoveryController_removeAll'];
  };
  '/api/v1/discovery/agents/{agent_id}/health': {
    parameters: {};
    /**
     * Show how an agent is
     * @description Needs the permission `agents:read`.
     */
    get: operations['DiscoveryController_health'];
  };
  '/api/v1/discovery/capabilities': {
    parameters: {};
    /**
     * List the capabilities of an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations['CapabilitiesController_list'];
    /**
     * Register a capability of an agent
     * @description Needs the permission `capabilities:manage`.
     */
    post: operations['CapabilitiesController_register'];
  };
  '/api/v1/discovery/capabilities/{capability_id}': {
    parameters: {};
    /**
     * Show a capability
     * @description Needs the permission `agents:read`.
     */
    get: operations['CapabilitiesController_show'];
    /**
     * Remove a capability
     * @description Needs the permission `capabilities:manage`.
     */
    delete: operations['CapabilitiesController_remove'];
  };
  '/api/v1/discovery/groups': {
    parameters: {};
    /**
     * List groups of agents
     * @description Needs the permission `agents:read`.
     */
    get: operations['DiscoveryController_groups'];
  };
  '/api/v1/discovery/groups/{group_name}/agents': {
    parameters: {};
    /**
     * List the agents of a group
     * @description Needs the permission `agents:read`.
     */
    get: operations['DiscoveryController_agentsOfGroup'];
  };
  '/api/v1/discovery/heartbeat': {
    parameters: {};
    /**
     * Tell that an agent is there, and its load
     * @description Needs the permission `agents:act`.
     */
    post: operations['DiscoveryController_heartbeat'];
  };
  '/api/v1/discovery/search': {
    parameters: {};
    /**
     * Search capabilities by meaning
     * @description Needs the permission `agents:read`.
     */
    post: operations['SearchController_search'];
  };
  '/api/v1/dispatch-limits': {
    parameters: {};
    /**
     * List limits of dispatch, with what counts against them
     * @description Needs the permission `queues:read`.
     */
    get: operations['DispatchLimitsController_list'];
  };
  '/api/v1/dispatch-limits/{scope}/{value}': {
    parameters: {};
    /**
     * Set a limit of dispatch
     * @description Needs the permission `dispatch:manage`.
     */
    put: operations['DispatchLimitsController_set'];
    /**
     * Remove a limit of dispatch
     * @description Needs the permission `dispatch:manage`.
     */
    delete: operations['DispatchLimitsController_remove'];
  };
  '/api/v1/events/stream': {
    parameters: {};
    /**
     * Follow events as they happen (server-sent events)
     * @description Needs the permission `tasks:read`.
     */
    get: operations['EventStreamController_stream'];
  };
  '/api/v1/health': {
    parameters: {};
    /** Show whether the system is well */
    get: operations['SystemController_showHealth[1]'];
  };
  '/api/v1/marketplace/installations': {
    parameters: {};
    /**
     * List installations of templates
     * @description Needs the permission `workflows:read`.
     */
    get: operations['MarketplaceController_installed'];
  };
  '/api/v1/marketplace/installations/{id}': {
    parameters: {};
    /**
     * Show an installation
     * @description Needs the permission `workflows:read`.
     */
    get: operations['MarketplaceController_showInstallation'];
    /**
     * Uninstall what a template made
     * @description Needs the permission `workflows:manage`.
     */
    delete: operations['MarketplaceController_uninstall'];
  };
  '/api/v1/marketplace/templates': {
    parameters: {};
    /**
     * List templates
     * @description Needs the permission `workflows:read`.
     */
    get: operations['MarketplaceController_list'];
  };
  '/api/v1/marketplace/templates/{id}': {
    parameters: {};
    /**
     * Show a template
     * @description Needs the permission `workflows:read`.
     */
    get: operations['MarketplaceController_show'];
  };
  '/api/v1/marketplace/templates/{id}/install': {
    parameters: {};
    /**
     * Install a template
     * @description Needs the permission `workflows:manage`.
     */
    post: operations['MarketplaceController_install'];
  };
  '/api/v1/metrics': {
    parameters: {};
    /** Metrics of this gateway for Prometheus */
    get: operations['SystemController_showMetrics[1]'];
  };
  '/api/v1/notifications': {
    parameters: {};
    /**
     * List my notifications
     * @description Needs the permission `notifications:own`.
     */
    get: operations['NotificationsController_list'];
  };
  '/api/v1/notifications/{id}/read': {
    parameters: {};
    /**
     * Mark a notification as read
     * @description Needs the permission `notifications:own`.
     */
    put: operations['NotificationsController_read'];
  };
  '/api/v1/notifications/channels': {
    parameters: {};
    /**
     * List notification channels
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['ChannelsController_list'];
    /**
     * Create a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['ChannelsController_create'];
  };
  '/api/v1/notifications/channels/{id}': {
    parameters: {};
    /**
     * Show a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['ChannelsController_show'];
    /**
     * Change a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    put: operations['ChannelsController_change'];
    /**
     * Delete a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    delete: operations['ChannelsController_remove'];
  };
  '/api/v1/notifications/channels/{id}/deliveries': {
    parameters: {};
    /**
     * List the deliveries of a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['ChannelDeliveriesController_list'];
  };
  '/api/v1/notifications/channels/{id}/deliveries/{delivery_id}': {
    parameters: {};
    /**
     * Show a delivery of a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['ChannelDeliveriesController_show'];
  };
  '/api/v1/notifications/channels/{id}/deliveries/{delivery_id}/redeliver': {
    parameters: {};
    /**
     * Deliver to a notification channel again
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['ChannelDeliveriesController_redeliver'];
  };
  '/api/v1/notifications/channels/{id}/test': {
    parameters: {};
    /**
     * Send a test by a notification channel
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['ChannelsController_test'];
  };
  '/api/v1/notifications/preferences': {
    parameters: {};
    /**
     * Show how I want to be told
     * @description Needs the permission `notifications:own`.
     */
    get: operations['NotificationsController_preferences'];
    /**
     * Change how I want to be told
     * @description Needs the permission `notifications:own`.
     */
    put: operations['NotificationsController_setPreferences'];
  };
  '/api/v1/notifications/read-all': {
    parameters: {};
    /**
     * Mark all my notifications as read
     * @description Needs the permission `notifications:own`.
     */
    put: operations['NotificationsController_readAll'];
  };
  '/api/v1/notifications/rules': {
    parameters: {};
    /**
     * List notification rules
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['NotificationRulesController_list'];
    /**
     * Create a notification rule
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['NotificationRulesController_create'];
  };
  '/api/v1/notifications/rules/{id}': {
    parameters: {};
    /**
     * Show a notification rule
     * @description Needs the permission `notifications:manage`.
     */
    get: operations['NotificationRulesController_show'];
    /**
     * Change a notification rule
     * @description Needs the permission `notifications:manage`.
     */
    put: operations['NotificationRulesController_change'];
    /**
     * Delete a notification rule
     * @description Needs the permission `notifications:manage`.
     */
    delete: operations['NotificationRulesController_remove'];
  };
  '/api/v1/notifications/rules/{id}/dry-run': {
    parameters: {};
    /**
     * Try a notification rule on what has happened
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['NotificationRulesController_dryRun'];
  };
  '/api/v1/notifications/rules/dry-run': {
    parameters: {};
    /**
     * Try a notification rule that does not exist yet
     * @description Needs the permission `notifications:manage`.
     */
    post: operations['NotificationRulesController_dryRunOfNew'];
  };
  '/api/v1/notifications/unread-count': {
    parameters: {};
    /**
     * Count my unread notifications
     * @description Needs the permission `notifications:own`.
     */
    get: operations['NotificationsController_unreadCount'];
  };
  '/api/v1/schedules': {
    parameters: {};
    /**
     * List schedules
     * @description Needs the permission `tasks:read`.
     */
    get: operations['SchedulesController_list'];
    /**
     * Create a schedule that submits tasks
     * @description Needs the permission `schedules:manage`.
     */
    post: operations['SchedulesController_create'];
  };
  '/api/v1/schedules/{id}': {
    parameters: {};
    /**
     * Show a schedule
     * @description Needs the permission `tasks:read`.
     */
    get: operations['SchedulesController_show'];
    /**
     * Delete a schedule
     * @description Needs the permission `schedules:manage`.
     */
    delete: operations['SchedulesController_remove'];
    /**
     * Change a schedule
     * @description Needs the permission `schedules:manage`.
     */
    patch: operations['SchedulesController_change'];
  };
  '/api/v1/schedules/{id}/next': {
    parameters: {};
    /**
     * Show the next times of a schedule
     * @description Needs the permission `tasks:read`.
     */
    get: operations['SchedulesController_next'];
  };
  '/api/v1/schedules/{id}/pause': {
    parameters: {};
    /**
     * Pause a schedule
     * @description Needs the permission `schedules:manage`.
     */
    post: operations['SchedulesController_pause'];
  };
  '/api/v1/schedules/{id}/resume': {
    parameters: {};
    /**
     * Let a paused schedule go on
     * @description Needs the permission `schedules:manage`.
     */
    post: operations['SchedulesController_resume'];
  };
  '/api/v1/schedules/{id}/runs': {
    parameters: {};
    /**
     * List what became of the times of a schedule
     * @description Needs the permission `tasks:read`.
     */
    get: operations['SchedulesController_runs'];
  };
  '/api/v1/schedules/{id}/trigger': {
    parameters: {};
    /**
     * Submit the task of a schedule now
     * @description Needs the permission `schedules:manage`.
     */
    post: operations['SchedulesController_trigger'];
  };
  '/api/v1/secrets': {
    parameters: {};
    /**
     * List secrets, without their values
     * @description Needs the permission `secrets:manage`.
     */
    get: operations['SecretsController_list'];
    /**
     * Create a secret
     * @description Needs the permission `secrets:manage`.
     */
    post: operations['SecretsController_create'];
  };
  '/api/v1/secrets/{id}': {
    parameters: {};
    /**
     * Show a secret; its value only when it is asked for
     * @description Needs the permission `secrets:manage`.
     */
    get: operations['SecretsController_show'];
    /**
     * Change a secret
     * @description Needs the permission `secrets:manage`.
     */
    put: operations['SecretsController_change'];
    /**
     * Delete a secret
     * @description Needs the permission `secrets:manage`.
     */
    delete: operations['SecretsController_remove'];
  };
  '/api/v1/secrets/{id}/rotate': {
    parameters: {};
    /**
     * Give a secret a new value
     * @description Needs the permission `secrets:manage`.
     */
    post: operations['SecretsController_rotate'];
  };
  '/api/v1/secrets/expiring': {
    parameters: {};
    /**
     * List secrets that expire soon
     * @description Needs the permission `secrets:manage`.
     */
    get: operations['SecretsController_expiring'];
  };
  '/api/v1/security': {
    parameters: {};
    /**
     * Show the security settings
     * @description Needs the permission `security:manage`.
     */
    get: operations['SecurityController_show'];
    /**
     * Change the security settings
     * @description Needs the permission `security:manage`.
     */
    put: operations['SecurityController_change'];
  };
  '/api/v1/security/agent-ca/rotate': {
    parameters: {};
    /**
     * Begin to replace the agents' certificate authority
     * @description Needs the permission `security:manage`.
     */
    post: operations['SecurityController_rotateAgentCa'];
  };
  '/api/v1/security/api-keys': {
    parameters: {};
    /**
     * List API keys
     * @description Needs the permission `api_keys:own`.
     */
    get: operations['ApiKeysController_list'];
    /**
     * Make an API key
     * @description Needs the permission `api_keys:own`.
     */
    post: operations['ApiKeysController_create'];
  };
  '/api/v1/security/api-keys/{id}': {
    parameters: {};
    /**
     * Revoke an API key
     * @description Needs the permission `api_keys:own`.
     */
    delete: operations['ApiKeysController_revoke'];
  };
  '/api/v1/security/ip-rules': {
    parameters: {};
    /**
     * Show which addresses may call
     * @description Needs the permission `security:manage`.
     */
    get: operations['SecurityController_showIpRules'];
    /**
     * Change which addresses may call
     * @description Needs the permission `security:manage`.
     */
    put: operations['SecurityController_changeIpRules'];
  };
  '/api/v1/security/oauth-clients': {
    parameters: {};
    /**
     * List OAuth clients
     * @description Needs the permission `security:manage`.
     */
    get: operations['OAuthClientsController_list'];
    /**
     * Make an OAuth client
     * @description Needs the permission `security:manage`.
     */
    post: operations['OAuthClientsController_create'];
  };
  '/api/v1/security/oauth-clients/{id}': {
    parameters: {};
    /**
     * Revoke an OAuth client
     * @description Needs the permission `security:manage`.
     */
    delete: operations['OAuthClientsController_revoke'];
  };
  '/api/v1/security/password-policy': {
    parameters: {};
    /**
     * Show what passwords must be like
     * @description Needs the permission `security:manage`.
     */
    get: operations['SecurityController_showPasswordPolicy'];
    /**
     * Change what passwords must be like
     * @description Needs the permission `security:manage`.
     */
    put: operations['SecurityController_changePasswordPolicy'];
  };
  '/api/v1/security/sessions': {
    parameters: {};
    /**
     * List the sessions of all users
     * @description Needs the permission `security:manage`.
     */
    get: operations['SecurityController_listSessions'];
  };
  '/api/v1/security/sessions/{id}': {
    parameters: {};
    /**
     * End a session of any user
     * @description Needs the permission `security:manage`.
     */
    delete: operations['SecurityController_revokeSession'];
  };
  '/api/v1/security/signing-keys/rotate': {
    parameters: {};
    /**
     * Sign tokens with a new key from now on
     * @description Needs the permission `security:manage`.
     */
    post: operations['SecurityController_rotateSigningKey'];
  };
  '/api/v1/settings': {
    parameters: {};
    /**
     * Show all settings by category
     * @description Needs the permission `settings:manage`.
     */
    get: operations['SettingsController_list'];
  };
  '/api/v1/settings/{category}/{key}': {
    parameters: {};
    /**
     * Show a setting
     * @description Needs the permission `settings:manage`.
     */
    get: operations['SettingsController_show'];
    /**
     * Change a setting
     * @description Needs the permission `settings:manage`.
     */
    put: operations['SettingsController_change'];
  };
  '/api/v1/settings/{category}/{key}/history': {
    parameters: {};
    /**
     * Show what a setting was before
     * @description Needs the permission `settings:manage`.
     */
    get: operations['SettingsController_history'];
  };
  '/api/v1/settings/bulk': {
    parameters: {};
    /**
     * Change several settings, all of them or none
     * @description Needs the permission `settings:manage`.
     */
    put: operations['SettingsController_changeMany'];
  };
  '/api/v1/settings/health': {
    parameters: {};
    /**
     * Show how the parts of the system are
     * @description Needs the permission `settings:manage`.
     */
    get: operations['SettingsController_showHealth'];
  };
  '/api/v1/ssh-connections': {
    parameters: {};
    /**
     * List SSH connections
     * @description Needs the permission `ssh:manage`.
     */
    get: operations['SshConnectionsController_list'];
    /**
     * Create an SSH connection
     * @description Needs the permission `ssh:manage`.
     */
    post: operations['SshConnectionsController_create'];
  };
  '/api/v1/ssh-connections/{id}': {
    parameters: {};
    /**
     * Show an SSH connection
     * @description Needs the permission `ssh:manage`.
     */
    get: operations['SshConnectionsController_show'];
    /**
     * Change an SSH connection
     * @description Needs the permission `ssh:manage`.
     */
    put: operations['SshConnectionsController_change'];
    /**
     * Delete an SSH connection
     * @description Needs the permission `ssh:manage`.
     */
    delete: operations['SshConnectionsController_remove'];
  };
  '/api/v1/ssh-connections/{id}/execute': {
    parameters: {};
    /**
     * Run a command over an SSH connection, as a task
     * @description Needs the permission `ssh:manage`.
     */
    post: operations['SshConnectionsController_execute'];
  };
  '/api/v1/ssh-connections/{id}/test': {
    parameters: {};
    /**
     * Test whether an SSH connection works
     * @description Needs the permission `ssh:manage`.
     */
    post: operations['SshConnectionsController_test'];
  };
  '/api/v1/system/alerts': {
    parameters: {};
    /**
     * List system alerts
     * @description Needs the permission `alerts:read`.
     */
    get: operations['AlertsController_list'];
  };
  '/api/v1/system/alerts/{id}': {
    parameters: {};
    /**
     * Show a system alert
     * @description Needs the permission `alerts:read`.
     */
    get: operations['AlertsController_show'];
  };
  '/api/v1/task-types': {
    parameters: {};
    /**
     * List task types that have defaults
     * @description Needs the permission `tasks:read`.
     */
    get: operations['TaskTypesController_list'];
  };
  '/api/v1/task-types/{type}': {
    parameters: {};
    /**
     * Show the defaults of a task type
     * @description Needs the permission `tasks:read`.
     */
    get: operations['TaskTypesController_show'];
    /**
     * Set the defaults of a task type
     * @description Needs the permission `dispatch:manage`.
     */
    put: operations['TaskTypesController_configure'];
    /**
     * Remove the defaults of a task type
     * @description Needs the permission `dispatch:manage`.
     */
    delete: operations['TaskTypesController_remove'];
  };
  '/api/v1/tasks': {
    parameters: {};
    /**
     * List tasks
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_list'];
    /**
     * Submit a task
     * @description Needs the permission `tasks:submit`.
     */
    post: operations['PlatformTasksController_submit'];
  };
  '/api/v1/tasks/{id}': {
    parameters: {};
    /**
     * Show a task with its result
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_show'];
    /**
     * Change a task that is open
     * @description Needs the permission `tasks:manage`.
     */
    patch: operations['PlatformTaskCommandsController_change'];
  };
  '/api/v1/tasks/{id}/cancel': {
    parameters: {};
    /**
     * Cancel a task
     * @description Needs the permission `tasks:cancel`.
     */
    post: operations['PlatformTaskCommandsController_cancel'];
  };
  '/api/v1/tasks/{id}/events': {
    parameters: {};
    /**
     * List the events of a task
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_events[0]'];
  };
  '/api/v1/tasks/{id}/explain': {
    parameters: {};
    /**
     * Explain why a task waits, or why an agent has it
     * @description Needs the permission `tasks:read`.
     */
    get: operations['TaskExplainController_explain'];
  };
  '/api/v1/tasks/{id}/history': {
    parameters: {};
    /**
     * Show what became of a task, attempt by attempt
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_events[1]'];
  };
  '/api/v1/tasks/{id}/input': {
    parameters: {};
    /**
     * Answer what a task asks
     * @description Needs the permission `tasks:manage`.
     */
    post: operations['PlatformTaskCommandsController_input'];
  };
  '/api/v1/tasks/{id}/logs': {
    parameters: {};
    /**
     * Show the lines that agents logged for a task
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_logs'];
  };
  '/api/v1/tasks/{id}/pause': {
    parameters: {};
    /**
     * Hold a task back
     * @description Needs the permission `tasks:manage`.
     */
    post: operations['PlatformTaskCommandsController_pause'];
  };
  '/api/v1/tasks/{id}/results/accept': {
    parameters: {};
    /**
     * Let a result count that came too late
     * @description Needs the permission `tasks:manage`.
     */
    post: operations['PlatformTaskCommandsController_accept'];
  };
  '/api/v1/tasks/{id}/resume': {
    parameters: {};
    /**
     * Let a paused task go on
     * @description Needs the permission `tasks:manage`.
     */
    post: operations['PlatformTaskCommandsController_resume'];
  };
  '/api/v1/tasks/{id}/retry': {
    parameters: {};
    /**
     * Put a task that ended without a result back into its queue
     * @description Needs the permission `tasks:manage`.
     */
    post: operations['PlatformTaskCommandsController_retry'];
  };
  '/api/v1/tasks/{id}/usage': {
    parameters: {};
    /**
     * Show what a task has used up
     * @description Needs the permission `costs:read`.
     */
    get: operations['TaskUsageController_show'];
  };
  '/api/v1/tasks/bulk': {
    parameters: {};
    /**
     * Submit many tasks at once
     * @description Needs the permission `tasks:submit`.
     */
    post: operations['PlatformTasksController_submitMany'];
  };
  '/api/v1/tasks/stats': {
    parameters: {};
    /**
     * Count tasks by status and priority
     * @description Needs the permission `tasks:read`.
     */
    get: operations['PlatformTasksController_stats'];
  };
  '/api/v1/triggers': {
    parameters: {};
    /**
     * List triggers
     * @description Needs the permission `workflows:read`.
     */
    get: operations['TriggersController_list'];
    /**
     * Create a trigger
     * @description Needs the permission `triggers:manage`.
     */
    post: operations['TriggersController_create'];
  };
  '/api/v1/triggers/{id}': {
    parameters: {};
    /**
     * Show a trigger
     * @description Needs the permission `workflows:read`.
     */
    get: operations['TriggersController_show'];
    /**
     * Change a trigger
     * @description Needs the permission `triggers:manage`.
     */
    put: operations['TriggersController_change'];
    /**
     * Delete a trigger
     * @description Needs the permission `triggers:manage`.
     */
    delete: operations['TriggersController_remove'];
  };
  '/api/v1/triggers/{id}/history': {
    parameters: {};
    /**
     * List what a trigger has done
     * @description Needs the permission `workflows:read`.
     */
    get: operations['TriggersController_history'];
  };
  '/api/v1/triggers/{id}/hook': {
    parameters: {};
    /** Fire a trigger by its webhook */
    post: operations['TriggersController_hook'];
  };
  '/api/v1/triggers/{id}/rotate-secret': {
    parameters: {};
    /**
     * Give a webhook trigger a new signing secret
     * @description Needs the permission `triggers:manage`.
     */
    post: operations['TriggersController_rotate'];
  };
  '/api/v1/triggers/{id}/test': {
    parameters: {};
    /**
     * Try a trigger
     * @description Needs the permission `triggers:manage`.
     */
    post: operations['TriggersController_test'];
  };
  '/api/v1/triggers/{id}/toggle': {
    parameters: {};
    /**
     * Switch a trigger on or off
     * @description Needs the permission `triggers:manage`.
     */
    post: operations['TriggersController_toggle'];
  };
  '/api/v1/webhooks': {
    parameters: {};
    /**
     * List webhooks
     * @description Needs the permission `webhooks:manage`.
     */
    get: operations['WebhooksController_list'];
    /**
     * Create a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhooksController_create'];
  };
  '/api/v1/webhooks/{id}': {
    parameters: {};
    /**
     * Show a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    get: operations['WebhooksController_show'];
    /**
     * Change a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    put: operations['WebhooksController_change'];
    /**
     * Delete a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    delete: operations['WebhooksController_remove'];
  };
  '/api/v1/webhooks/{id}/deliveries': {
    parameters: {};
    /**
     * List the deliveries of a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    get: operations['WebhookDeliveriesController_list'];
  };
  '/api/v1/webhooks/{id}/deliveries/{delivery_id}': {
    parameters: {};
    /**
     * Show a delivery of a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    get: operations['WebhookDeliveriesController_show'];
  };
  '/api/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver': {
    parameters: {};
    /**
     * Deliver to a webhook again
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhookDeliveriesController_redeliver'];
  };
  '/api/v1/webhooks/{id}/enable': {
    parameters: {};
    /**
     * Switch a webhook on again
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhooksController_enable'];
  };
  '/api/v1/webhooks/{id}/replay': {
    parameters: {};
    /**
     * Deliver past events to a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhooksController_replay'];
  };
  '/api/v1/webhooks/{id}/rotate-secret': {
    parameters: {};
    /**
     * Give a webhook a new signing secret
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhooksController_rotate'];
  };
  '/api/v1/webhooks/{id}/test': {
    parameters: {};
    /**
     * Send a test to a webhook
     * @description Needs the permission `webhooks:manage`.
     */
    post: operations['WebhooksController_test'];
  };
  '/api/v1/workers/{id}/heartbeat': {
    parameters: {};
    /**
     * Tell that a worker node is there, and its load
     * @description Needs the permission `workers:act`.
     */
    post: operations['WorkersController_heartbeat'];
  };
  '/api/v1/workers/{id}/tasks': {
    parameters: {};
    /**
     * Show the tasks that wait for a worker node's agents
     * @description Needs the permission `workers:read`.
     */
    get: operations['WorkersController_pendingTasks'];
  };
  '/api/v1/workers/overview': {
    parameters: {};
    /**
     * Show statistics of all worker nodes
     * @description Needs the permission `workers:read`.
     */
    get: operations['WorkersController_overview'];
  };
  '/api/v1/workers/register': {
    parameters: {};
    /**
     * Register a worker node
     * @description Needs the permission `workers:act`.
     */
    post: operations['WorkersController_register'];
  };
  '/api/v1/workflows': {
    parameters: {};
    /**
     * List workflows
     * @description Needs the permission `workflows:read`.
     */
    get: operations['WorkflowsController_list'];
    /**
     * Create a workflow
     * @description Needs the permission `workflows:manage`.
     */
    post: operations['WorkflowsController_create'];
  };
  '/api/v1/workflows/{id}': {
    parameters: {};
    /**
     * Show a workflow with all its steps
     * @description Needs the permission `workflows:read`.
     */
    get: operations['WorkflowsController_show'];
    /**
     * Change a workflow, which makes its next version
     * @description Needs the permission `workflows:manage`.
     */
    put: operations['WorkflowsController_change'];
    /**
     * Delete a workflow
     * @description Needs the permission `workflows:manage`.
     */
    delete: operations['WorkflowsController_remove'];
    /**
     * Change a workflow, which makes its next version
     * @description Needs the permission `workflows:manage`.
     */
    patch: operations['WorkflowsController_patch'];
  };
  '/api/v1/workflows/{id}/execute': {
    parameters: {};
    /**
     * Start a run of a workflow
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_execute'];
  };
  '/api/v1/workflows/{id}/runs': {
    parameters: {};
    /**
     * List the runs of a workflow
     * @description Needs the permission `workflows:read`.
     */
    get: operations['RunsController_ofWorkflow'];
  };
  '/api/v1/workflows/{id}/steps': {
    parameters: {};
    /**
     * Add a step to a workflow
     * @description Needs the permission `workflows:manage`.
     */
    post: operations['WorkflowsController_addStep'];
  };
  '/api/v1/workflows/{id}/versions': {
    parameters: {};
    /**
     * List the versions of a workflow
     * @description Needs the permission `workflows:read`.
     */
    get: operations['WorkflowsController_versions'];
  };
  '/api/v1/workflows/{id}/versions/{version}': {
    parameters: {};
    /**
     * Show a version of a workflow
     * @description Needs the permission `workflows:read`.
     */
    get: operations['WorkflowsController_version'];
  };
  '/api/v1/workflows/runs': {
    parameters: {};
    /**
     * List runs
     * @description Needs the permission `workflows:read`.
     */
    get: operations['RunsController_list'];
  };
  '/api/v1/workflows/runs/{id}': {
    parameters: {};
    /**
     * Show a run with its steps
     * @description Needs the permission `workflows:read`.
     */
    get: operations['RunsController_show'];
  };
  '/api/v1/workflows/runs/{id}/cancel': {
    parameters: {};
    /**
     * Cancel a run
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_cancel'];
  };
  '/api/v1/workflows/runs/{id}/events': {
    parameters: {};
    /**
     * List the events of a run
     * @description Needs the permission `workflows:read`.
     */
    get: operations['RunsController_events'];
  };
  '/api/v1/workflows/runs/{id}/fork': {
    parameters: {};
    /**
     * Start a run that takes over the beginning of another
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_fork'];
  };
  '/api/v1/workflows/runs/{id}/graph': {
    parameters: {};
    /**
     * Show a run as a graph of what led to what
     * @description Needs the permission `workflows:read`.
     */
    get: operations['RunGraphController_show'];
  };
  '/api/v1/workflows/runs/{id}/pause': {
    parameters: {};
    /**
     * Let a run begin nothing new
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_pause'];
  };
  '/api/v1/workflows/runs/{id}/resume': {
    parameters: {};
    /**
     * Let a paused run go on
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_resume'];
  };
  '/api/v1/workflows/runs/{id}/retry': {
    parameters: {};
    /**
     * Let a run that failed go on from where it failed
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_retry'];
  };
  '/api/v1/workflows/runs/{id}/signal': {
    parameters: {};
    /**
     * Send a signal to a run
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_signalRun'];
  };
  '/api/v1/workflows/signals': {
    parameters: {};
    /**
     * Send a signal to the runs that wait for it
     * @description Needs the permission `workflows:run`.
     */
    post: operations['RunCommandsController_signal'];
  };
  '/api/v1/workflows/validate': {
    parameters: {};
    /**
     * Check a definition without creating a workflow
     * @description Needs the permission `workflows:manage`.
     */
    post: operations['WorkflowsController_validate'];
  };
  '/api/v1/ws': {
    parameters: {};
    /** Open a WebSocket of events */
    get: operations['EventSocketsController_socket[1]'];
  };
  '/docs': {
    parameters: {};
    /** Read and try this API */
    get: operations['DocsController_page'];
  };
  '/health': {
    parameters: {};
    /** Show whether the system is well */
    get: operations['SystemController_showHealth[0]'];
  };
  '/metrics': {
    parameters: {};
    /** Metrics of this gateway for Prometheus */
    get: operations['SystemController_showMetrics[0]'];
  };
  '/oauth/token': {
    parameters: {};
    /** Get an access token for a client id and secret (OAuth 2 client credentials) */
    post: operations['TokenController_issue'];
  };
  '/openapi.json': {
    parameters: {};
    /** The description of this API */
    get: operations['DocsController_openApi'];
  };
  '/tasks/queues': {
    parameters: {};
    /**
     * Show how many tasks wait per priority
     * @description Needs the permission `queues:read`.
     */
    get: operations['CoordinatorTasksController_queues'];
  };
  '/tasks/queues/{priority}/clear': {
    parameters: {};
    /**
     * Cancel all tasks that wait with a priority
     * @description Needs the permission `queues:clear`.
     */
    post: operations['CoordinatorTasksController_clear'];
    /**
     * Cancel all tasks that wait with a priority
     * @description Needs the permission `queues:clear`.
     */
    delete: operations['CoordinatorTasksController_clearByDelete'];
  };
  '/tasks/queues/stats': {
    parameters: {};
    /**
     * Show queues and distribution in detail
     * @description Needs the permission `queues:read`.
     */
    get: operations['CoordinatorTasksController_queueStats'];
  };
  '/tasks/status': {
    parameters: {};
    /**
     * Show statistics of distribution and load balancing
     * @description Needs the permission `queues:read`.
     */
    get: operations['CoordinatorTasksController_status'];
  };
  '/tasks/submit': {
    parameters: {};
    /**
     * Submit a task
     * @description Needs the permission `tasks:submit`.
     */
    post: operations['CoordinatorTasksController_submit'];
  };
  '/v1/agents': {
    parameters: {};
    /**
     * List agents, a page at a time
     * @description Needs the permission `agents:read`.
     */
    get: operations['OperationsAgentsController_list'];
    /**
     * Create an agent
     * @description Needs the permission `agents:register`.
     */
    post: operations['OperationsAgentsController_create'];
  };
  '/v1/agents/{agent_id}': {
    parameters: {};
    /**
     * Show an agent with its configuration, health and metrics
     * @description Needs the permission `agents:read`.
     */
    get: operations['OperationsAgentsController_show'];
    /**
     * Change an agent's name, configuration and other fields
     * @description Needs the permission `agents:manage`.
     */
    put: operations['OperationsAgentsController_update'];
    /**
     * Delete an agent
     * @description Needs the permission `agents:manage`.
     */
    delete: operations['OperationsAgentsController_delete'];
  };
  '/v1/health': {
    parameters: {};
    /** Show how the system and each of its parts is */
    get: operations['OperationsHealthController_show'];
  };
  '/v1/metrics': {
    parameters: {};
    /**
     * Show metrics over time
     * @description Needs the permission `tasks:read`.
     */
    get: operations['OperationsMetricsController_show'];
  };
  '/v1/tasks': {
    parameters: {};
    /**
     * List tasks, a page at a time
     * @description Needs the permission `tasks:read`.
     */
    get: operations['OperationsTasksController_list'];
    /**
     * Create a task, now or by a schedule
     * @description Needs the permission `tasks:submit`.
     */
    post: operations['OperationsTasksController_create'];
  };
  '/v1/tasks/{task_id}': {
    parameters: {};
    /**
     * Show a task with its progress and logs
     * @description Needs the permission `tasks:read`.
     */
    get: operations['OperationsTasksController_show'];
  };
  '/v1/workflows': {
    parameters: {};
    /**
     * List workflows with their steps in order, a page at a time
     * @description Needs the permission `workflows:read`.
     */
    get: operations['OperationsWorkflowsController_list'];
  };
  '/v1/workflows/{workflow_id}': {
    parameters: {};
    /**
     * Show a workflow with its steps in order
     * @description Needs the permission `workflows:read`.
     */
    get: operations['OperationsWorkflowsController_show'];
  };
  '/v1/workflows/{workflow_id}/execute': {
    parameters: {};
    /**
     * Start a run of a workflow
     * @description Needs the permission `workflows:run`.
     */
    post: operations['OperationsRunsController_execute'];
  };
  '/v1/workflows/{workflow_id}/runs': {
    parameters: {};
    /**
     * List the runs of a workflow, a page at a time
     * @description Needs the permission `workflows:read`.
     */
    get: operations['OperationsRunsController_list'];
  };
  '/v1/workflows/runs/{run_id}': {
    parameters: {};
    /**
     * Show a run of a workflow
     * @description Needs the permission `workflows:read`.
     */
    get: operations['OperationsRunsController_show'];
  };
  '/v1/ws': {
    parameters: {};
    /** Open a WebSocket of events in the operations document's words */
    get: operations['EventSocketsController_socket[0]'];
  };
  '/ws': {
    parameters: {};
    /** Open a WebSocket of events */
    get: operations['EventSocketsController_socket[2]'];
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    AcceptResultBodyDto: {
      lease_token?: string;
    };
    AccessTokenDto: {
      access_token: string;
      expires_in: number;
      scope: string;
      /** @enum {string} */
      token_type: 'Bearer';
    };
    AcknowledgedDto: {
      /** @enum {boolean} */
      acknowledged: true;
    };
    AgentCardDto: {
      capabilities: {
        extendedAgentCard: boolean;
        pushNotifications: boolean;
        streaming: boolean;
      };
      defaultInputModes: string[];
      defaultOutputModes: string[];
      description: string;
      /** Format: uri */
      documentationUrl: string;
      name: string;
      securityRequirements: {
        schemes: {
          [key: string]: {
            list: string[];
          };
        };
      }[];
      securitySchemes: {
        [key: string]:
          | {
              httpAuthSecurityScheme: {
                description: string;
                scheme: string;
              };
            }
          | {
              oauth2SecurityScheme: {
                description: string;
                flows: {
                  clientCredentials: {
                    scopes: {
                      [key: string]: string;
                    };
                    /** Format: uri */
                    tokenUrl: string;
                  };
                };
              };
            };
      };
      skills: {
        description: string;
        examples?: string[];
        id: string;
        inputModes?: string[];
        name: string;
        outputModes?: string[];
        tags: string[];
      }[];
      supportedInterfaces: {
        protocolBinding: string;
        protocolVersion: string;
        tenant?: string;
        /** Format: uri */
        url: string;
      }[];
      version: string;
    };
    AgentCostDto: {
      /** Format: uuid */
      agent_id: string;
      agent_name: string | null;
      cached_input_tokens: number;
      /** @description Rounded to a millionth; exact sums are kept inside */
      cost: number;
      currency: string;
      duration_ms: number;
      input_tokens: number;
      other_costs: {
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
      }[];
      output_tokens: number;
      reports: number;
      unpriced: {
        cached_input_tokens: number;
        input_tokens: number;
        output_tokens: number;
        reports: number;
      };
    };
    AgentDeletedDto: {
      /** Format: date-time */
      deleted_at: string;
      message: string;
    };
    AgentEnvelopeDto: {
      data: {
        capabilities: string[];
        configuration: {
          [key: string]: unknown;
        };
        /** Format: date-time */
        created_at: string;
        environment: string;
        external_id: string | null;
        health: {
          /** Format: date-time */
          last_check: string | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
          uptime: number;
        };
        id: string;
        metrics: {
          avg_response_time: number | null;
          cpu_usage: number | null;
          memory_usage: number | null;
          success_rate: number | null;
          tasks_completed: number;
          tasks_failed: number;
        };
        name: string;
        /** @enum {string} */
        status: 'initializing' | 'active' | 'inactive' | 'error';
        type: string;
        /** Format: date-time */
        updated_at: string;
        version: string;
      };
    };
    AgentGoneDto: {
      /** @enum {boolean} */
      deleted: true;
      /** Format: date-time */
      deleted_at: string;
      /** Format: uuid */
      id: string;
    };
    AgentHealthDto: {
      data: {
        agent_id: string;
        /** Format: date-time */
        last_heartbeat: string;
        load: number;
        /** @enum {string} */
        status: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
        uptime_seconds: number;
      };
    };
    AgentPageDto: {
      data: {
        /** Format: date-time */
        created_at: string;
        environment: string;
        id: string;
        metrics: {
          avg_response_time: number | null;
          success_rate: number | null;
          tasks_completed: number;
          tasks_failed: number;
        };
        name: string;
        /** @enum {string} */
        status: 'initializing' | 'active' | 'inactive' | 'error';
        type: string;
        /** Format: date-time */
        updated_at: string;
      }[];
      pagination: {
        limit: number;
        page: number;
        pages: number;
        total: number;
      };
    };
    AgentRegisteredDto: {
      agent_id: string;
      message: string;
      /** Format: date-time */
      registered_at: string;
      /** @enum {string} */
      status: 'success';
    };
    AgentsDiscoveredDto: {
      agents: {
        agent_id: string;
        agent_type: string;
        capabilities: string[];
        endpoints: {
          [key: string]: string;
        };
        health_score: number;
        /** Format: date-time */
        last_heartbeat: string;
        load_metrics: {
          [key: string]: number;
        };
        metadata: {
          [key: string]: unknown;
        };
        /** Format: date-time */
        registration_time: string;
        services: string[];
        /** @enum {string} */
        status: 'active' | 'inactive' | 'busy' | 'stale';
        tags: string[];
        version: string;
      }[];
      count: number;
      query: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      timestamp: string;
    };
    AgentShownDto: {
      agent: {
        agent_id: string;
        agent_type: string;
        capabilities: string[];
        endpoints: {
          [key: string]: string;
        };
        health_score: number;
        /** Format: date-time */
        last_heartbeat: string;
        load_metrics: {
          [key: string]: number;
        };
        metadata: {
          [key: string]: unknown;
        };
        /** Format: date-time */
        registration_time: string;
        services: string[];
        /** @enum {string} */
        status: 'active' | 'inactive' | 'busy' | 'stale';
        tags: string[];
        version: string;
      };
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      timestamp: string;
    };
    AgentTasksDto: {
      tasks: (
        | {
            attempt: number;
            /** Format: date-time */
            createdAt: string;
            credentials: {
              [key: string]: string;
            };
            description?: string;
            instructions?: string;
            /** Format: date-time */
            leaseExpiresAt: string;
            /** Format: uuid */
            leaseToken: string;
            payload: {
              [key: string]: unknown;
            };
            priority: number;
            /** Format: uuid */
            taskId: string;
            taskType: string;
            timeout: number;
            title?: string;
          }
        | {
            /** Format: date-time */
            createdAt: string;
            priority: number;
            /** Format: uuid */
            taskId: string;
            taskType: string;
          }
      )[];
    };
    /**
     * @example {
     *       "title": "Deploy 4.2.0 to production",
     *       "arguments": {
     *         "version": "4.2.0",
     *         "target": "production"
     *       },
     *       "required": 2,
     *       "roles": [
     *         "approver"
     *       ],
     *       "expires_seconds": 86400
     *     }
     */
    ApprovalBodyDto: {
      /** @default false */
      allow_self: boolean;
      /** @default {} */
      arguments: unknown;
      description?: string;
      /** @default null */
      expires_seconds: number | null;
      /** @default 1 */
      required: number;
      /** @default [] */
      roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
      title: string;
      /** @default [] */
      users: string[];
    };
    /**
     * @example {
     *       "arguments": {
     *         "version": "4.2.1",
     *         "target": "production"
     *       }
     *     }
     */
    ApprovalChangeDto: {
      arguments: unknown;
    };
    /**
     * @example {
     *       "comment": "Looked at the change log"
     *     }
     */
    ApprovalDecisionDto: {
      arguments_hash?: string;
      comment?: string;
    };
    /**
     * @example {
     *       "is_approved": true,
     *       "group": "gpu"
     *     }
     */
    ApprovalDto: {
      group?: string;
      is_approved: boolean;
    };
    AuditPageDto: {
      entries: {
        action: string;
        actor: {
          email: string | null;
          id: string;
          name: string | null;
          type: string;
        };
        address: string | null;
        correlation_id: string;
        details: {
          [key: string]: unknown;
        } | null;
        object: {
          id: string;
          type: string;
        };
        position: number;
        /** @enum {string} */
        result: 'ok' | 'refused';
        /** Format: date-time */
        time: string;
      }[];
      next_before: number | null;
      total?: number;
    };
    BeatReceivedDto: {
      data: {
        agent_id: string;
        heartbeat_interval_seconds: number;
        /** Format: date-time */
        received_at: string;
      };
    };
    /**
     * @example {
     *       "name": "ocr",
     *       "scope": {
     *         "kind": "task_type",
     *         "value": "ocr"
     *       },
     *       "failure_threshold": 5,
     *       "window_seconds": 60,
     *       "cooldown_seconds": 30,
     *       "half_open_max": 1
     *     }
     */
    BreakerBodyDto: {
      /** @default 30 */
      cooldown_seconds: number;
      /** @default 0 */
      failure_ratio: number;
      /** @default 5 */
      failure_threshold: number;
      /** @default 1 */
      half_open_max: number;
      /** @default 1 */
      minimum_calls: number;
      name: string;
      scope: {
        /** @enum {string} */
        kind: 'agent' | 'task_type' | 'target';
        value: string;
      };
      /** @default 60 */
      window_seconds: number;
    };
    BreakerReasonDto: {
      reason?: string;
    };
    /**
     * @example {
     *       "monthly_limit": 500,
     *       "alert_thresholds": [
     *         50,
     *         {
     *           "percent": 90,
     *           "action": "throttle",
     *           "tasks_per_minute": 10
     *         },
     *         {
     *           "percent": 100,
     *           "action": "stop"
     *         }
     *       ]
     *     }
     */
    BudgetBodyDto: {
      agent_id?: string;
      /** @description A bare number is a percentage that only warns */
      alert_thresholds?: {
        /**
         * @default warn
         * @enum {string}
         */
        action: 'warn' | 'throttle' | 'stop';
        percent: number;
        tasks_per_minute?: number;
      }[];
      currency?: string;
      monthly_limit?: number;
      task_type?: string;
    };
    BudgetRemovedDto: {
      /** @enum {boolean} */
      deleted: true;
      /** Format: date-time */
      deleted_at: string;
      /** Format: uuid */
      id: string;
    };
    BudgetScopeDto: {
      agent_id?: string;
      task_type?: string;
    };
    BudgetsDto: {
      /** Format: uuid */
      agent_id: string | null;
      alert_thresholds: {
        /** @enum {string} */
        action: 'warn' | 'throttle' | 'stop';
        percent: number;
        /** Format: date-time */
        reached_at: string | null;
        tasks_per_minute?: number;
      }[];
      /** Format: uuid */
      budget_id: string | null;
      budgets: {
        /** Format: uuid */
        agent_id: string | null;
        alert_thresholds: {
          /** @enum {string} */
          action: 'warn' | 'throttle' | 'stop';
          percent: number;
          /** Format: date-time */
          reached_at: string | null;
          tasks_per_minute?: number;
        }[];
        /** Format: uuid */
        budget_id: string | null;
        currency: string;
        /** @description Rounded to a millionth; exact sums are kept inside */
        forgiven: number;
        month: string;
        /** @description Rounded to a millionth; exact sums are kept inside */
        monthly_limit: number | null;
        percent_used: number | null;
        /** @description Rounded to a millionth; exact sums are kept inside */
        remaining: number | null;
        /** Format: date-time */
        resets_at: string;
        /** @enum {string} */
        scope: 'installation' | 'agent' | 'task_type';
        /** @description Rounded to a millionth; exact sums are kept inside */
        spent: number;
        /** @enum {string} */
        status: 'not_set' | 'ok' | 'warned' | 'throttled' | 'stopped';
        task_type: string | null;
        /** Format: date-time */
        updated_at: string | null;
      }[];
      currency: string;
      /** @description Rounded to a millionth; exact sums are kept inside */
      forgiven: number;
      month: string;
      /** @description Rounded to a millionth; exact sums are kept inside */
      monthly_limit: number | null;
      percent_used: number | null;
      /** @description Rounded to a millionth; exact sums are kept inside */
      remaining: number | null;
      /** Format: date-time */
      resets_at: string;
      /** @enum {string} */
      scope: 'installation' | 'agent' | 'task_type';
      /** @description Rounded to a millionth; exact sums are kept inside */
      spent: number;
      /** @enum {string} */
      status: 'not_set' | 'ok' | 'warned' | 'throttled' | 'stopped';
      task_type: string | null;
      /** Format: date-time */
      updated_at: string | null;
    };
    BulkBodyDto: {
      tasks: {
        agent_id?: string;
        concurrency_key?: string;
        credentials?: {
          name: string;
          secret: string;
          version?: number;
        }[];
        /** Format: date-time */
        deadline?: string;
        delay_seconds?: number;
        depends_on?: string[];
        description?: string;
        fairness_key?: string;
        instructions?: string;
        lease_seconds?: number;
        /** Format: date-time */
        not_before?: string;
        /** @enum {string} */
        on_agent_lost?: 'requeue' | 'wait' | 'fail';
        /** @enum {string} */
        on_dependency_failure?: 'cancel' | 'run';
        /** @default {} */
        payload: {
          [key: string]: unknown;
        };
        priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
        required_tools?: string[];
        requirements?: {
          agent_id?: string;
          agent_type?: string;
          capabilities?: string[];
        };
        retry?: {
          factor?: number;
          initial_delay_ms?: number;
          jitter?: number;
          max_attempts?: number;
          max_delay_ms?: number;
          non_retryable?: string[];
        };
        title?: string;
        type?: string;
      }[];
    };
    CancelBodyDto: {
      reason?: string;
    };
    CancelledTaskDto: {
      /** Format: date-time */
      cancelled_at: string;
      /** @enum {string} */
      status: 'cancelled';
      /** Format: uuid */
      task_id: string;
    };
    CapabilitiesDto: {
      data: {
        capabilities: {
          agent_id: string;
          capability: string;
          /** Format: date-time */
          created_at: string;
          groups: string[];
          id: string;
          metadata: {
            [key: string]: unknown;
          };
          /** @enum {string} */
          origin: 'record' | 'agent';
        }[];
      };
    };
    CapabilitiesRemovedDto: {
      data: {
        agent_id: string;
        removed: number;
      };
    };
    CapabilityDeletedDto: {
      data: {
        /** @enum {boolean} */
        deleted: true;
        /** Format: date-time */
        deleted_at: string;
        id: string;
      };
    };
    CapabilityDto: {
      data: {
        agent_id: string;
        capability: string;
        /** Format: date-time */
        created_at: string;
        groups: string[];
        id: string;
        metadata: {
          [key: string]: unknown;
        };
        /** @enum {string} */
        origin: 'record' | 'agent';
      };
    };
    CertificateRequestDto: {
      csr: string;
    };
    ChangedApprovalDto: {
      allow_self: boolean;
      approvals: number;
      arguments: unknown;
      arguments_hash: string;
      ask_anew: boolean;
      /** Format: date-time */
      decided_at: string | null;
      description: string;
      detail: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      may_decide: boolean;
      reason: string | null;
      /** Format: date-time */
      requested_at: string;
      requested_by: string | null;
      required: number;
      roles: string[];
      run: {
        node: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      sent_hash: string;
      /** @enum {string} */
      status: 'pending' | 'approved' | 'rejected' | 'expired' | 'voided';
      title: string;
      users: string[];
      votes: {
        /** Format: date-time */
        at: string;
        by: string;
        comment: string;
        /** @enum {string} */
        vote: 'approve' | 'reject';
      }[];
    };
    /**
     * @example {
     *       "labels": {
     *         "datacenter": "us-west-2"
     *       },
     *       "capabilities": [
     *         "docker",
     *         "compose",
     *         "ssh"
     *       ]
     *     }
     */
    ChangePlatformAgentDto: {
      agent_type?: string;
      assigned_targets?: string[];
      assignedTargets?: string[];
      capabilities?: string[];
      configuration?: {
        [key: string]: unknown;
      };
      description?: string;
      enabled_tools?: string[];
      endpoints?: {
        [key: string]: string;
      };
      environment?: string;
      heartbeat_interval_seconds?: number;
      labels?: {
        [key: string]: string | null;
      };
      llm_model?: string;
      llm_provider?: string;
      max_concurrent_tasks?: number;
      metadata?: {
        [key: string]: unknown;
      };
      name?: string;
      role?: string;
      services?: string[];
      system_prompt?: string;
      tags?: string[];
      version?: string;
      weight?: number;
      worker_id?: string | null;
    };
    /**
     * @example {
     *       "enabled": false,
     *       "config": {
     *         "subject_prefix": null
     *       }
     *     }
     */
    ChannelChangesDto: {
      /** @description email: to (1 to 50 addresses), from, smtp_url, subject_prefix. slack: webhook_url, channel, username. telegram: bot_token, chat_id, api_url. webhook: url, headers, secret (whsec_…). It is kept in the vault and never shown. */
      config?: {
        [key: string]: unknown;
      };
      description?: string;
      enabled?: boolean;
      name?: string;
      /**
       * @description It never changes: another one is refused
       * @enum {string}
       */
      type?: 'email' | 'slack' | 'telegram' | 'webhook';
    };
    /**
     * @example {
     *       "title": "Retry payments once",
     *       "repository": "https://git.example.org/payments.git",
     *       "branch": "retry-once",
     *       "base": "main",
     *       "commit": "3f2a9c1",
     *       "diff": "--- a/pay.ts\n+++ b/pay.ts\n@@ -1 +1 @@\n-pay();\n+retry(pay);\n",
     *       "files": [
     *         {
     *           "path": "pay.ts",
     *           "additions": 1,
     *           "deletions": 1
     *         }
     *       ]
     *     }
     */
    CodeReviewBodyDto: {
      /** @default null */
      agent_id: string | null;
      base?: string;
      branch?: string;
      commit?: string;
      description?: string;
      diff?: string;
      files?: {
        additions: number;
        deletions: number;
        path: string;
      }[];
      repository: string;
      /**
       * Format: uuid
       * @default null
       */
      run_id: string | null;
      /**
       * Format: uuid
       * @default null
       */
      task_id: string | null;
      title: string;
    };
    /**
     * @example {
     *       "body": "What if it is paid twice?",
     *       "file": "pay.ts",
     *       "line": 1,
     *       "side": "new"
     *     }
     */
    CodeReviewCommentDto: {
      body: string;
      file?: string | null;
      /**
       * Format: uuid
       * @default null
       */
      in_reply_to: string | null;
      /** @default null */
      line: number | null;
      /**
       * @default null
       * @enum {string|null}
       */
      side: 'old' | 'new' | null;
    };
    /**
     * @example {
     *       "comment": "Good to go",
     *       "revision": 2
     *     }
     */
    CodeReviewDecisionDto: {
      comment?: string;
      revision?: number;
    };
    /**
     * @example {
     *       "reason": "Two retries would pay twice"
     *     }
     */
    CodeReviewRejectionDto: {
      reason?: string;
      revision?: number;
    };
    /**
     * @example {
     *       "commit": "9b1d2e7",
     *       "diff": "",
     *       "files": []
     *     }
     */
    CodeReviewRevisionDto: {
      commit: string;
      diff: string;
      files: {
        additions: number;
        deletions: number;
        path: string;
      }[];
    };
    /**
     * @example {
     *       "success": true,
     *       "result": {
     *         "imageId": "sha256:abc123"
     *       },
     *       "logs": []
     *     }
     */
    CompleteDto: {
      error?:
        | {
            class?: string;
            message: string;
            retry_after_ms?: number;
            /** @default true */
            retryable: boolean;
          }
        | string;
      /** Format: uuid */
      leaseToken?: string;
      logs?: {
        /** @enum {string} */
        level: 'debug' | 'info' | 'warn' | 'error';
        message: string;
        /** Format: date-time */
        timestamp: string;
      }[];
      result?: unknown;
      success: boolean;
    };
    CostSummaryDto: {
      currency: string;
      periods: {
        last_7_days: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          from: string;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          to: string;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        };
        last_30_days: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          from: string;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          to: string;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        };
        last_month: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          from: string;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          to: string;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        };
        this_month: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          from: string;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          to: string;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        };
        today: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          from: string;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          to: string;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        };
      };
      time_zone: string;
      total: {
        cached_input_tokens: number;
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        duration_ms: number;
        input_tokens: number;
        other_costs: {
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          currency: string;
        }[];
        output_tokens: number;
        reports: number;
        unpriced: {
          cached_input_tokens: number;
          input_tokens: number;
          output_tokens: number;
          reports: number;
        };
      };
      /** @description Rounded to a millionth; exact sums are kept inside */
      total_spend: number;
      unpriced_models: {
        cached_input_tokens: number;
        input_tokens: number;
        model: string;
        output_tokens: number;
        provider: string;
        reports: number;
      }[];
    };
    /**
     * @example {
     *       "name": "New Processing Agent",
     *       "type": "data_processor",
     *       "configuration": {
     *         "max_concurrent_tasks": 5,
     *         "timeout": 300,
     *         "retry_attempts": 3
     *       },
     *       "environment": "production"
     *     }
     */
    CreateAgentDto: {
      capabilities?: string[];
      /** @default {} */
      configuration: {
        [key: string]: unknown;
      };
      environment?: string;
      name: string;
      type: string;
      version?: string;
    };
    CreatedApiKeyDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      key: string;
      /** Format: date-time */
      last_used_at: string | null;
      name: string;
      owner: {
        id: string;
        /** @enum {string} */
        type: 'user' | 'bootstrap';
      };
      prefix: string;
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      /** Format: date-time */
      revoked_at: string | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
      /** @enum {string} */
      status: 'active' | 'expired' | 'revoked';
    };
    CreatedOAuthClientDto: {
      /** Format: uuid */
      client_id: string;
      client_secret: string;
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      id: string;
      name: string;
      owner: {
        id: string;
        /** @enum {string} */
        type: 'user' | 'bootstrap';
      };
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      /** Format: date-time */
      revoked_at: string | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
      /** @enum {string} */
      status: 'active' | 'revoked';
    };
    /**
     * @example {
     *       "name": "Reviewer",
     *       "description": "Reviews pull requests",
     *       "role": "reviewer",
     *       "llm_provider": "anthropic",
     *       "llm_model": "claude-sonnet",
     *       "system_prompt": "You review code.",
     *       "enabled_tools": [
     *         "git",
     *         "grep"
     *       ]
     *     }
     */
    CreatePlatformAgentDto: {
      agent_type?: string;
      assigned_targets?: string[];
      assignedTargets?: string[];
      capabilities?: string[];
      configuration?: {
        [key: string]: unknown;
      };
      description?: string;
      enabled_tools?: string[];
      endpoints?: {
        [key: string]: string;
      };
      environment?: string;
      heartbeat_interval_seconds?: number;
      labels?: {
        [key: string]: string;
      };
      llm_model?: string;
      llm_provider?: string;
      max_concurrent_tasks?: number;
      metadata?: {
        [key: string]: unknown;
      };
      name: string;
      role?: string;
      services?: string[];
      system_prompt?: string;
      tags?: string[];
      version?: string;
      weight?: number;
      worker_id?: string | null;
    };
    /**
     * @example {
     *       "agent_id": "agent_123",
     *       "type": "data_processing",
     *       "priority": "medium",
     *       "payload": {
     *         "source": "database",
     *         "query": "SELECT * FROM users WHERE active = true",
     *         "output_format": "json"
     *       },
     *       "schedule": {
     *         "type": "immediate"
     *       }
     *     }
     */
    CreateTaskDto: {
      agent_id?: string;
      /** @default {} */
      payload: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      priority?: 'low' | 'medium' | 'high' | 'critical';
      requirements?: {
        agent_type?: string;
        capabilities?: string[];
      };
      schedule?:
        | {
            /** @enum {string} */
            type: 'immediate';
          }
        | {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            type: 'at';
          }
        | {
            delay_seconds: number;
            /** @enum {string} */
            type: 'delay';
          }
        | {
            expression: string;
            time_zone?: string;
            /** @enum {string} */
            type: 'cron';
          };
      type: string;
    };
    DailyCostDto: {
      cached_input_tokens: number;
      /** @description Rounded to a millionth; exact sums are kept inside */
      cost: number;
      currency: string;
      date: string;
      duration_ms: number;
      input_tokens: number;
      other_costs: {
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
      }[];
      output_tokens: number;
      reports: number;
      unpriced: {
        cached_input_tokens: number;
        input_tokens: number;
        output_tokens: number;
        reports: number;
      };
    };
    DeadLetterRetryDto: {
      count: number;
      filter: {
        /** Format: uuid */
        agent_id?: string;
        failure_class?: string;
        /** Format: date-time */
        since?: string;
        type?: string;
      };
      /** Format: date-time */
      finished_at: string | null;
      rate_per_second: number | null;
      retried: number;
      /** Format: uuid */
      retry_id: string;
      skipped: number;
      /** Format: date-time */
      started_at: string;
      /** @enum {string} */
      status: 'running' | 'finished';
    };
    DeadLetterStatsDto: {
      by_age: {
        [key: string]: number;
      };
      by_class: {
        class: string;
        count: number;
      }[];
      by_type: {
        count: number;
        type: string;
      }[];
      /** Format: date-time */
      newest_at: string | null;
      /** Format: date-time */
      oldest_at: string | null;
      total: number;
    };
    DeletedDto: {
      /** @enum {boolean} */
      deleted: true;
      /** Format: date-time */
      deleted_at: string;
      /** Format: uuid */
      id: string;
    };
    DeliveryDetailsDto: {
      attempts: number;
      attempts_made: {
        /** Format: date-time */
        at: string;
        detail: string | null;
        duration_ms: number;
        /** @enum {string|null} */
        error:
          | 'status'
          | 'redirect'
          | 'timeout'
          | 'connection_refused'
          | 'connection_lost'
          | 'name_not_found'
          | 'address_refused'
          | 'tls'
          | 'response_too_large'
          | 'secret_unavailable'
          | 'not_configured'
          | 'refused'
          | null;
        number: number;
        response: string | null;
        status_code: number | null;
      }[];
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      delivery_id: string;
      /** Format: date-time */
      ended_at: string | null;
      event: string;
      /** @enum {string|null} */
      last_error:
        | 'status'
        | 'redirect'
        | 'timeout'
        | 'connection_refused'
        | 'connection_lost'
        | 'name_not_found'
        | 'address_refused'
        | 'tls'
        | 'response_too_large'
        | 'secret_unavailable'
        | 'not_configured'
        | 'refused'
        | null;
      last_status_code: number | null;
      /** Format: date-time */
      next_attempt_at: string | null;
      position: number | null;
      /** Format: uuid */
      replay_id: string | null;
      /** @enum {string} */
      state: 'pending' | 'delivered' | 'failed' | 'dropped';
    };
    DeliveryDto: {
      attempts: number;
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      delivery_id: string;
      /** Format: date-time */
      ended_at: string | null;
      event: string;
      /** @enum {string|null} */
      last_error:
        | 'status'
        | 'redirect'
        | 'timeout'
        | 'connection_refused'
        | 'connection_lost'
        | 'name_not_found'
        | 'address_refused'
        | 'tls'
        | 'response_too_large'
        | 'secret_unavailable'
        | 'not_configured'
        | 'refused'
        | null;
      last_status_code: number | null;
      /** Format: date-time */
      next_attempt_at: string | null;
      position: number | null;
      /** Format: uuid */
      replay_id: string | null;
      /** @enum {string} */
      state: 'pending' | 'delivered' | 'failed' | 'dropped';
    };
    DeliveryTestDto: {
      delivered: boolean;
      /** Format: uuid */
      delivery_id: string;
      detail: string | null;
      duration_ms: number;
      /** @enum {string|null} */
      error:
        | 'status'
        | 'redirect'
        | 'timeout'
        | 'connection_refused'
        | 'connection_lost'
        | 'name_not_found'
        | 'address_refused'
        | 'tls'
        | 'response_too_large'
        | 'secret_unavailable'
        | 'not_configured'
        | 'refused'
        | null;
      status_code: number | null;
    };
    /**
     * @example {
     *       "status": "active",
     *       "agent_type": "worker"
     *     }
     */
    DiscoverAgentsDto: {
      agent_type?: string;
      capabilities?: string[];
      services?: string[];
      /** @enum {string} */
      status?: 'active' | 'inactive' | 'busy' | 'stale';
    };
    /**
     * @example {
     *       "agent_id": "document-processor",
     *       "load": 0.3,
     *       "metadata": {
     *         "active_tasks": 5,
     *         "memory_mb": 512
     *       }
     *     }
     */
    DiscoveryHeartbeatDto: {
      agent_id: string;
      load?: number;
      /** @default {} */
      metadata: {
        [key: string]: unknown;
      };
    };
    /**
     * @example {
     *       "max_concurrent": 5,
     *       "rate": {
     *         "tasks": 100,
     *         "per_seconds": 60
     *       }
     *     }
     */
    DispatchLimitBodyDto: {
      max_concurrent?: number;
      rate?: {
        per_seconds: number;
        tasks: number;
      };
    };
    DispatchLimitDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      limit_id: string;
      max_concurrent?: number;
      rate?: {
        per_seconds: number;
        tasks: number;
      };
      /** @enum {string} */
      scope: 'task_type' | 'concurrency_key' | 'queue';
      /** Format: date-time */
      updated_at: string;
      value: string;
    };
    DispatchLimitRemovedDto: {
      /** @enum {boolean} */
      deleted: true;
      /** Format: date-time */
      deleted_at: string;
      /** Format: uuid */
      id: string;
    };
    EnrolledDto: {
      /** Format: uuid */
      agentId: string;
      certificate: {
        ca: string;
        cert: string;
        /** Format: date-time */
        expiresAt: string;
        key?: string;
      };
      config: {
        heartbeatInterval: number;
        logLevel: string;
        taskPollInterval: number;
      };
      token: string;
    };
    /**
     * @example {
     *       "name": "agent-prod-01",
     *       "version": "1.0.0",
     *       "capabilities": [
     *         "docker",
     *         "compose"
     *       ],
     *       "labels": {
     *         "datacenter": "us-east-1",
     *         "role": "deployment"
     *       }
     *     }
     */
    EnrolmentDto: {
      capabilities?: string[];
      csr?: string;
      labels?: {
        [key: string]: string;
      };
      /** @default 1 */
      max_concurrent_tasks: number;
      /** @default {} */
      metadata: {
        [key: string]: unknown;
      };
      name: string;
      type?: string;
      version?: string;
    };
    /**
     * @example {
     *       "parameters": {
     *         "source_database": "production",
     *         "output_location": "s3://bucket/output/"
     *       },
     *       "priority": 60
     *     }
     */
    ExecuteBodyDto: {
      /** @default {} */
      parameters: {
        [key: string]: unknown;
      };
      priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
      version?: number;
    };
    /**
     * @example {
     *       "parameters": {
     *         "source_database": "production",
     *         "output_location": "s3://bucket/output/"
     *       },
     *       "priority": "high"
     *     }
     */
    ExecuteWorkflowDto: {
      /** @default {} */
      parameters: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      priority?: 'low' | 'medium' | 'high' | 'critical';
    };
    /**
     * @example {
     *       "from": "transform"
     *     }
     */
    ForkRunDto: {
      from: string;
      parameters?: {
        [key: string]: unknown;
      };
    };
    FoundDto: {
      data: {
        /** @enum {boolean} */
        degraded?: true;
        results: {
          capability: {
            agent_id: string;
            id: string;
            metadata: {
              [key: string]: unknown;
            };
            name: string;
          };
          similarity_score: number;
        }[];
      };
    };
    GroupAgentsDto: {
      data: {
        agents: {
          agent_id: string;
          capabilities: string[];
          /** @enum {string} */
          health: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
          /** Format: date-time */
          last_heartbeat: string;
          load: number;
        }[];
      };
    };
    GroupsDto: {
      data: {
        groups: {
          agents: number;
          capabilities: number;
          name: string;
        }[];
      };
    };
    HealthShownDto: {
      name: string;
      /** @enum {string} */
      service: 'agent-orchestration';
      /** @enum {string} */
      status: 'healthy' | 'degraded';
      /** Format: date-time */
      timestamp: string;
      version: string;
    };
    HeartbeatAnsweredDto: {
      certificateRenewal?: {
        ca: string;
        cert: string;
        /** Format: date-time */
        expiresAt: string;
      };
      tasks: {
        attempt: number;
        /** Format: date-time */
        createdAt: string;
        credentials: {
          [key: string]: string;
        };
        description?: string;
        instructions?: string;
        /** Format: date-time */
        leaseExpiresAt: string;
        /** Format: uuid */
        leaseToken: string;
        payload: {
          [key: string]: unknown;
        };
        priority: number;
        /** Format: uuid */
        taskId: string;
        taskType: string;
        timeout: number;
        title?: string;
      }[];
      token?: string;
    };
    HeartbeatDto: {
      /** @enum {string} */
      health?: 'healthy' | 'degraded' | 'error';
      load_metrics?: {
        [key: string]: number;
      };
    };
    HeartbeatReceivedDto: {
      agent_id: string;
      heartbeat_interval: number;
      message: string;
      /** Format: date-time */
      received_at: string;
      /** @enum {string} */
      status: 'success';
    };
    /**
     * @example {
     *       "input": "yes"
     *     }
     */
    InputBodyDto: {
      input: unknown;
    };
    /**
     * @example {
     *       "prompt": "May I delete the old backups?"
     *     }
     */
    InputRequiredBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
      prompt: string;
    };
    InputRequiredDto: {
      /** Format: date-time */
      requiredAt: string;
    };
    /**
     * @example {
     *       "name": "Finance",
     *       "parameters": {
     *         "words_per_part": 150
     *       }
     *     }
     */
    InstallTemplateDto: {
      /** @description Stands before the name of everything that is made */
      name?: string | null;
      /**
       * @description As the JSON Schema of the template says
       * @default {}
       */
      parameters: {
        [key: string]: unknown;
      };
      /** @description Absent: the newest */
      version?: number;
    };
    /**
     * @example {
     *       "block": [
     *         {
     *           "cidr": "203.0.113.0/24",
     *           "description": "scanners"
     *         }
     *       ]
     *     }
     */
    IpRulesChangesDto: {
      allow?: {
        cidr: string;
        description?: string;
      }[];
      block?: {
        cidr: string;
        description?: string;
      }[];
    };
    IpRulesDto: {
      allow: {
        cidr: string;
        description: string;
      }[];
      block: {
        cidr: string;
        description: string;
      }[];
    };
    IssuedRegistrationTokenDto: {
      /** Format: uuid */
      agent_id: string | null;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string;
      /** Format: uuid */
      id: string;
      labels: {
        [key: string]: string;
      };
      name: string | null;
      prefix: string;
      /** Format: date-time */
      revoked_at: string | null;
      /** @enum {string} */
      status: 'active' | 'used' | 'revoked' | 'expired';
      token: string;
      /** Format: date-time */
      used_at: string | null;
      /** Format: uuid */
      used_by: string | null;
    };
    LeaseBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
    };
    ListedApprovalDto: {
      allow_self: boolean;
      approvals: number;
      arguments_hash: string;
      /** Format: date-time */
      decided_at: string | null;
      description: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      may_decide: boolean;
      reason: string | null;
      /** Format: date-time */
      requested_at: string;
      requested_by: string | null;
      required: number;
      roles: string[];
      run: {
        node: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** @enum {string} */
      status: 'pending' | 'approved' | 'rejected' | 'expired' | 'voided';
      title: string;
      users: string[];
      votes: {
        /** Format: date-time */
        at: string;
        by: string;
        comment: string;
        /** @enum {string} */
        vote: 'approve' | 'reject';
      }[];
    };
    ListedCodeReviewDto: {
      /** Format: uuid */
      agent_id: string | null;
      base: string;
      branch: string;
      comment_count: number;
      commit: string;
      decision: {
        /** Format: date-time */
        at: string;
        by: string;
        comment: string;
        /** @enum {string} */
        decision: 'approved' | 'rejected';
        revision: number;
      } | null;
      description: string;
      /** Format: uuid */
      id: string;
      repository: string;
      /** Format: date-time */
      requested_at: string;
      requested_by: string;
      revision: number;
      /** Format: uuid */
      run_id: string | null;
      /** @enum {string} */
      status: 'pending' | 'approved' | 'rejected';
      /** Format: uuid */
      task_id: string | null;
      title: string;
      /** Format: date-time */
      updated_at: string;
    };
    ListedDispatchLimitDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      limit_id: string;
      max_concurrent?: number;
      rate?: {
        per_seconds: number;
        tasks: number;
      };
      running?: number;
      /** @enum {string} */
      scope: 'task_type' | 'concurrency_key' | 'queue';
      /** Format: date-time */
      updated_at: string;
      value: string;
    };
    ListedRunDto: {
      cause: {
        /** Format: uuid */
        id: string | null;
        /** @enum {string} */
        kind: 'request' | 'trigger' | 'run' | 'fork';
      };
      compensated: boolean;
      current_steps: string[];
      /** Format: date-time */
      deadline: string | null;
      depth: number;
      duration_seconds: number | null;
      /** Format: date-time */
      ended_at: string | null;
      failure: {
        class: string;
        message: string;
        node: string | null;
      } | null;
      fork: {
        from: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** Format: uuid */
      id: string;
      parent: {
        node: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** Format: date-time */
      paused_at: string | null;
      priority: number;
      /** @enum {string} */
      priority_name: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      revision: number;
      /** Format: date-time */
      started_at: string;
      started_by: string | null;
      /** @enum {string} */
      status: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
      steps: {
        cancelled: number;
        completed: number;
        failed: number;
        running: number;
        skipped: number;
        total: number;
        waiting: number;
      };
      /** Format: date-time */
      updated_at: string;
      version: number;
      waiting_approvals: {
        /** Format: uuid */
        approval_id: string;
        node: string;
      }[];
      /** Format: uuid */
      workflow_id: string;
      workflow_name: string;
    };
    ListedTemplateDto: {
      agents: number;
      category: string;
      description: string;
      id: string;
      name: string;
      tags: string[];
      triggers: number;
      version: number;
      workflows: number;
    };
    ListedVersionDto: {
      /** Format: date-time */
      created_at: string;
      version: number;
    };
    ListedWorkflowDto: {
      config: {
        [key: string]: unknown;
      };
      /** Format: date-time */
      created_at: string;
      description: string;
      /** Format: uuid */
      id: string;
      is_template: boolean;
      name: string;
      /** @enum {string} */
      status: 'active' | 'draft';
      step_count: number;
      /** Format: date-time */
      updated_at: string;
      version: number;
    };
    LoggedOutDto: {
      /** Format: date-time */
      ended_at: string;
      /** @enum {boolean} */
      logged_out: true;
    };
    /**
     * @example {
     *       "email": "ada@example.org",
     *       "password": "correct horse battery staple"
     *     }
     */
    LoginDto: {
      email?: string;
      mfa_token?: string;
      password?: string;
      recovery_code?: string;
      totp_code?: string;
    };
    /**
     * @example {
     *       "logs": [
     *         {
     *           "timestamp": "2026-01-10T14:23:45Z",
     *           "level": "info",
     *           "message": "Pulling image..."
     *         }
     *       ]
     *     }
     */
    LogsBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
      logs: {
        /** @enum {string} */
        level: 'debug' | 'info' | 'warn' | 'error';
        message: string;
        /** Format: date-time */
        timestamp: string;
      }[];
    };
    MetricsDto: {
      data: {
        /** @description From one point to the next; a point is at the beginning of its interval, and the last is not over */
        interval_seconds: number;
        metrics: {
          /** @description Agents that took tasks or were busy, at the end (count) */
          active_agents?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Attempts that failed and are repeated (count) */
          attempts_failed?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks that failed, expired or were dead-lettered, of those that ended (percent), no point where none ended */
          error_rate?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks that waited for an agent, at the end (count) */
          queue_depth?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Mean time from a task being ready to its assignment (milliseconds), no point where there was none */
          queue_wait?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Median of the same time (milliseconds), no point where there was none */
          queue_wait_p50?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description 99th percentile of the same time (milliseconds), no point where there was none */
          queue_wait_p99?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Mean time from the start of a task to its completion (milliseconds), no point where there was none */
          response_time?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Median of the same time (milliseconds), no point where there was none */
          response_time_p50?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description 99th percentile of the same time (milliseconds), no point where there was none */
          response_time_p99?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks that were worked at, at the end (count) */
          running_tasks?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Completed tasks, of those that ended (percent), no point where none ended */
          task_completion_rate?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks cancelled, or dead-lettered by hand (count) */
          tasks_cancelled?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks completed (count) */
          tasks_completed?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks failed, expired or dead-lettered (count) */
          tasks_failed?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Tasks submitted (count) */
          tasks_submitted?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Completed tasks (per minute) */
          throughput?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Mean time from the start of a run to its completion (milliseconds), no point where there was none */
          workflow_run_time?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Runs of workflows started (count) */
          workflow_runs?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Runs of workflows completed (count) */
          workflow_runs_completed?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
          /** @description Runs of workflows failed (count) */
          workflow_runs_failed?: {
            /** Format: date-time */
            timestamp: string;
            value: number;
          }[];
        };
        /** @enum {string} */
        period: '1h' | '24h' | '7d' | '30d';
      };
    };
    MfaActivatedDto: {
      /** Format: date-time */
      activated_at: string;
      /** @enum {boolean} */
      mfa_enabled: true;
      recovery_codes: string[];
    };
    /**
     * @example {
     *       "code": "123456"
     *     }
     */
    MfaCodeDto: {
      code: string;
    };
    MfaDisabledDto: {
      /** Format: date-time */
      disabled_at: string;
      /** @constant */
      mfa_enabled: false;
    };
    MfaDisablingDto: {
      code: string;
      password: string;
    };
    MfaSetupDto: {
      otpauth_url: string;
      qr_code: string;
      secret: string;
    };
    /**
     * @example {
     *       "name": "CI",
     *       "scopes": [
     *         "tasks:submit",
     *         "tasks:read"
     *       ],
     *       "expires_at": "2030-01-01T00:00:00Z"
     *     }
     */
    NewApiKeyDto: {
      /**
       * Format: date-time
       * @default null
       */
      expires_at: string | null;
      name: string;
      /** @default null */
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
    };
    /**
     * @example {
     *       "agent_id": "document-processor",
     *       "capability": "document.ocr",
     *       "metadata": {
     *         "supported_formats": [
     *           "pdf",
     *           "png",
     *           "jpg"
     *         ],
     *         "max_file_size_mb": 50,
     *         "version": "1.0.0"
     *       },
     *       "groups": [
     *         "production",
     *         "us-east"
     *       ]
     *     }
     */
    NewCapabilityDto: {
      agent_id: string;
      capability: string;
      groups?: string[];
      /** @default {} */
      metadata: {
        [key: string]: unknown;
      };
    };
    /**
     * @example {
     *       "name": "on call",
     *       "type": "email",
     *       "config": {
     *         "to": [
     *           "on-call@example.org"
     *         ],
     *         "subject_prefix": "[agents]"
     *       }
     *     }
     */
    NewChannelDto: {
      /** @description email: to (1 to 50 addresses), from, smtp_url, subject_prefix. slack: webhook_url, channel, username. telegram: bot_token, chat_id, api_url. webhook: url, headers, secret (whsec_…). It is kept in the vault and never shown. */
      config: {
        [key: string]: unknown;
      };
      description?: string;
      /** @default true */
      enabled: boolean;
      name: string;
      /** @enum {string} */
      type: 'email' | 'slack' | 'telegram' | 'webhook';
    };
    /**
     * @example {
     *       "task_id": "01890a5d-ac96-774b-bcce-b302099a8057",
     *       "reason": "the target is gone"
     *     }
     */
    NewDeadLetterDto: {
      reason?: string;
      task_id: string;
    };
    /**
     * @example {
     *       "name": "reporting",
     *       "scopes": [
     *         "tasks:read"
     *       ]
     *     }
     */
    NewOAuthClientDto: {
      name: string;
      /** @default null */
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
    };
    /**
     * @example {
     *       "name": "agent-prod-01",
     *       "labels": {
     *         "datacenter": "us-east-1"
     *       }
     *     }
     */
    NewRegistrationTokenDto: {
      /** @default null */
      agent_id: string | null;
      /** @default 86400 */
      expires_in_seconds: number;
      labels?: {
        [key: string]: string;
      };
      name?: string | null;
    };
    /**
     * @example {
     *       "name": "builds that fail",
     *       "events": [
     *         "task.failed"
     *       ],
     *       "condition": "task.type == \"build\" && event.data.failure.class != \"Cancelled\"",
     *       "severity": "warning",
     *       "recipients": {
     *         "roles": [
     *           "operator"
     *         ]
     *       },
     *       "subject": "${{ task.title }} failed",
     *       "body": "${{ event.data.failure.message }}",
     *       "throttle": {
     *         "max": 10,
     *         "seconds": 3600
     *       },
     *       "hours": 24
     *     }
     */
    NewRuleDryRunDto: {
      body?: string;
      /** @default [] */
      channels: string[];
      /** @description CEL over event {name, position, time, subject {kind, id}, data} and, of events task.*, task {type, title, priority, pool, capabilities, submitted_at}; null: always */
      condition?: string | null;
      description?: string;
      /** @default true */
      enabled: boolean;
      event?: string;
      events?: string[];
      group?: {
        by?: string | null;
        seconds: number;
      } | null;
      /** @default 24 */
      hours: number;
      name?: string;
      /**
       * @default {
       *       "users": [],
       *       "roles": []
       *     }
       */
      recipients: {
        /** @default [] */
        roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
        /** @default [] */
        users: string[];
      };
      /**
       * @default info
       * @enum {string}
       */
      severity: 'info' | 'warning' | 'critical';
      /** @description Text with ${{ CEL }} in it, which also knows count and events of a group */
      subject?: string;
      /** @default null */
      throttle: {
        max: number;
        seconds: number;
      } | null;
    };
    /**
     * @example {
     *       "name": "builds that fail",
     *       "events": [
     *         "task.failed"
     *       ],
     *       "condition": "task.type == \"build\" && event.data.failure.class != \"Cancelled\"",
     *       "severity": "warning",
     *       "recipients": {
     *         "roles": [
     *           "operator"
     *         ]
     *       },
     *       "subject": "${{ task.title }} failed",
     *       "body": "${{ event.data.failure.message }}",
     *       "throttle": {
     *         "max": 10,
     *         "seconds": 3600
     *       }
     *     }
     */
    NewRuleDto: {
      body?: string;
      /** @default [] */
      channels: string[];
      /** @description CEL over event {name, position, time, subject {kind, id}, data} and, of events task.*, task {type, title, priority, pool, capabilities, submitted_at}; null: always */
      condition?: string | null;
      description?: string;
      /** @default true */
      enabled: boolean;
      event?: string;
      events?: string[];
      group?: {
        by?: string | null;
        seconds: number;
      } | null;
      name: string;
      /**
       * @default {
       *       "users": [],
       *       "roles": []
       *     }
       */
      recipients: {
        /** @default [] */
        roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
        /** @default [] */
        users: string[];
      };
      /**
       * @default info
       * @enum {string}
       */
      severity: 'info' | 'warning' | 'critical';
      /** @description Text with ${{ CEL }} in it, which also knows count and events of a group */
      subject?: string;
      /** @default null */
      throttle: {
        max: number;
        seconds: number;
      } | null;
    };
    /**
     * @example {
     *       "name": "registry password",
     *       "value": "s3cret",
     *       "category": "registry"
     *     }
     */
    NewSecretDto: {
      category?: string;
      description?: string;
      /**
       * Format: date-time
       * @default null
       */
      expires_at: string | null;
      name: string;
      value: string;
    };
    /**
     * @example {
     *       "name": "web-1",
     *       "hostname": "web-1.internal",
     *       "port": 22,
     *       "username": "deploy",
     *       "auth_method": "private_key",
     *       "secret_id": "01890a5d-ac96-774b-bcce-b302099a8057"
     *     }
     */
    NewSshConnectionDto: {
      /** @enum {string} */
      auth_method: 'password' | 'private_key';
      description?: string;
      /** @default null */
      host_key: string | null;
      hostname: string;
      name: string;
      /**
       * Format: uuid
       * @default null
       */
      passphrase_secret_id: string | null;
      /** @default 22 */
      port: number;
      /**
       * Format: uuid
       * @default null
       */
      secret_id: string | null;
      tags?: string[];
      username: string;
    };
    /**
     * @description A step: name or key, step_type, order, config, agent_id, depends_on
     * @example {
     *       "name": "Publish",
     *       "step_type": "task",
     *       "order": 3,
     *       "config": {
     *         "type": "publish"
     *       },
     *       "depends_on": [
     *         "Data Processing"
     *       ]
     *     }
     */
    NewStepDto: {
      [key: string]: unknown;
    };
    /**
     * @example {
     *       "name": "retry what failed at night",
     *       "type": "event",
     *       "config": {
     *         "events": [
     *           "task.failed"
     *         ],
     *         "condition": "task.type == \"report\""
     *       },
     *       "action": {
     *         "type": "create_task",
     *         "task": {
     *           "type": "report",
     *           "title": "Again: ${{ task.title }}",
     *           "payload": {
     *             "of": "${{ event.subject.id }}"
     *           }
     *         }
     *       },
     *       "throttle": {
     *         "max": 10,
     *         "seconds": 3600
     *       }
     *     }
     */
    NewTriggerDto: {
      /** @description What it does. Text with ${{ CEL }} in it; one expression alone gives its value as it is */
      action:
        | {
            task: {
              agent_id?: string;
              agent_type?: string;
              capabilities?: string[];
              concurrency_key?: string;
              description?: string;
              fairness_key?: string;
              instructions?: string;
              lease_seconds?: number;
              /** @enum {string} */
              on_agent_lost?: 'requeue' | 'wait' | 'fail';
              /** @default {} */
              payload: {
                [key: string]: unknown;
              };
              priority?: number | string;
              retry?: {
                factor?: number;
                initial_delay_ms?: number;
                jitter?: number;
                max_attempts?: number;
                max_delay_ms?: number;
                non_retryable?: string[];
              };
              title?: string;
              type: string;
            };
            /** @enum {string} */
            type: 'create_task';
          }
        | {
            /** @default {} */
            parameters: {
              [key: string]: unknown;
            };
            priority?: number | string;
            /** @enum {string} */
            type: 'execute_workflow';
            version?: number;
            /** Format: uuid */
            workflow_id: string;
          }
        | {
            body?: string;
            /** @default [] */
            channels: string[];
            /**
             * @default {
             *       "users": [],
             *       "roles": []
             *     }
             */
            recipients: {
              /** @default [] */
              roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
              /** @default [] */
              users: string[];
            };
            /**
             * @default info
             * @enum {string}
             */
            severity: 'info' | 'warning' | 'critical';
            subject: string;
            /** @enum {string} */
            type: 'send_notification';
          };
      /**
       * @description By type. cron: expression (5 fields, or 6 with seconds first), time_zone, catch_up (skip, once, all).
       *     event: events (names or patterns), condition (CEL over event and task). webhook: signature (standard, github).
       *     condition: condition (CEL over queue, agents, tasks), every_seconds.
       */
      config: {
        [key: string]: unknown;
      };
      description?: string;
      /** @default true */
      enabled: boolean;
      name: string;
      /** @description Of a webhook trigger: what requests are signed with. Absent: one is made up and shown once */
      secret?: string;
      /**
       * @description It fires at most max times in so many seconds; null: no limit
       * @default {
       *       "max": 60,
       *       "seconds": 60
       *     }
       */
      throttle: {
        max: number;
        seconds: number;
      } | null;
      /** @enum {string} */
      type: 'cron' | 'event' | 'webhook' | 'condition';
    };
    /**
     * @example {
     *       "email": "ada@example.org",
     *       "password": "correct horse battery staple",
     *       "full_name": "Ada Lovelace",
     *       "role": "operator"
     *     }
     */
    NewUserDto: {
      email: string;
      full_name: string;
      password: string;
      /** @enum {string} */
      role: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
    };
    /**
     * @example {
     *       "url": "https://example.org/hooks/agents",
     *       "events": [
     *         "task.completed",
     *         "task.failed"
     *       ],
     *       "filter": "event.name == \"task.failed\" || event.data.status == \"completed\""
     *     }
     */
    NewWebhookDto: {
      description?: string;
      /** @default true */
      enabled: boolean;
      /** @description Names or patterns such as `task.*` or `*`. Names: agent.registered, agent.updated, agent.status, agent.deregistered, worker.registered, worker.updated, worker.online, worker.degraded, worker.offline, task.created, task.updated, task.completed, task.failed, workflow.started, workflow.step, workflow.updated, workflow.completed, workflow.failed, workflow.cancelled, approval.requested, approval.approved, approval.rejected, approval.expired, system.alert */
      events: string[];
      /** @description CEL over `event`: name, position, time, subject, data */
      filter?: string | null;
      /** @description What deliveries are signed with: whsec_ and base64 of 24 to 64 bytes. Absent: one is made up and shown once */
      secret?: string;
      url: string;
    };
    /**
     * @example {
     *       "name": "worker-1",
     *       "hostname": "rack-1.example.org",
     *       "ip_address": "10.0.0.7",
     *       "max_agents": 10,
     *       "cpu_cores": 8,
     *       "memory_total_mb": 16384,
     *       "os_info": "Ubuntu 24.04"
     *     }
     */
    NewWorkerDto: {
      cpu_cores: number;
      /** @default 30 */
      heartbeat_interval_seconds: number;
      hostname: string;
      ip_address: string;
      max_agents: number;
      memory_total_mb: number;
      name: string;
      os_info?: string;
    };
    /**
     * @example {
     *       "name": "Data Pipeline Workflow",
     *       "description": "Complete data processing pipeline",
     *       "is_template": false,
     *       "steps": [
     *         {
     *           "name": "Data Extraction",
     *           "step_type": "task",
     *           "config": {
     *             "type": "extract",
     *             "agent_type": "data_extractor"
     *           }
     *         },
     *         {
     *           "name": "Data Processing",
     *           "step_type": "task",
     *           "config": {
     *             "type": "process",
     *             "payload": {
     *               "rows": "${{ steps.data_extraction.output.rows }}"
     *             }
     *           },
     *           "depends_on": [
     *             "Data Extraction"
     *           ]
     *         }
     *       ]
     *     }
     */
    NewWorkflowDto: {
      /**
       * @description The caller's own, at most 32 KiB; a definition's fields may stand in it too
       * @default {}
       */
      config: {
        [key: string]: unknown;
      };
      description?: string;
      /** @default false */
      is_template: boolean;
      /** @description Steps at work at once */
      max_parallel?: unknown;
      name: string;
      /** @description stop or compensate */
      on_failure?: unknown;
      /** @description What a run gives back, with ${{ CEL }} in its texts */
      output?: unknown;
      /** @description JSON Schema (2020-12) of a run's parameters */
      parameters?: unknown;
      /** @description Steps, each with key or name (the other follows), type or step_type (task, approval, signal, timer, condition, parallel, map, workflow, webhook, compensate), and what it does as config or under its type's name; order or depends_on; of a task also agent_id, agent_type, capabilities */
      steps?: unknown;
      /** @description Of a whole run */
      timeout_seconds?: unknown;
    };
    NextTimesDto: {
      time_zone: string;
      times: string[];
    };
    OAuthErrorDto: {
      error: string;
      error_description: string;
    };
    OperationsWorkflowEnvelopeDto: {
      data: {
        /** Format: date-time */
        created_at: string;
        description: string;
        id: string;
        name: string;
        /** @enum {string} */
        status: 'active' | 'draft';
        steps: {
          agent_type: string | null;
          id: string;
          name: string;
          order: number;
        }[];
      };
    };
    OperationsWorkflowPageDto: {
      data: {
        /** Format: date-time */
        created_at: string;
        description: string;
        id: string;
        name: string;
        /** @enum {string} */
        status: 'active' | 'draft';
        steps: {
          agent_type: string | null;
          id: string;
          name: string;
          order: number;
        }[];
      }[];
      pagination: {
        limit: number;
        page: number;
        pages: number;
        total: number;
      };
    };
    PasswordChangedDto: {
      /** @enum {boolean} */
      changed: true;
      /** Format: date-time */
      changed_at: string;
    };
    PasswordChangeDto: {
      current_password: string;
      new_password: string;
    };
    /**
     * @example {
     *       "min_length": 15
     *     }
     */
    PasswordPolicyChangesDto: {
      min_length?: number;
      refuse_common?: boolean;
      require_digit?: boolean;
      require_lowercase?: boolean;
      require_symbol?: boolean;
      require_uppercase?: boolean;
    };
    PasswordPolicyDto: {
      min_length: number;
      refuse_common: boolean;
      require_digit: boolean;
      require_lowercase: boolean;
      require_symbol: boolean;
      require_uppercase: boolean;
    };
    PauseBodyDto: {
      reason?: string;
    };
    /**
     * @example {
     *       "status": "healthy",
     *       "resourceUsage": {
     *         "cpu": 15.5,
     *         "memory": 45.2,
     *         "disk": 60
     *       },
     *       "runningTasks": 2
     *     }
     */
    PlatformHeartbeatDto: {
      resourceUsage?: {
        cpu?: number;
        disk?: number;
        memory?: number;
      };
      runningTasks?: number;
      /** @enum {string} */
      status?: 'healthy' | 'degraded' | 'unhealthy' | 'error';
    };
    /**
     * @example {
     *       "events": [
     *         "task.failed",
     *         "system.*"
     *       ],
     *       "mail": true,
     *       "mail_from": "warning",
     *       "quiet_hours": {
     *         "from": "22:00",
     *         "to": "07:00",
     *         "zone": "Europe/Berlin"
     *       },
     *       "digest": {
     *         "mode": "window",
     *         "minutes": 30
     *       }
     *     }
     */
    PreferenceChangesDto: {
      digest?:
        | {
            /** @enum {string} */
            mode: 'off';
          }
        | {
            minutes: number;
            /** @enum {string} */
            mode: 'window';
          }
        | {
            at: string;
            /** @enum {string} */
            mode: 'daily';
            zone: string;
          };
      events?: string[];
      mail?: boolean;
      /** @enum {string} */
      mail_from?: 'info' | 'warning' | 'critical';
      quiet_hours?: {
        from: string;
        to: string;
        zone: string;
      } | null;
    };
    /**
     * @example {
     *       "prices": [
     *         {
     *           "provider": "openai",
     *           "model": "gpt-4o*",
     *           "currency": "USD",
     *           "effective_from": "2026-01-01",
     *           "input_per_million": 2.5,
     *           "cached_input_per_million": 1.25,
     *           "output_per_million": 10
     *         }
     *       ]
     *     }
     */
    PricesDto: {
      prices: {
        cached_input_per_million?: number;
        currency: string;
        effective_from: string;
        input_per_million: number;
        model: string;
        output_per_million: number;
        provider: string;
      }[];
    };
    Problem: {
      /** @description A stable word for a program */
      code: string;
      /** @description One sentence for a person; what the coordinator promises in `detail` */
      detail: string;
      errors: {
        message: string;
        /** @description JSON pointer into the body, or /path/…, /query/…, /headers/… */
        pointer: string;
      }[];
      /** Format: uuid */
      request_id: string;
      status: number;
      title: string;
      type: string;
    };
    ProfileDto: {
      full_name: string;
    };
    /**
     * @example {
     *       "progress": 65,
     *       "message": "batch 7 of 10"
     *     }
     */
    ProgressBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
      message?: string;
      progress: number;
    };
    ProviderCostDto: {
      cached_input_tokens: number;
      /** @description Rounded to a millionth; exact sums are kept inside */
      cost: number;
      currency: string;
      duration_ms: number;
      input_tokens: number;
      models: {
        cached_input_tokens: number;
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
        duration_ms: number;
        input_tokens: number;
        model: string;
        other_costs: {
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          currency: string;
        }[];
        output_tokens: number;
        reports: number;
        unpriced: {
          cached_input_tokens: number;
          input_tokens: number;
          output_tokens: number;
          reports: number;
        };
      }[];
      other_costs: {
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
      }[];
      output_tokens: number;
      provider: string;
      reports: number;
      unpriced: {
        cached_input_tokens: number;
        input_tokens: number;
        output_tokens: number;
        reports: number;
      };
    };
    QueueClearedDto: {
      cleared: number;
      message: string;
      /** @enum {string} */
      priority: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      /** @enum {string} */
      status: 'success';
    };
    QueueStatsDto: {
      queue_sizes: {
        critical: number;
        high: number;
        low: number;
        normal: number;
        urgent: number;
      };
      stats: {
        avg_distribution_time: number;
        dispatcher: {
          agents: number;
          assigned: number;
          dispatch_latency: {
            p50: number;
            p99: number;
          } | null;
          epoch: number;
          pool: string;
          ready: {
            [key: string]: number;
          };
        } | null;
        load_balancer_stats: {
          active_agents: number;
          agent_weights: number;
          avg_agent_load: number;
          failed_assignments: number;
          strategy: string;
          success_rate: number;
          successful_assignments: number;
          total_assignments: number;
        };
        queue_sizes: {
          critical: number;
          high: number;
          low: number;
          normal: number;
          urgent: number;
        };
        tasks_by_status: {
          [key: string]: number;
        };
        tasks_completed: number;
        tasks_distributed: number;
        tasks_failed: number;
        total_queued: number;
      };
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      timestamp: string;
    };
    ReadAllDto: {
      read_until: number;
      unread_count: number;
    };
    RedeliveryDto: {
      /** Format: uuid */
      delivery_id: string;
      /** Format: date-time */
      next_attempt_at: string;
    };
    RefreshDto: {
      refresh_token: string;
    };
    /**
     * @example {
     *       "agent_id": "hermes-agent",
     *       "agent_type": "worker",
     *       "capabilities": [
     *         "data-processing",
     *         "analysis"
     *       ],
     *       "services": [
     *         "task-execution"
     *       ],
     *       "endpoints": {
     *         "http": "http://localhost:9002"
     *       },
     *       "metadata": {
     *         "version": "1.0.0"
     *       }
     *     }
     */
    RegisterAgentDto: {
      agent_id: string;
      /** @enum {string} */
      agent_type: 'worker' | 'provider' | 'consumer' | 'general';
      capabilities?: string[];
      endpoints?: {
        [key: string]: string;
      };
      heartbeat_interval_seconds?: number;
      max_concurrent_tasks?: number;
      /** @default {} */
      metadata: {
        [key: string]: unknown;
      };
      name?: string;
      services?: string[];
      tags?: string[];
      version?: string;
    };
    /**
     * @example {
     *       "email": "ada@example.org",
     *       "password": "correct horse battery staple",
     *       "full_name": "Ada Lovelace"
     *     }
     */
    RegistrationDto: {
      email: string;
      full_name: string;
      password: string;
    };
    RenewedDto: {
      /** Format: date-time */
      leaseExpiresAt: string;
    };
    RetryAllAnsweredDto: {
      count: number;
      dry_run: boolean;
      /** Format: uuid */
      retry_id: string | null;
      /** Format: date-time */
      started_at: string | null;
    };
    /**
     * @example {
     *       "class": "timeout",
     *       "rate_per_second": 10
     *     }
     */
    RetryAllDto: {
      agent_id?: string;
      class?: string;
      /** @default false */
      dry_run: boolean;
      rate_per_second?: number;
      reason?: string;
      /** Format: date-time */
      since?: string;
      type?: string;
    };
    RetryBodyDto: {
      /** Format: date-time */
      not_before?: string;
    };
    RetryRunDto: {
      from?: string;
    };
    ReturnBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
      reason?: string;
    };
    ReturnedDto: {
      /** Format: date-time */
      returnedAt: string;
    };
    RevokedDto: {
      /** Format: uuid */
      id: string;
      /** @enum {boolean} */
      revoked: true;
      /** Format: date-time */
      revoked_at: string;
    };
    RotatedAgentCaDto: {
      /** Format: uuid */
      ca_id: string;
      /** Format: date-time */
      expires_at: string;
    };
    RotatedSigningKeyDto: {
      /** Format: uuid */
      key_id: string;
    };
    RotationDto: {
      /** Format: date-time */
      expires_at?: string | null;
      value?: string;
    };
    RoutesDto: {
      data: {
        agents: {
          agent_id: string;
          capability: string;
          /** @enum {string} */
          health: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
          /** Format: date-time */
          last_heartbeat: string;
          load: number;
          metadata: {
            [key: string]: unknown;
          };
        }[];
        /** @enum {string} */
        strategy:
          | 'round_robin'
          | 'least_loaded'
          | 'random'
          | 'first_available'
          | 'weighted'
          | 'latency'
          | 'trust'
          | 'least_connections';
      };
    };
    /**
     * @example {
     *       "enabled": false
     *     }
     */
    RuleChangesDto: {
      body?: string;
      channels?: string[];
      /** @description CEL over event {name, position, time, subject {kind, id}, data} and, of events task.*, task {type, title, priority, pool, capabilities, submitted_at}; null: always */
      condition?: string | null;
      description?: string;
      enabled?: boolean;
      event?: string;
      events?: string[];
      group?: {
        by?: string | null;
        seconds: number;
      } | null;
      name?: string;
      recipients?: {
        /** @default [] */
        roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
        /** @default [] */
        users: string[];
      };
      /** @enum {string} */
      severity?: 'info' | 'warning' | 'critical';
      /** @description Text with ${{ CEL }} in it, which also knows count and events of a group */
      subject?: string;
      throttle?: {
        max: number;
        seconds: number;
      } | null;
    };
    /**
     * @example {
     *       "hours": 24
     *     }
     */
    RuleDryRunDto: {
      /** @default 24 */
      hours: number;
    };
    RuleDryRunReportDto: {
      errors: number;
      events: number;
      first_error: string | null;
      /** Format: date-time */
      from: string;
      matched: number;
      samples: {
        body: string;
        event: string;
        position: number;
        subject: string;
        /** Format: date-time */
        time: string;
      }[];
      throttled: number;
      truncated: boolean;
      would_send: number;
    };
    RunEnvelopeDto: {
      data: {
        /** Format: date-time */
        completed_at: string | null;
        /** Format: date-time */
        created_at: string;
        duration: number | null;
        failure: {
          class: string;
          message: string;
          node: string | null;
        } | null;
        id: string;
        parameters: {
          [key: string]: unknown;
        };
        /** @enum {string} */
        priority: 'low' | 'medium' | 'high' | 'critical';
        result: unknown;
        run_id: string;
        /** Format: date-time */
        started_at: string;
        /** @enum {string} */
        status: 'pending' | 'running' | 'completed' | 'failed';
        /** @enum {string} */
        status_detail: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
        steps: {
          /** Format: date-time */
          completed_at: string | null;
          id: string;
          name: string;
          /** Format: date-time */
          started_at: string | null;
          /** @enum {string} */
          status: 'pending' | 'running' | 'completed' | 'failed';
          status_detail: string;
        }[];
        version: number;
        workflow_id: string;
        workflow_name: string;
      };
    };
    RunPageDto: {
      data: {
        /** Format: date-time */
        completed_at: string | null;
        /** Format: date-time */
        created_at: string;
        duration: number | null;
        failure: {
          class: string;
          message: string;
          node: string | null;
        } | null;
        id: string;
        /** @enum {string} */
        priority: 'low' | 'medium' | 'high' | 'critical';
        run_id: string;
        /** Format: date-time */
        started_at: string;
        /** @enum {string} */
        status: 'pending' | 'running' | 'completed' | 'failed';
        /** @enum {string} */
        status_detail: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
        version: number;
        workflow_id: string;
        workflow_name: string;
      }[];
      pagination: {
        limit: number;
        page: number;
        pages: number;
        total: number;
      };
    };
    RunReasonDto: {
      reason?: string;
    };
    /**
     * @example {
     *       "name": "delivered",
     *       "payload": {
     *         "parcels": 2
     *       }
     *     }
     */
    RunSignalDto: {
      correlation?: string;
      name: string;
      /** @default null */
      payload: unknown;
    };
    /**
     * @example {
     *       "name": "nightly report",
     *       "timing": {
     *         "type": "cron",
     *         "expression": "30 2 * * 1-5",
     *         "time_zone": "Europe/Berlin"
     *       },
     *       "task": {
     *         "type": "report",
     *         "payload": {
     *           "of": "yesterday"
     *         },
     *         "priority": "low"
     *       },
     *       "catch_up": "once",
     *       "overlap": "skip"
     *     }
     */
    ScheduleBodyDto: {
      /**
       * @default once
       * @enum {string}
       */
      catch_up: 'skip' | 'once' | 'all';
      description?: string;
      /** Format: date-time */
      ends_at?: string | null;
      /** @default 0 */
      jitter_seconds: number;
      name: string;
      /**
       * @default skip
       * @enum {string}
       */
      overlap: 'allow' | 'skip' | 'queue' | 'cancel_previous';
      /** @default false */
      paused: boolean;
      /** Format: date-time */
      starts_at?: string | null;
      /**
       * @example {
       *       "title": "Summarise the report",
       *       "instructions": "Summarise it in ten lines.",
       *       "payload": {
       *         "url": "https://example.org"
       *       },
       *       "priority": "high",
       *       "required_tools": [
       *         "browser"
       *       ]
       *     }
       */
      task: {
        agent_id?: string;
        concurrency_key?: string;
        credentials?: {
          name: string;
          secret: string;
          version?: number;
        }[];
        /** Format: date-time */
        deadline?: string;
        delay_seconds?: number;
        depends_on?: string[];
        description?: string;
        fairness_key?: string;
        instructions?: string;
        lease_seconds?: number;
        /** Format: date-time */
        not_before?: string;
        /** @enum {string} */
        on_agent_lost?: 'requeue' | 'wait' | 'fail';
        /** @enum {string} */
        on_dependency_failure?: 'cancel' | 'run';
        /** @default {} */
        payload: {
          [key: string]: unknown;
        };
        priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
        required_tools?: string[];
        requirements?: {
          agent_id?: string;
          agent_type?: string;
          capabilities?: string[];
        };
        retry?: {
          factor?: number;
          initial_delay_ms?: number;
          jitter?: number;
          max_attempts?: number;
          max_delay_ms?: number;
          non_retryable?: string[];
        };
        title?: string;
        type?: string;
      };
      timing:
        | {
            expression: string;
            time_zone?: string;
            /** @enum {string} */
            type: 'cron';
          }
        | {
            seconds: number;
            /** @enum {string} */
            type: 'interval';
          }
        | {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            type: 'at';
          };
    };
    /**
     * @example {
     *       "timing": {
     *         "type": "interval",
     *         "seconds": 900
     *       },
     *       "overlap": "queue"
     *     }
     */
    ScheduleChangesDto: {
      /** @enum {string} */
      catch_up?: 'skip' | 'once' | 'all';
      description?: string;
      /** Format: date-time */
      ends_at?: string | null;
      jitter_seconds?: number;
      /** @enum {string} */
      overlap?: 'allow' | 'skip' | 'queue' | 'cancel_previous';
      /** Format: date-time */
      starts_at?: string | null;
      /**
       * @example {
       *       "title": "Summarise the report",
       *       "instructions": "Summarise it in ten lines.",
       *       "payload": {
       *         "url": "https://example.org"
       *       },
       *       "priority": "high",
       *       "required_tools": [
       *         "browser"
       *       ]
       *     }
       */
      task?: {
        agent_id?: string;
        concurrency_key?: string;
        credentials?: {
          name: string;
          secret: string;
          version?: number;
        }[];
        /** Format: date-time */
        deadline?: string;
        delay_seconds?: number;
        depends_on?: string[];
        description?: string;
        fairness_key?: string;
        instructions?: string;
        lease_seconds?: number;
        /** Format: date-time */
        not_before?: string;
        /** @enum {string} */
        on_agent_lost?: 'requeue' | 'wait' | 'fail';
        /** @enum {string} */
        on_dependency_failure?: 'cancel' | 'run';
        /** @default {} */
        payload: {
          [key: string]: unknown;
        };
        priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
        required_tools?: string[];
        requirements?: {
          agent_id?: string;
          agent_type?: string;
          capabilities?: string[];
        };
        retry?: {
          factor?: number;
          initial_delay_ms?: number;
          jitter?: number;
          max_attempts?: number;
          max_delay_ms?: number;
          non_retryable?: string[];
        };
        title?: string;
        type?: string;
      };
      timing?:
        | {
            expression: string;
            time_zone?: string;
            /** @enum {string} */
            type: 'cron';
          }
        | {
            seconds: number;
            /** @enum {string} */
            type: 'interval';
          }
        | {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            type: 'at';
          };
    };
    SchedulePauseDto: {
      reason?: string;
    };
    ScheduleTriggerDto: {
      payload?: {
        [key: string]: unknown;
      };
    };
    /**
     * @example {
     *       "query": "I need to extract text from PDF documents",
     *       "top_k": 5,
     *       "min_score": 0.6
     *     }
     */
    SearchDto: {
      group?: string;
      /** @enum {string} */
      health?: 'healthy' | 'degraded' | 'unhealthy' | 'unknown';
      /** @default 0 */
      min_score: number;
      query: string;
      /** @default 5 */
      top_k: number;
    };
    /**
     * @example {
     *       "description": "of the staging registry"
     *     }
     */
    SecretChangesDto: {
      category?: string;
      description?: string;
      /** Format: date-time */
      expires_at?: string | null;
      name?: string;
      value?: string;
    };
    /**
     * @example {
     *       "mfa_required_roles": [
     *         "admin"
     *       ],
     *       "session_hours": 24
     *     }
     */
    SecurityChangesDto: {
      access_token_minutes?: number;
      login_failures_per_account?: number;
      login_failures_per_address?: number;
      login_window_minutes?: number;
      mfa_required_roles?: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
      recent_login_minutes?: number;
      registration_open?: boolean;
      session_hours?: number;
    };
    SecuritySettingsDto: {
      access_token_minutes: number;
      login_failures_per_account: number;
      login_failures_per_address: number;
      login_window_minutes: number;
      mfa_required_roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
      recent_login_minutes: number;
      registration_open: boolean;
      session_hours: number;
    };
    /**
     * @example {
     *       "value": 500
     *     }
     */
    SettingBodyDto: {
      value: unknown;
    };
    SettingHistoryDto: {
      actor: {
        id: string;
        type: string;
      };
      /** Format: date-time */
      changed_at: string;
      position: number;
      previous: unknown;
      value: unknown;
    }[];
    /**
     * @example {
     *       "settings": {
     *         "general.time_zone": "Europe/Berlin",
     *         "tasks.lease_seconds": 120
     *       }
     *     }
     */
    SettingsBodyDto: {
      settings: {
        [key: string]: unknown;
      };
    };
    SettingsChangedDto: {
      changed: string[];
      /** Format: date-time */
      changed_at: string;
    };
    SettingsDto: {
      [key: string]: {
        [key: string]: {
          default: unknown;
          description: string;
          /** @enum {string} */
          type: 'string' | 'integer' | 'number' | 'boolean' | 'json';
          value: unknown;
        };
      };
    };
    ShownAgentDto: {
      agent_type: string;
      assigned_targets: string[];
      assignedTargets: string[];
      capabilities: string[];
      configuration: {
        [key: string]: unknown;
      };
      description: string;
      enabled_tools: string[];
      endpoints: {
        [key: string]: string;
      };
      environment: string;
      external_id: string | null;
      /** @enum {string} */
      health: 'healthy' | 'degraded' | 'error';
      health_score: number;
      heartbeat_interval_seconds: number;
      /** Format: uuid */
      id: string;
      labels: {
        [key: string]: string;
      };
      /** Format: date-time */
      last_heartbeat: string;
      /** Format: date-time */
      lastHeartbeat: string;
      /** @enum {string} */
      lifecycle: 'initializing' | 'active' | 'draining' | 'stopped' | 'deleted';
      /** @enum {string} */
      liveness: 'online' | 'degraded' | 'offline' | 'unknown';
      llm_model: string;
      llm_provider: string;
      /** @enum {string} */
      load: 'idle' | 'busy';
      load_metrics: {
        [key: string]: number;
      };
      max_concurrent_tasks: number;
      metadata: {
        [key: string]: unknown;
      };
      name: string;
      /** @enum {string} */
      platform_status: 'idle' | 'busy' | 'offline' | 'error';
      /** Format: date-time */
      registered_at: string;
      /** Format: date-time */
      registeredAt: string;
      resource_usage: {
        cpu: number | null;
        memory: number | null;
      };
      resourceUsage: {
        cpu: number | null;
        memory: number | null;
      };
      revision: number;
      role: string;
      services: string[];
      /** @enum {string} */
      status: 'online' | 'offline' | 'degraded';
      system_prompt: string;
      tags: string[];
      /** Format: date-time */
      updated_at: string;
      version: string;
      weight: number;
      /** Format: uuid */
      worker_id: string | null;
    };
    ShownAlertDto: {
      /** Format: date-time */
      cleared_at: string | null;
      details: {
        [key: string]: (string | number | boolean) | null;
      };
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      kind:
        | 'service_unhealthy'
        | 'subscription_lagging'
        | 'events_parked'
        | 'dead_letters_growing'
        | 'budget_threshold'
        | 'certificate_expiring'
        | 'secret_expiring'
        | 'webhook_failing'
        | 'webhook_disabled'
        | 'channel_failing';
      message: string;
      /** Format: date-time */
      raised_at: string;
      /** @enum {string} */
      severity: 'info' | 'warning' | 'critical';
      source: string;
      /** @enum {string} */
      status: 'raised' | 'cleared';
      times: number;
      /** Format: date-time */
      updated_at: string;
    };
    ShownApiKeyDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      last_used_at: string | null;
      name: string;
      owner: {
        id: string;
        /** @enum {string} */
        type: 'user' | 'bootstrap';
      };
      prefix: string;
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      /** Format: date-time */
      revoked_at: string | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
      /** @enum {string} */
      status: 'active' | 'expired' | 'revoked';
    };
    ShownApprovalDto: {
      allow_self: boolean;
      approvals: number;
      arguments: unknown;
      arguments_hash: string;
      /** Format: date-time */
      decided_at: string | null;
      description: string;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      may_decide: boolean;
      reason: string | null;
      /** Format: date-time */
      requested_at: string;
      requested_by: string | null;
      required: number;
      roles: string[];
      run: {
        node: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** @enum {string} */
      status: 'pending' | 'approved' | 'rejected' | 'expired' | 'voided';
      title: string;
      users: string[];
      votes: {
        /** Format: date-time */
        at: string;
        by: string;
        comment: string;
        /** @enum {string} */
        vote: 'approve' | 'reject';
      }[];
    };
    ShownBreakerDto: {
      cooldown_seconds: number;
      counts: {
        calls: number;
        failures: number;
      } | null;
      /** Format: date-time */
      created_at: string;
      failure_ratio: number;
      failure_threshold: number;
      half_open_max: number;
      /** Format: uuid */
      id: string;
      made_by: string | null;
      minimum_calls: number;
      name: string;
      /** Format: date-time */
      opened_at: string | null;
      opened_on: {
        calls: number;
        failures: number;
      } | null;
      reason: string | null;
      /** Format: date-time */
      retry_at: string | null;
      scope: {
        /** @enum {string} */
        kind: 'agent' | 'task_type' | 'target';
        value: string;
      };
      /** Format: date-time */
      since: string;
      /** @enum {string} */
      state: 'closed' | 'open' | 'half_open' | 'forced_open' | 'forced_closed';
      /** Format: date-time */
      updated_at: string;
      window_seconds: number;
    };
    ShownBudgetDto: {
      /** Format: uuid */
      agent_id: string | null;
      alert_thresholds: {
        /** @enum {string} */
        action: 'warn' | 'throttle' | 'stop';
        percent: number;
        /** Format: date-time */
        reached_at: string | null;
        tasks_per_minute?: number;
      }[];
      /** Format: uuid */
      budget_id: string | null;
      currency: string;
      /** @description Rounded to a millionth; exact sums are kept inside */
      forgiven: number;
      month: string;
      /** @description Rounded to a millionth; exact sums are kept inside */
      monthly_limit: number | null;
      percent_used: number | null;
      /** @description Rounded to a millionth; exact sums are kept inside */
      remaining: number | null;
      /** Format: date-time */
      resets_at: string;
      /** @enum {string} */
      scope: 'installation' | 'agent' | 'task_type';
      /** @description Rounded to a millionth; exact sums are kept inside */
      spent: number;
      /** @enum {string} */
      status: 'not_set' | 'ok' | 'warned' | 'throttled' | 'stopped';
      task_type: string | null;
      /** Format: date-time */
      updated_at: string | null;
    };
    ShownChannelDto: {
      configured: string[];
      /** Format: date-time */
      created_at: string;
      description: string;
      enabled: boolean;
      /** Format: date-time */
      failing_since: string | null;
      /** Format: uuid */
      id: string;
      last_error: string | null;
      name: string;
      /** Format: uuid */
      secret_id: string;
      /** @enum {string} */
      status: 'ok' | 'failing';
      /** @enum {string} */
      type: 'email' | 'slack' | 'telegram' | 'webhook';
      /** Format: date-time */
      updated_at: string;
    };
    ShownCodeReviewDto: {
      /** Format: uuid */
      agent_id: string | null;
      base: string;
      branch: string;
      comment_count: number;
      comments: {
        /** Format: date-time */
        at: string;
        body: string;
        by: string;
        file: string | null;
        /** Format: uuid */
        id: string;
        /** Format: uuid */
        in_reply_to: string | null;
        line: number | null;
        revision: number;
        /** @enum {string|null} */
        side: 'old' | 'new' | null;
      }[];
      commit: string;
      decision: {
        /** Format: date-time */
        at: string;
        by: string;
        comment: string;
        /** @enum {string} */
        decision: 'approved' | 'rejected';
        revision: number;
      } | null;
      description: string;
      diff: string;
      files: {
        additions: number;
        deletions: number;
        path: string;
      }[];
      /** Format: uuid */
      id: string;
      repository: string;
      /** Format: date-time */
      requested_at: string;
      requested_by: string;
      revision: number;
      /** Format: uuid */
      run_id: string | null;
      /** @enum {string} */
      status: 'pending' | 'approved' | 'rejected';
      /** Format: uuid */
      task_id: string | null;
      title: string;
      /** Format: date-time */
      updated_at: string;
    };
    ShownDeadLetterDto: {
      /** Format: uuid */
      agent_id: string | null;
      /** Format: date-time */
      assigned_at: string | null;
      assignments: number;
      attempt: number;
      concurrency_key?: string;
      credentials?: {
        name: string;
        /** Format: uuid */
        secret_id: string;
        version?: number;
      }[];
      /** Format: date-time */
      dead_lettered_at: string;
      /** Format: date-time */
      deadline?: string;
      depends_on?: string[];
      description?: string;
      /** Format: date-time */
      ended_at: string | null;
      failed_assignments: number;
      failed_attempts: number;
      failure: {
        class?: string;
        message: string;
        retry_after_ms?: number;
        /** @default true */
        retryable: boolean;
      } | null;
      failure_class: string;
      fairness_key?: string;
      /** Format: date-time */
      first_assigned_at: string | null;
      /** Format: uuid */
      id: string;
      instructions?: string;
      late_results: number;
      lease_seconds: number;
      /** Format: date-time */
      not_before?: string;
      /** @enum {string} */
      on_agent_lost?: 'requeue' | 'wait' | 'fail';
      /** @enum {string} */
      on_dependency_failure?: 'cancel' | 'run';
      payload: {
        [key: string]: unknown;
      };
      pool: string;
      priority: number;
      /** @enum {string} */
      priority_name: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      progress: number | null;
      progress_message: string | null;
      prompt: string | null;
      /** Format: date-time */
      ready_at: string | null;
      reason: string | null;
      requirements: {
        /** Format: uuid */
        agent_id?: string;
        agent_type?: string;
        capabilities?: string[];
      };
      result: unknown;
      retry: {
        /** @default 2 */
        factor: number;
        /** @default 1000 */
        initial_delay_ms: number;
        /** @default 0.2 */
        jitter: number;
        /** @default 3 */
        max_attempts: number;
        /** @default 300000 */
        max_delay_ms: number;
        non_retryable?: string[];
      };
      /** Format: date-time */
      retry_at: string | null;
      /** Format: uuid */
      schedule_id?: string;
      /** Format: date-time */
      scheduled_for?: string;
      /** Format: date-time */
      started_at: string | null;
      /** @enum {string} */
      status:
        | 'scheduled'
        | 'queued'
        | 'assigned'
        | 'running'
        | 'paused'
        | 'input_required'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'dead_lettered';
      /** Format: date-time */
      submitted_at: string;
      /** Format: uuid */
      task_id: string;
      title?: string;
      type: string;
      /** Format: date-time */
      updated_at: string;
      waits_for: string[];
      workflow_run?: {
        /** Format: uuid */
        run_id: string;
        step: string;
      };
    };
    ShownInstallationDto: {
      agents: {
        /** Format: uuid */
        agent_id: string;
        key: string;
      }[];
      /** Format: date-time */
      created_at: string;
      failure: {
        code: string;
        reason: string;
      } | null;
      /** Format: uuid */
      id: string;
      installed_by: string;
      name: string | null;
      parameters: {
        [key: string]: unknown;
      };
      /** @enum {string} */
      status: 'installing' | 'installed' | 'undoing' | 'failed' | 'uninstalling' | 'uninstalled';
      template_id: string;
      template_name: string;
      triggers: {
        key: string;
        /** Format: uuid */
        trigger_id: string;
      }[];
      /** Format: date-time */
      updated_at: string;
      version: number;
      workflows: {
        key: string;
        /** Format: uuid */
        workflow_id: string;
      }[];
    };
    ShownIpRulesDto: {
      allow: {
        cidr: string;
        description: string;
      }[];
      block: {
        cidr: string;
        description: string;
      }[];
      /**
       * Format: date-time
       * @description When it was last changed; null: never
       */
      changed_at: string | null;
    };
    ShownNotificationDto: {
      body: string;
      /** Format: date-time */
      created_at: string;
      event: string | null;
      /** Format: uuid */
      id: string;
      position: number | null;
      read: boolean;
      /** Format: date-time */
      read_at: string | null;
      /** Format: uuid */
      rule_id: string | null;
      /** @enum {string} */
      severity: 'info' | 'warning' | 'critical';
      subject: string;
    };
    ShownOAuthClientDto: {
      /** Format: uuid */
      client_id: string;
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      id: string;
      name: string;
      owner: {
        id: string;
        /** @enum {string} */
        type: 'user' | 'bootstrap';
      };
      rate_limit: {
        requests_per_hour: number;
        requests_per_minute: number;
      } | null;
      /** Format: date-time */
      revoked_at: string | null;
      scopes: (
        | 'agents:read'
        | 'agents:register'
        | 'agents:manage'
        | 'agents:enrol'
        | 'workers:read'
        | 'workers:act'
        | 'workers:approve'
        | 'capabilities:manage'
        | 'agents:act'
        | 'tasks:read'
        | 'tasks:submit'
        | 'tasks:cancel'
        | 'tasks:manage'
        | 'schedules:manage'
        | 'queues:read'
        | 'queues:clear'
        | 'dispatch:manage'
        | 'costs:read'
        | 'costs:manage'
        | 'ssh:manage'
        | 'workflows:read'
        | 'workflows:manage'
        | 'workflows:run'
        | 'triggers:manage'
        | 'approvals:read'
        | 'approvals:request'
        | 'approvals:decide'
        | 'reviews:read'
        | 'reviews:request'
        | 'reviews:decide'
        | 'webhooks:manage'
        | 'notifications:manage'
        | 'notifications:own'
        | 'alerts:read'
        | 'api_keys:own'
        | 'users:manage'
        | 'audit:read'
        | 'settings:manage'
        | 'security:manage'
        | 'secrets:manage'
      )[];
      /** @enum {string} */
      status: 'active' | 'revoked';
    };
    ShownPasswordPolicyDto: {
      /**
       * Format: date-time
       * @description When it was last changed; null: never
       */
      changed_at: string | null;
      min_length: number;
      refuse_common: boolean;
      require_digit: boolean;
      require_lowercase: boolean;
      require_symbol: boolean;
      require_uppercase: boolean;
    };
    ShownPreferencesDto: {
      digest:
        | {
            /** @enum {string} */
            mode: 'off';
          }
        | {
            minutes: number;
            /** @enum {string} */
            mode: 'window';
          }
        | {
            at: string;
            /** @enum {string} */
            mode: 'daily';
            zone: string;
          };
      events: string[];
      mail: boolean;
      /** @enum {string} */
      mail_from: 'info' | 'warning' | 'critical';
      quiet_hours: {
        from: string;
        to: string;
        zone: string;
      } | null;
      /** Format: date-time */
      updated_at: string | null;
    };
    ShownRegistrationTokenDto: {
      /** Format: uuid */
      agent_id: string | null;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      expires_at: string;
      /** Format: uuid */
      id: string;
      labels: {
        [key: string]: string;
      };
      name: string | null;
      prefix: string;
      /** Format: date-time */
      revoked_at: string | null;
      /** @enum {string} */
      status: 'active' | 'used' | 'revoked' | 'expired';
      /** Format: date-time */
      used_at: string | null;
      /** Format: uuid */
      used_by: string | null;
    };
    ShownRuleDto: {
      body: string;
      channels: string[];
      condition: string | null;
      /** Format: date-time */
      created_at: string;
      description: string;
      enabled: boolean;
      events: string[];
      group: {
        by: string | null;
        seconds: number;
      } | null;
      /** Format: uuid */
      id: string;
      name: string;
      recipients: {
        roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
        users: string[];
      };
      /** @enum {string} */
      severity: 'info' | 'warning' | 'critical';
      subject: string;
      throttle: {
        max: number;
        seconds: number;
      } | null;
      /** Format: date-time */
      updated_at: string;
    };
    ShownRunDto: {
      cause: {
        /** Format: uuid */
        id: string | null;
        /** @enum {string} */
        kind: 'request' | 'trigger' | 'run' | 'fork';
      };
      compensated: boolean;
      compensations: {
        /** Format: uuid */
        approval_id: string | null;
        attempts: number;
        carried: boolean;
        /** Format: uuid */
        child_run_id: string | null;
        /** Format: date-time */
        ended_at: string | null;
        failure: {
          class: string;
          message: string;
        } | null;
        input: unknown;
        node: string;
        output: unknown;
        /** Format: date-time */
        retry_at: string | null;
        /** Format: date-time */
        started_at: string | null;
        /** @enum {string} */
        status: 'not_started' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';
        /** Format: uuid */
        task_id: string | null;
        /** Format: date-time */
        timeout_at: string | null;
        /** @enum {string|null} */
        type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate'
          | null;
        withheld: boolean;
      }[];
      /** Format: date-time */
      deadline: string | null;
      depth: number;
      duration_seconds: number | null;
      /** Format: date-time */
      ended_at: string | null;
      failure: {
        class: string;
        message: string;
        node: string | null;
      } | null;
      fork: {
        from: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** Format: uuid */
      id: string;
      output: unknown;
      parameters: {
        [key: string]: unknown;
      };
      parent: {
        node: string;
        /** Format: uuid */
        run_id: string;
      } | null;
      /** Format: date-time */
      paused_at: string | null;
      priority: number;
      /** @enum {string} */
      priority_name: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      signals: {
        /** Format: date-time */
        at: string;
        correlation: string | null;
        name: string;
        payload: unknown;
        /** Format: uuid */
        signal_id: string;
      }[];
      /** Format: date-time */
      started_at: string;
      started_by: string | null;
      /** @enum {string} */
      status: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
      steps: {
        /** Format: uuid */
        approval_id: string | null;
        attempts: number;
        carried: boolean;
        /** Format: uuid */
        child_run_id: string | null;
        depends_on: string[];
        /** Format: date-time */
        ended_at: string | null;
        failure: {
          class: string;
          message: string;
        } | null;
        input: unknown;
        items: {
          /** Format: uuid */
          approval_id: string | null;
          attempts: number;
          carried: boolean;
          /** Format: uuid */
          child_run_id: string | null;
          /** Format: date-time */
          ended_at: string | null;
          failure: {
            class: string;
            message: string;
          } | null;
          input: unknown;
          node: string;
          output: unknown;
          /** Format: date-time */
          retry_at: string | null;
          /** Format: date-time */
          started_at: string | null;
          /** @enum {string} */
          status: 'not_started' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';
          /** Format: uuid */
          task_id: string | null;
          /** Format: date-time */
          timeout_at: string | null;
          /** @enum {string|null} */
          type:
            | 'task'
            | 'approval'
            | 'signal'
            | 'timer'
            | 'condition'
            | 'parallel'
            | 'map'
            | 'workflow'
            | 'webhook'
            | 'compensate'
            | null;
          withheld: boolean;
        }[];
        key: string;
        name: string;
        node: string;
        output: unknown;
        /** Format: date-time */
        retry_at: string | null;
        /** Format: date-time */
        started_at: string | null;
        /** @enum {string} */
        status: 'not_started' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';
        /** Format: uuid */
        task_id: string | null;
        /** Format: date-time */
        timeout_at: string | null;
        /** @enum {string|null} */
        type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate'
          | null;
        withheld: boolean;
      }[];
      /** Format: date-time */
      updated_at: string;
      version: number;
      /** Format: uuid */
      workflow_id: string;
      workflow_name: string;
    };
    ShownRunGraphDto: {
      /** Format: date-time */
      at: string;
      critical_path: {
        steps: {
          /** Format: date-time */
          from: string;
          label: string;
          node: string;
          /** Format: date-time */
          to: string;
          wait_ms: number;
          work_ms: number;
        }[];
        total_ms: number;
        wait_ms: number;
        work_ms: number;
      };
      currency: string | null;
      edges: {
        event: {
          position: number;
          type: string;
        } | null;
        from: string;
        /** @enum {string} */
        kind: 'depends' | 'spawned' | 'waits' | 'compensates' | 'caused';
        to: string;
      }[];
      /** Format: date-time */
      ended_at: string | null;
      nodes: {
        /** Format: uuid */
        approval_id?: string;
        assignments?: {
          /** Format: uuid */
          agent_id: string;
          /** Format: date-time */
          assigned_at: string;
          attempt: number;
          /** Format: date-time */
          ended_at: string | null;
          /** Format: date-time */
          lease_expires_at: string;
          /** @enum {string} */
          outcome:
            | 'open'
            | 'completed'
            | 'failed'
            | 'returned'
            | 'lease_expired'
            | 'agent_lost'
            | 'cancelled'
            | 'expired'
            | 'paused';
          /** Format: date-time */
          started_at: string | null;
        }[];
        attempt?: number;
        attempts?: number;
        carried?: boolean;
        cause?: {
          /** Format: uuid */
          id: string | null;
          /** @enum {string} */
          kind: 'request' | 'trigger' | 'run' | 'fork';
        };
        correlation?: string | null;
        cost: {
          cached_input_tokens: number;
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          duration_ms: number;
          input_tokens: number;
          other_costs: {
            /** @description Rounded to a millionth; exact sums are kept inside */
            cost: number;
            currency: string;
          }[];
          output_tokens: number;
          reports: number;
          unpriced: {
            cached_input_tokens: number;
            input_tokens: number;
            output_tokens: number;
            reports: number;
          };
        } | null;
        critical: boolean;
        /** Format: date-time */
        due_at?: string | null;
        duration_ms: number | null;
        /** Format: date-time */
        ended_at: string | null;
        failure?: {
          class: string;
          message: string;
        } | null;
        fork?: {
          from: string;
          /** Format: uuid */
          run_id: string;
        } | null;
        id: string;
        /** @enum {string} */
        kind: 'run' | 'step' | 'attempt' | 'task' | 'approval' | 'signal';
        label: string;
        late_results?: number;
        name?: string;
        node?: string;
        parent?: {
          node: string;
          /** Format: uuid */
          run_id: string;
        } | null;
        priority?: number | null;
        reason?: string | null;
        requested_by?: string | null;
        required?: number;
        /** Format: date-time */
        retry_at?: string | null;
        /** Format: uuid */
        run_id: string;
        sent_by?: string | null;
        /** Format: uuid */
        signal_id?: string;
        /** Format: date-time */
        started_at: string | null;
        started_by?: string | null;
        status: string;
        /** Format: uuid */
        task_id?: string;
        type?: string | null;
        version?: number;
        votes?: {
          /** Format: date-time */
          at: string;
          by: string;
          /** @enum {string} */
          vote: 'approve' | 'reject';
        }[];
        wait_ms?: number;
        work_ms?: number;
        /** Format: uuid */
        workflow_id?: string;
        workflow_name?: string;
      }[];
      /** Format: uuid */
      run_id: string;
      /** Format: date-time */
      started_at: string;
      status: string;
      truncated: {
        deeper_runs: number;
        events: number;
        nodes: number;
        streams: number;
      } | null;
    };
    ShownScheduleDto: {
      /** @enum {string} */
      catch_up: 'skip' | 'once' | 'all';
      /** Format: date-time */
      created_at: string;
      description: string;
      /** Format: date-time */
      ends_at: string | null;
      fired: number;
      /** Format: uuid */
      id: string;
      jitter_seconds: number;
      /** Format: date-time */
      last_fired_at: string | null;
      /** Format: uuid */
      last_task_id: string | null;
      name: string;
      /** Format: date-time */
      next_run_at: string | null;
      /** Format: date-time */
      next_scheduled_for: string | null;
      /** @enum {string} */
      overlap: 'allow' | 'skip' | 'queue' | 'cancel_previous';
      skipped: number;
      /** Format: date-time */
      starts_at: string | null;
      /** @enum {string} */
      status: 'active' | 'paused' | 'ended';
      task: {
        concurrency_key?: string;
        credentials?: {
          name: string;
          /** Format: uuid */
          secret_id: string;
          version?: number;
        }[];
        description?: string;
        fairness_key?: string;
        instructions?: string;
        lease_seconds?: number;
        /** @enum {string} */
        on_agent_lost?: 'requeue' | 'wait' | 'fail';
        payload: {
          [key: string]: unknown;
        };
        priority?: number;
        requirements: {
          /** Format: uuid */
          agent_id?: string;
          agent_type?: string;
          capabilities?: string[];
        };
        retry?: {
          factor?: number;
          initial_delay_ms?: number;
          jitter?: number;
          max_attempts?: number;
          max_delay_ms?: number;
          non_retryable?: string[];
        };
        title?: string;
        type: string;
      };
      timing:
        | {
            expression: string;
            time_zone: string;
            /** @enum {string} */
            type: 'cron';
          }
        | {
            seconds: number;
            /** @enum {string} */
            type: 'interval';
          }
        | {
            /** Format: date-time */
            at: string;
            /** @enum {string} */
            type: 'at';
          };
      /** Format: date-time */
      updated_at: string;
    };
    ShownScheduleRunDto: {
      /** Format: date-time */
      at: string;
      count: number;
      /** Format: uuid */
      id: string;
      manual: boolean;
      /** @enum {string} */
      outcome: 'fired' | 'skipped';
      /** @enum {string|null} */
      reason: 'overlap' | 'catch_up' | null;
      /** Format: date-time */
      scheduled_for: string;
      /** Format: uuid */
      task_id: string | null;
      /** @enum {string|null} */
      task_status:
        | 'scheduled'
        | 'queued'
        | 'assigned'
        | 'running'
        | 'paused'
        | 'input_required'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'dead_lettered'
        | null;
      /** Format: date-time */
      through: string;
    };
    ShownSecretDto: {
      category: string;
      /** Format: date-time */
      created_at: string;
      description: string;
      expired: boolean;
      /** Format: date-time */
      expires_at: string | null;
      /** Format: uuid */
      id: string;
      name: string;
      revealed: boolean;
      /** Format: date-time */
      revealed_at: string | null;
      /** Format: date-time */
      rotated_at: string | null;
      /** Format: date-time */
      updated_at: string;
      value: string;
      version: number;
    };
    ShownSecurityDto: {
      access_token_minutes: number;
      /**
       * Format: date-time
       * @description When it was last changed; null: never
       */
      changed_at: string | null;
      login_failures_per_account: number;
      login_failures_per_address: number;
      login_window_minutes: number;
      mfa_required_roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
      recent_login_minutes: number;
      registration_open: boolean;
      session_hours: number;
    };
    ShownSessionDto: {
      address: string | null;
      current: boolean;
      /** Format: date-time */
      expires_at: string;
      /** Format: uuid */
      id: string;
      mfa: boolean;
      /** Format: date-time */
      refreshed_at: string;
      /** Format: date-time */
      started_at: string;
      user: {
        email: string;
        full_name: string;
        /** Format: uuid */
        id: string;
        /** @enum {string} */
        role: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
      };
      user_agent: string | null;
    };
    ShownSettingDto: {
      default: unknown;
      description: string;
      /** @enum {string} */
      type: 'string' | 'integer' | 'number' | 'boolean' | 'json';
      value: unknown;
    };
    ShownSshConnectionDto: {
      /** @enum {string} */
      auth_method: 'password' | 'private_key';
      /** Format: date-time */
      created_at: string;
      description: string;
      host_key: string | null;
      /** Format: date-time */
      host_key_pinned_at: string | null;
      hostname: string;
      /** Format: uuid */
      id: string;
      last_test: {
        /** Format: date-time */
        at: string;
        outcome: string;
      } | null;
      name: string;
      /** Format: uuid */
      passphrase_secret_id: string | null;
      port: number;
      /** Format: uuid */
      secret_id: string | null;
      tags: string[];
      /** Format: date-time */
      updated_at: string;
      username: string;
    };
    ShownTaskDto: {
      /** Format: uuid */
      agent_id: string | null;
      /** Format: date-time */
      assigned_at: string | null;
      assignments: number;
      attempt: number;
      concurrency_key?: string;
      credentials?: {
        name: string;
        /** Format: uuid */
        secret_id: string;
        version?: number;
      }[];
      /** Format: date-time */
      deadline?: string;
      depends_on?: string[];
      description?: string;
      /** Format: date-time */
      ended_at: string | null;
      failed_assignments: number;
      failed_attempts: number;
      failure: {
        class?: string;
        message: string;
        retry_after_ms?: number;
        /** @default true */
        retryable: boolean;
      } | null;
      fairness_key?: string;
      /** Format: date-time */
      first_assigned_at: string | null;
      /** Format: uuid */
      id: string;
      instructions?: string;
      late_results: number;
      lease_seconds: number;
      /** Format: date-time */
      not_before?: string;
      /** @enum {string} */
      on_agent_lost?: 'requeue' | 'wait' | 'fail';
      /** @enum {string} */
      on_dependency_failure?: 'cancel' | 'run';
      payload: {
        [key: string]: unknown;
      };
      pool: string;
      priority: number;
      /** @enum {string} */
      priority_name: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      progress: number | null;
      progress_message: string | null;
      prompt: string | null;
      /** Format: date-time */
      ready_at: string | null;
      reason: string | null;
      requirements: {
        /** Format: uuid */
        agent_id?: string;
        agent_type?: string;
        capabilities?: string[];
      };
      result: unknown;
      retry: {
        /** @default 2 */
        factor: number;
        /** @default 1000 */
        initial_delay_ms: number;
        /** @default 0.2 */
        jitter: number;
        /** @default 3 */
        max_attempts: number;
        /** @default 300000 */
        max_delay_ms: number;
        non_retryable?: string[];
      };
      /** Format: date-time */
      retry_at: string | null;
      /** Format: uuid */
      schedule_id?: string;
      /** Format: date-time */
      scheduled_for?: string;
      /** Format: date-time */
      started_at: string | null;
      /** @enum {string} */
      status:
        | 'scheduled'
        | 'queued'
        | 'assigned'
        | 'running'
        | 'paused'
        | 'input_required'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'dead_lettered';
      /** Format: date-time */
      submitted_at: string;
      /** Format: uuid */
      task_id: string;
      title?: string;
      type: string;
      /** Format: date-time */
      updated_at: string;
      waits_for: string[];
      workflow_run?: {
        /** Format: uuid */
        run_id: string;
        step: string;
      };
    };
    ShownTaskTypeDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      id: string;
      lease_seconds?: number;
      /** @enum {string} */
      on_agent_lost?: 'requeue' | 'wait' | 'fail';
      priority?: number;
      retry?: {
        factor?: number;
        initial_delay_ms?: number;
        jitter?: number;
        max_attempts?: number;
        max_delay_ms?: number;
        non_retryable?: string[];
      };
      type: string;
      /** Format: date-time */
      updated_at: string;
    };
    ShownTemplateDto: {
      agents: {
        capabilities: string[];
        key: string;
        name: string;
        type: string;
      }[];
      category: string;
      description: string;
      id: string;
      name: string;
      parameters: {
        [key: string]: unknown;
      };
      tags: string[];
      triggers: {
        description: string;
        key: string;
        name: string;
        type: string;
      }[];
      version: number;
      versions: number[];
      workflows: {
        definition: {
          [key: string]: unknown;
        };
        description: string;
        key: string;
        name: string;
        picture: string;
      }[];
    };
    ShownTriggerDto: {
      /** @description type: create_task, execute_workflow, send_notification */
      action: {
        [key: string]: unknown;
      };
      config: {
        [key: string]: unknown;
      };
      /** Format: date-time */
      created_at: string;
      created_by: string;
      description: string;
      enabled: boolean;
      failed: number;
      fired: number;
      former_secrets: {
        /** Format: date-time */
        until: string;
        version: number;
      }[];
      hook: string | null;
      /** Format: uuid */
      id: string;
      last_error: string | null;
      /** Format: date-time */
      last_fired_at: string | null;
      name: string;
      /** Format: date-time */
      next_at: string | null;
      secret: string | null;
      throttle: {
        max: number;
        seconds: number;
      } | null;
      /** @enum {string} */
      type: 'cron' | 'event' | 'webhook' | 'condition';
      /** Format: date-time */
      updated_at: string;
    };
    ShownUserDto: {
      /** Format: date-time */
      created_at: string;
      email: string;
      full_name: string;
      /** Format: uuid */
      id: string;
      is_active: boolean;
      mfa_enabled: boolean;
      /** @enum {string} */
      role: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
      /** @enum {string} */
      status: 'active' | 'disabled' | 'erased';
      /** Format: date-time */
      updated_at: string;
    };
    ShownVersionDto: {
      /** Format: date-time */
      created_at: string;
      /** Format: uuid */
      id: string;
      max_parallel?: number;
      on_failure?: string;
      output?: unknown;
      parameters: {
        [key: string]: unknown;
      } | null;
      steps: ({
        key: string;
        name: string;
        /** @enum {string} */
        step_type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate';
        /** @enum {string} */
        type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate';
        waits_for: string[];
      } & {
        [key: string]: unknown;
      })[];
      timeout_seconds?: number;
      version: number;
    };
    ShownWebhookDto: {
      /** Format: date-time */
      created_at: string;
      created_by: string;
      description: string;
      /** @enum {string|null} */
      disabled_by: 'request' | 'gone' | 'failures' | null;
      /** Format: date-time */
      disables_at: string | null;
      enabled: boolean;
      events: string[];
      /** Format: date-time */
      failing_since: string | null;
      filter: string | null;
      former_secrets: {
        /** Format: date-time */
        until: string;
        version: number;
      }[];
      /** Format: uuid */
      id: string;
      last_error: string | null;
      secret: string;
      /** Format: uuid */
      secret_id: string;
      secret_version: number;
      /** @enum {string} */
      status: 'active' | 'failing' | 'disabled';
      /** Format: date-time */
      updated_at: string;
      url: string;
    };
    ShownWorkerDto: {
      agent_count: number;
      /** @enum {string} */
      approval: 'pending' | 'approved' | 'rejected';
      cpu_cores: number;
      cpu_usage_percent: number | null;
      disk_usage_percent: number | null;
      group: string | null;
      heartbeat_interval_seconds: number;
      hostname: string;
      /** Format: uuid */
      id: string;
      ip_address: string;
      is_approved: boolean;
      /** Format: date-time */
      last_heartbeat: string | null;
      /** @enum {string} */
      liveness: 'online' | 'degraded' | 'offline';
      max_agents: number;
      memory_total_mb: number;
      memory_usage_percent: number | null;
      name: string;
      online_agents: number;
      os_info: string;
      /** Format: date-time */
      registered_at: string;
      /** @enum {string} */
      status: 'pending' | 'online' | 'degraded' | 'offline' | 'rejected';
      /** Format: uuid */
      worker_id: string;
    };
    ShownWorkflowDto: {
      config: {
        [key: string]: unknown;
      };
      /** Format: date-time */
      created_at: string;
      description: string;
      /** Format: uuid */
      id: string;
      is_template: boolean;
      max_parallel?: number;
      name: string;
      on_failure?: string;
      output?: unknown;
      parameters: {
        [key: string]: unknown;
      } | null;
      /** @enum {string} */
      status: 'active' | 'draft';
      step_count: number;
      steps: ({
        key: string;
        name: string;
        /** @enum {string} */
        step_type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate';
        /** @enum {string} */
        type:
          | 'task'
          | 'approval'
          | 'signal'
          | 'timer'
          | 'condition'
          | 'parallel'
          | 'map'
          | 'workflow'
          | 'webhook'
          | 'compensate';
        waits_for: string[];
      } & {
        [key: string]: unknown;
      })[];
      timeout_seconds?: number;
      /** Format: date-time */
      updated_at: string;
      version: number;
    };
    /**
     * @example {
     *       "name": "delivered",
     *       "correlation": "order-4711",
     *       "payload": {
     *         "parcels": 2
     *       }
     *     }
     */
    SignalDto: {
      correlation: string;
      name: string;
      /** @default null */
      payload: unknown;
    };
    SignalSentDto: {
      /** Format: date-time */
      received_at: string;
      /** Format: uuid */
      run_id: string | null;
      /** Format: uuid */
      signal_id: string;
    };
    /**
     * @example {
     *       "command": "systemctl is-active nginx",
     *       "timeout_seconds": 30
     *     }
     */
    SshCommandDto: {
      command: string;
      env?: {
        [key: string]: string;
      };
      /** @default 262144 */
      max_output_bytes: number;
      /** @default 60 */
      timeout_seconds: number;
    };
    /**
     * @example {
     *       "description": "the first web server",
     *       "tags": [
     *         "production"
     *       ]
     *     }
     */
    SshConnectionChangesDto: {
      /** @enum {string} */
      auth_method?: 'password' | 'private_key';
      description?: string;
      host_key?: string | null;
      hostname?: string;
      name?: string;
      /** Format: uuid */
      passphrase_secret_id?: string | null;
      port?: number;
      /** Format: uuid */
      secret_id?: string | null;
      tags?: string[];
      username?: string;
    };
    SshExecutionDto: {
      duration_ms: number | null;
      error: {
        class: string;
        message: string;
      } | null;
      exit_code: number | null;
      signal: string | null;
      /** @enum {string} */
      status:
        | 'scheduled'
        | 'queued'
        | 'assigned'
        | 'running'
        | 'paused'
        | 'input_required'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'dead_lettered';
      stderr: string;
      stderr_bytes: number;
      stdout: string;
      stdout_bytes: number;
      success: boolean | null;
      /** Format: uuid */
      task_id: string;
      truncated: boolean;
    };
    SshTestDto: {
      /** @default false */
      accept_host_key: boolean;
    };
    SshTestReportDto: {
      error: {
        /** @enum {string} */
        class:
          | 'address_denied'
          | 'host_unknown'
          | 'host_unreachable'
          | 'connect_timeout'
          | 'protocol_error'
          | 'host_key_unpinned'
          | 'host_key_mismatch'
          | 'credential_missing'
          | 'credential_unavailable'
          | 'credential_invalid'
          | 'authentication_failed'
          | 'connection_deleted'
          | 'connection_lost'
          | 'command_refused'
          | 'command_timeout'
          | 'output_flood'
          | 'not_repeatable'
          | 'runner_stopped';
        message: string;
      } | null;
      fingerprint: string | null;
      host_key_pinned: boolean;
      latency_ms: number;
      server_version: string | null;
      success: boolean;
    };
    StartedDto: {
      /** Format: date-time */
      startedAt: string;
    };
    StartedReplayDto: {
      from_position: number;
      per_second: number;
      /** Format: uuid */
      replay_id: string;
      to_position: number;
    };
    StatusUpdatedDto: {
      agent_id: string;
      message: string;
      /** @enum {string} */
      new_status: 'active' | 'inactive' | 'busy' | 'stale';
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      updated_at: string;
    };
    /**
     * @example {
     *       "task_data": {
     *         "model": "llama2",
     *         "prompt": "test prompt"
     *       },
     *       "priority": "normal",
     *       "requirements": {}
     *     }
     */
    SubmitTaskDto: {
      /** @enum {string} */
      priority: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      requirements?: {
        agent_type?: string;
        capabilities?: string[];
      };
      task_data: {
        [key: string]: unknown;
      } & {
        task_type?: string;
      };
    };
    SubmittedTaskDto: {
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      submitted_at: string;
      /** Format: uuid */
      task_id: string;
    };
    SubmittedTasksDto: {
      count: number;
      /** Format: date-time */
      submitted_at: string;
      task_ids: string[];
    };
    SystemHealthDto: {
      service: string;
      services: {
        database: {
          /** @enum {string} */
          status: 'healthy' | 'unhealthy' | 'not_configured';
        };
        mail: {
          /** @enum {string} */
          status: 'healthy' | 'unhealthy' | 'not_configured';
        };
        message_queue: {
          /** @enum {string} */
          status: 'healthy' | 'unhealthy' | 'not_configured';
        };
        minio: {
          /** @enum {string} */
          status: 'healthy' | 'unhealthy' | 'not_configured';
        };
        redis: {
          /** @enum {string} */
          status: 'healthy' | 'unhealthy' | 'not_configured';
        };
      };
      /** @enum {string} */
      status: 'healthy' | 'degraded';
      /** Format: date-time */
      timestamp: string;
      version: string;
    };
    SystemHealthShownDto: {
      /** @description For callers with a credential that may read tasks */
      metrics?: {
        /** @description Agents that take tasks, or are busy with them */
        active_agents: number | null;
        /** @description Since midnight, UTC */
        completed_tasks_today: number | null;
        /** @description Per cent, of the file system of its data folder */
        disk_usage: number | null;
        /** @description Per cent, on that machine or in its container */
        memory_usage: number;
        /** @description Tasks that agents work at */
        running_tasks: number | null;
        /** @description Of the last minute, per core of the machine of the gateway that answers */
        system_load: number;
      };
      /** @enum {string} */
      service: 'agent-orchestration';
      /** @description For callers with a credential that may read tasks */
      services?: {
        database: {
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        discovery: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        gateway: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        identity: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        message_queue: {
          /** @description Streams that wait behind an event that could not be handled, until an operator retries it */
          parked_streams: number;
          /** @description Events of the log that the subscription furthest behind has not handled */
          pending_messages: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        notifications: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        redis: {
          /** @enum {string} */
          status: 'not_configured';
        };
        registry: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        tasks: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
        workflows: {
          /** @description Checks of /health/ready that fail, by name */
          failing: string[];
          /** @description Processes that answered */
          replicas: number;
          /** @description Milliseconds; null: no answer within a second */
          response_time: number | null;
          /** @enum {string} */
          status: 'healthy' | 'degraded' | 'unhealthy';
        };
      };
      /**
       * @description unhealthy (503): the database or the message queue does not answer; degraded (200): a service is not ready, or events wait for longer than a minute or are parked
       * @enum {string}
       */
      status: 'healthy' | 'degraded' | 'unhealthy';
      /** Format: date-time */
      timestamp: string;
      version: string;
    };
    TakenHookDto: {
      fired: boolean;
      /** Format: uuid */
      firing_id: string;
      /** @description One of condition_false, condition_error, disabled, throttled, missed, chain_too_deep, signature_refused, timestamp_refused, payload_refused, replayed, template_error, action_refused */
      reason: string | null;
    };
    /**
     * @example {
     *       "title": "Summarise the report",
     *       "instructions": "Summarise it in ten lines.",
     *       "payload": {
     *         "url": "https://example.org"
     *       },
     *       "priority": "high",
     *       "required_tools": [
     *         "browser"
     *       ]
     *     }
     */
    TaskBodyDto: {
      agent_id?: string;
      concurrency_key?: string;
      credentials?: {
        name: string;
        secret: string;
        version?: number;
      }[];
      /** Format: date-time */
      deadline?: string;
      delay_seconds?: number;
      depends_on?: string[];
      description?: string;
      fairness_key?: string;
      instructions?: string;
      lease_seconds?: number;
      /** Format: date-time */
      not_before?: string;
      /** @enum {string} */
      on_agent_lost?: 'requeue' | 'wait' | 'fail';
      /** @enum {string} */
      on_dependency_failure?: 'cancel' | 'run';
      /** @default {} */
      payload: {
        [key: string]: unknown;
      };
      priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
      required_tools?: string[];
      requirements?: {
        agent_id?: string;
        agent_type?: string;
        capabilities?: string[];
      };
      retry?: {
        factor?: number;
        initial_delay_ms?: number;
        jitter?: number;
        max_attempts?: number;
        max_delay_ms?: number;
        non_retryable?: string[];
      };
      title?: string;
      type?: string;
    };
    /**
     * @example {
     *       "priority": "urgent",
     *       "deadline": "2030-01-01T00:00:00Z"
     *     }
     */
    TaskChangesDto: {
      agent_id?: string | null;
      /** Format: date-time */
      deadline?: string | null;
      description?: string;
      instructions?: string;
      payload?: {
        [key: string]: unknown;
      };
      priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
      required_tools?: string[];
      requirements?: {
        agent_id?: string;
        agent_type?: string;
        capabilities?: string[];
      };
      title?: string;
    };
    TaskEnvelopeDto: {
      data: {
        agent_id: string | null;
        /** Format: date-time */
        completed_at: string | null;
        /** Format: date-time */
        created_at: string;
        duration: number | null;
        /** Format: date-time */
        estimated_completion: string | null;
        failure: {
          class?: string;
          message: string;
          retry_after_ms?: number;
          /** @default true */
          retryable: boolean;
        } | null;
        id: string;
        logs: {
          /** @enum {string} */
          level: 'debug' | 'info' | 'warn' | 'error';
          message: string;
          /** Format: date-time */
          timestamp: string;
        }[];
        payload: {
          [key: string]: unknown;
        };
        /** @enum {string} */
        priority: 'low' | 'medium' | 'high' | 'critical';
        progress: number;
        reason: string | null;
        result: unknown;
        /** Format: uuid */
        schedule_id?: string;
        /** Format: date-time */
        scheduled_for: string | null;
        /** Format: date-time */
        started_at: string | null;
        /** @enum {string} */
        status: 'pending' | 'running' | 'completed' | 'failed';
        /** @enum {string} */
        status_detail:
          | 'scheduled'
          | 'queued'
          | 'assigned'
          | 'running'
          | 'paused'
          | 'input_required'
          | 'completed'
          | 'failed'
          | 'cancelled'
          | 'expired'
          | 'dead_lettered';
        type: string;
        workflow_run?: {
          /** Format: uuid */
          run_id: string;
          step: string;
        };
      };
    };
    TaskExplanationDto: {
      assignments: {
        /** Format: uuid */
        agent_id: string;
        /** Format: date-time */
        assigned_at: string;
        attempt: number;
        candidate_count: number;
        candidates: {
          /** Format: uuid */
          agent_id: string;
          score: number;
        }[];
        /** Format: date-time */
        ended_at: string | null;
        ended_by: string | null;
        strategy: string;
        waited_seconds: number;
      }[];
      assignments_total: number;
      concurrency_key: string | null;
      fairness_key: string | null;
      fleet: {
        agents: number;
        examples: {
          /** Format: uuid */
          agent_id: string;
          fits: boolean;
          name: string;
          obstacles: {
            /** @enum {string} */
            code:
              | 'other_agent_wanted'
              | 'other_type_wanted'
              | 'lacks_capability'
              | 'not_active'
              | 'draining'
              | 'offline'
              | 'busy'
              | 'takes_none'
              | 'full'
              | 'held'
              | 'passed_over';
            subject?: string;
          }[];
        }[];
        fit: number;
        free: number;
        obstacles: {
          agents: number;
          /** @enum {string} */
          code:
            | 'other_agent_wanted'
            | 'other_type_wanted'
            | 'lacks_capability'
            | 'not_active'
            | 'draining'
            | 'offline'
            | 'busy'
            | 'takes_none'
            | 'full'
            | 'held'
            | 'passed_over';
          subject?: string;
        }[];
      } | null;
      /** Format: date-time */
      not_before: string | null;
      place: {
        ahead: number;
        ahead_counted_up_to?: number;
        effective_priority: number;
        /** Format: date-time */
        next_level_at?: string;
        other_keys: number;
      } | null;
      pool: string;
      priority: number;
      /** Format: date-time */
      retry_at: string | null;
      /** @enum {string} */
      status:
        | 'scheduled'
        | 'queued'
        | 'assigned'
        | 'running'
        | 'paused'
        | 'input_required'
        | 'completed'
        | 'failed'
        | 'cancelled'
        | 'expired'
        | 'dead_lettered';
      /** Format: uuid */
      task_id: string;
      waits_because: {
        code: string;
        detail: string;
        /** Format: date-time */
        until?: string;
      }[];
      waits_for: string[];
    };
    TaskHistoryDto: {
      events: {
        data: {
          [key: string]: unknown;
        };
        metadata: {
          [key: string]: unknown;
        };
        position: number;
        recorded_at: string;
        schema_version: number;
        type: string;
        version: number;
      }[];
      next_version: number | null;
    };
    TaskInputDto: {
      input: unknown;
      prompt: string;
      /** Format: date-time */
      providedAt: string | null;
    };
    TaskLogsDto: {
      last: number;
      logs: {
        /** Format: uuid */
        agent_id: string;
        id: number;
        /** @enum {string} */
        level: 'debug' | 'info' | 'warn' | 'error';
        message: string;
        /** Format: date-time */
        timestamp: string;
      }[];
    };
    TaskPageDto: {
      data: {
        agent_id: string | null;
        /** Format: date-time */
        completed_at: string | null;
        /** Format: date-time */
        created_at: string;
        duration: number | null;
        id: string;
        /** @enum {string} */
        priority: 'low' | 'medium' | 'high' | 'critical';
        result: unknown;
        /** Format: date-time */
        started_at: string | null;
        /** @enum {string} */
        status: 'pending' | 'running' | 'completed' | 'failed';
        /** @enum {string} */
        status_detail:
          | 'scheduled'
          | 'queued'
          | 'assigned'
          | 'running'
          | 'paused'
          | 'input_required'
          | 'completed'
          | 'failed'
          | 'cancelled'
          | 'expired'
          | 'dead_lettered';
        type: string;
      }[];
      pagination: {
        limit: number;
        page: number;
        pages: number;
        total: number;
      };
    };
    TaskQueuesDto: {
      queue_sizes: {
        critical: number;
        high: number;
        low: number;
        normal: number;
        urgent: number;
      };
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      timestamp: string;
      total: number;
    };
    TaskStatsDto: {
      by_priority: {
        critical: number;
        high: number;
        low: number;
        normal: number;
        urgent: number;
      };
      by_status: {
        [key: string]: number;
      };
      by_status_and_priority: {
        [key: string]: {
          critical: number;
          high: number;
          low: number;
          normal: number;
          urgent: number;
        };
      };
      total: number;
    };
    TaskStatusDto: {
      stats: {
        avg_distribution_time: number;
        load_balancer_stats: {
          active_agents: number;
          agent_weights: number;
          avg_agent_load: number;
          failed_assignments: number;
          strategy: string;
          success_rate: number;
          successful_assignments: number;
          total_assignments: number;
        };
        queue_sizes: {
          critical: number;
          high: number;
          low: number;
          normal: number;
          urgent: number;
        };
        tasks_completed: number;
        tasks_distributed: number;
        tasks_failed: number;
      };
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      timestamp: string;
    };
    TaskSubmittedDto: {
      message: string;
      /** @enum {string} */
      priority: 'urgent' | 'critical' | 'high' | 'normal' | 'low';
      /** @enum {string} */
      status: 'success';
      /** Format: date-time */
      submitted_at: string;
      /** Format: uuid */
      task_id: string;
    };
    /**
     * @example {
     *       "retry": {
     *         "max_attempts": 5,
     *         "non_retryable": [
     *           "bad_input"
     *         ]
     *       },
     *       "lease_seconds": 300,
     *       "priority": "low"
     *     }
     */
    TaskTypeBodyDto: {
      lease_seconds?: number;
      /** @enum {string} */
      on_agent_lost?: 'requeue' | 'wait' | 'fail';
      priority?: ('urgent' | 'critical' | 'high' | 'normal' | 'low' | 'medium') | number;
      retry?: {
        factor?: number;
        initial_delay_ms?: number;
        jitter?: number;
        max_attempts?: number;
        max_delay_ms?: number;
        non_retryable?: string[];
      };
    };
    TaskUsageDto: {
      cached_input_tokens: number;
      /** @description Rounded to a millionth; exact sums are kept inside */
      cost: number;
      currency: string;
      duration_ms: number;
      input_tokens: number;
      models: {
        cached_input_tokens: number;
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
        duration_ms: number;
        input_tokens: number;
        model: string;
        other_costs: {
          /** @description Rounded to a millionth; exact sums are kept inside */
          cost: number;
          currency: string;
        }[];
        output_tokens: number;
        provider: string;
        reports: number;
        unpriced: {
          cached_input_tokens: number;
          input_tokens: number;
          output_tokens: number;
          reports: number;
        };
      }[];
      other_costs: {
        /** @description Rounded to a millionth; exact sums are kept inside */
        cost: number;
        currency: string;
      }[];
      output_tokens: number;
      reports: number;
      /** Format: uuid */
      task_id: string;
      unpriced: {
        cached_input_tokens: number;
        input_tokens: number;
        output_tokens: number;
        reports: number;
      };
    };
    TestedTriggerDto: {
      action: unknown;
      detail: string | null;
      dry_run: boolean;
      fired: boolean;
      /** Format: uuid */
      firing_id: string | null;
      /** Format: uuid */
      id: string;
      outcome: {
        /** Format: uuid */
        notice_id: string | null;
        /** Format: uuid */
        run_id: string | null;
        /** Format: uuid */
        task_id: string | null;
      } | null;
      /** @description One of condition_false, condition_error, disabled, throttled, missed, chain_too_deep, signature_refused, timestamp_refused, payload_refused, replayed, template_error, action_refused */
      reason: string | null;
      would_fire: boolean;
    };
    ToggledTriggerDto: {
      enabled: boolean;
      /** Format: uuid */
      id: string;
      /** Format: date-time */
      updated_at: string;
    };
    /**
     * @example {
     *       "grant_type": "client_credentials",
     *       "client_id": "your_client_id",
     *       "client_secret": "your_client_secret"
     *     }
     */
    TokenBodyDto: {
      client_id?: string;
      client_secret?: string;
      grant_type: string;
      scope?: string;
    };
    TokensDto: {
      access_token: string;
      expires_in: number;
      mfa_setup_required: boolean;
      refresh_token: string;
      /** @enum {string} */
      token_type: 'bearer';
      user: {
        /** Format: date-time */
        created_at: string;
        email: string;
        full_name: string;
        /** Format: uuid */
        id: string;
        is_active: boolean;
        mfa_enabled: boolean;
        /** @enum {string} */
        role: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
        /** @enum {string} */
        status: 'active' | 'disabled' | 'erased';
        /** Format: date-time */
        updated_at: string;
      };
    };
    /**
     * @example {
     *       "throttle": null
     *     }
     */
    TriggerChangesDto: {
      /** @description What it does. Text with ${{ CEL }} in it; one expression alone gives its value as it is */
      action?:
        | {
            task: {
              agent_id?: string;
              agent_type?: string;
              capabilities?: string[];
              concurrency_key?: string;
              description?: string;
              fairness_key?: string;
              instructions?: string;
              lease_seconds?: number;
              /** @enum {string} */
              on_agent_lost?: 'requeue' | 'wait' | 'fail';
              /** @default {} */
              payload: {
                [key: string]: unknown;
              };
              priority?: number | string;
              retry?: {
                factor?: number;
                initial_delay_ms?: number;
                jitter?: number;
                max_attempts?: number;
                max_delay_ms?: number;
                non_retryable?: string[];
              };
              title?: string;
              type: string;
            };
            /** @enum {string} */
            type: 'create_task';
          }
        | {
            /** @default {} */
            parameters: {
              [key: string]: unknown;
            };
            priority?: number | string;
            /** @enum {string} */
            type: 'execute_workflow';
            version?: number;
            /** Format: uuid */
            workflow_id: string;
          }
        | {
            body?: string;
            /** @default [] */
            channels: string[];
            /**
             * @default {
             *       "users": [],
             *       "roles": []
             *     }
             */
            recipients: {
              /** @default [] */
              roles: ('admin' | 'operator' | 'approver' | 'viewer' | 'auditor')[];
              /** @default [] */
              users: string[];
            };
            /**
             * @default info
             * @enum {string}
             */
            severity: 'info' | 'warning' | 'critical';
            subject: string;
            /** @enum {string} */
            type: 'send_notification';
          };
      /**
       * @description By type. cron: expression (5 fields, or 6 with seconds first), time_zone, catch_up (skip, once, all).
       *     event: events (names or patterns), condition (CEL over event and task). webhook: signature (standard, github).
       *     condition: condition (CEL over queue, agents, tasks), every_seconds.
       */
      config?: {
        [key: string]: unknown;
      };
      description?: string;
      enabled?: boolean;
      name?: string;
      /** @constant */
      secret?: 'whsec_********';
      /** @description It fires at most max times in so many seconds; null: no limit */
      throttle?: {
        max: number;
        seconds: number;
      } | null;
      /** @enum {string} */
      type?: 'cron' | 'event' | 'webhook' | 'condition';
    };
    TriggeredScheduleDto: {
      /** Format: date-time */
      fired_at: string;
      /** Format: uuid */
      task_id: string;
    };
    TriggerHistoryEntryDto: {
      /** Format: date-time */
      at: string;
      cause: {
        event: string | null;
        /** @enum {string} */
        kind: 'cron' | 'event' | 'webhook' | 'condition' | 'test';
        message_id: string | null;
        position: number | null;
        /** Format: date-time */
        scheduled_for: string | null;
      };
      detail: string | null;
      /** Format: uuid */
      firing_id: string | null;
      id: number;
      /** Format: uuid */
      notice_id: string | null;
      /** @enum {string} */
      outcome: 'firing' | 'fired' | 'failed' | 'not_fired';
      /** @description One of condition_false, condition_error, disabled, throttled, missed, chain_too_deep, signature_refused, timestamp_refused, payload_refused, replayed, template_error, action_refused */
      reason: string | null;
      /** Format: uuid */
      run_id: string | null;
      /** Format: uuid */
      task_id: string | null;
    };
    TriggerRotationDto: {
      /** @description Of a webhook trigger: what requests are signed with. Absent: one is made up and shown once */
      secret?: string;
    };
    /**
     * @example {
     *       "sample": {
     *         "event": {
     *           "name": "task.failed",
     *           "data": {}
     *         }
     *       },
     *       "dry_run": true
     *     }
     */
    TriggerTestDto: {
      /**
       * @description true: only show what it would do
       * @default false
       */
      dry_run: boolean;
      sample?: {
        event?: {
          /** @default {} */
          data: {
            [key: string]: unknown;
          };
          name: string;
          subject?: {
            /** Format: uuid */
            id: string;
            kind: string;
          };
        };
        figures?: {
          agents?: {
            [key: string]: unknown;
          };
          queue?: {
            [key: string]: unknown;
          };
          tasks?: {
            [key: string]: unknown;
          };
        };
        headers?: {
          [key: string]: string;
        };
        payload?: unknown;
      };
    };
    /**
     * @example {
     *       "enabled": false
     *     }
     */
    TriggerToggleDto: {
      enabled?: boolean;
    };
    UninstalledDto: {
      /** Format: uuid */
      id: string;
      left: {
        /** Format: uuid */
        id: string;
        key: string;
        /** @enum {string} */
        kind: 'agent' | 'workflow' | 'trigger';
      }[];
      /** @enum {string} */
      status: 'installing' | 'installed' | 'undoing' | 'failed' | 'uninstalling' | 'uninstalled';
      /** Format: date-time */
      uninstalled_at: string;
    };
    UnreadCountDto: {
      unread_count: number;
    };
    /**
     * @example {
     *       "name": "Updated Agent Name",
     *       "configuration": {
     *         "max_concurrent_tasks": 15,
     *         "timeout": 600
     *       }
     *     }
     */
    UpdateAgentDto: {
      capabilities?: string[];
      configuration?: {
        [key: string]: unknown;
      };
      environment?: string;
      name?: string;
      type?: string;
      version?: string;
    };
    /**
     * @example {
     *       "status": "busy",
     *       "load_metrics": {
     *         "active_connections": 5,
     *         "pending_tasks": 2
     *       }
     *     }
     */
    UpdateStatusDto: {
      load_metrics?: {
        [key: string]: number;
      };
      /** @enum {string} */
      status: 'active' | 'inactive' | 'busy' | 'stale';
    };
    /**
     * @example {
     *       "reports": [
     *         {
     *           "reportId": "01980a5d-ac96-774b-bcce-b302099a8057",
     *           "provider": "openai",
     *           "model": "gpt-4o",
     *           "inputTokens": 1200,
     *           "outputTokens": 340,
     *           "cachedInputTokens": 1000,
     *           "durationMs": 2100
     *         }
     *       ]
     *     }
     */
    UsageBodyDto: {
      /** Format: uuid */
      leaseToken?: string;
      reports: {
        /** @default 0 */
        cachedInputTokens: number;
        cost?: {
          amount: number;
          currency: string;
        };
        durationMs: number;
        inputTokens: number;
        model: string;
        outputTokens: number;
        provider: string;
        /** Format: uuid */
        reportId: string;
      }[];
    };
    UsageReportedDto: {
      recorded: number;
      repeated: number;
    };
    /**
     * @example {
     *       "role": "approver",
     *       "is_active": false
     *     }
     */
    UserChangesDto: {
      full_name?: string;
      is_active?: boolean;
      /** @enum {string} */
      role?: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
    };
    /**
     * @example {
     *       "events": [
     *         "task.*"
     *       ],
     *       "enabled": true
     *     }
     */
    WebhookChangesDto: {
      description?: string;
      /** @description true: from now on; `POST …/enable` also delivers what was missed */
      enabled?: boolean;
      /** @description Names or patterns such as `task.*` or `*`. Names: agent.registered, agent.updated, agent.status, agent.deregistered, worker.registered, worker.updated, worker.online, worker.degraded, worker.offline, task.created, task.updated, task.completed, task.failed, workflow.started, workflow.step, workflow.updated, workflow.completed, workflow.failed, workflow.cancelled, approval.requested, approval.approved, approval.rejected, approval.expired, system.alert */
      events?: string[];
      filter?: string | null;
      secret?: unknown;
      url?: string;
    };
    WebhookDetailsDto: {
      /** Format: date-time */
      created_at: string;
      created_by: string;
      description: string;
      /** @enum {string|null} */
      disabled_by: 'request' | 'gone' | 'failures' | null;
      /** Format: date-time */
      disables_at: string | null;
      enabled: boolean;
      events: string[];
      /** Format: date-time */
      failing_since: string | null;
      filter: string | null;
      former_secrets: {
        /** Format: date-time */
        until: string;
        version: number;
      }[];
      /** Format: uuid */
      id: string;
      last_error: string | null;
      progress: {
        delivered: number;
        failed: number;
        /** Format: date-time */
        failing_since: string | null;
        filter_errors: number;
        last_attempt: {
          /** Format: date-time */
          at: string;
          delivered: boolean;
          detail: string | null;
          /** @enum {string|null} */
          error:
            | 'status'
            | 'redirect'
            | 'timeout'
            | 'connection_refused'
            | 'connection_lost'
            | 'name_not_found'
            | 'address_refused'
            | 'tls'
            | 'response_too_large'
            | 'secret_unavailable'
            | 'not_configured'
            | 'refused'
            | null;
          status_code: number | null;
        } | null;
        /** Format: date-time */
        last_delivered_at: string | null;
        last_filter_error: string | null;
        pending: number;
        replays: {
          at: number;
          done: boolean;
          from: number;
          /** Format: uuid */
          replay_id: string;
          to: number;
        }[];
      } | null;
      secret: string;
      /** Format: uuid */
      secret_id: string;
      secret_version: number;
      /** @enum {string} */
      status: 'active' | 'failing' | 'disabled';
      /** Format: date-time */
      updated_at: string;
      url: string;
    };
    WebhookEnableDto: {
      /** @default true */
      backfill: boolean;
    };
    /**
     * @example {
     *       "from_time": "2026-01-01T00:00:00Z",
     *       "per_second": 50
     *     }
     */
    WebhookReplayDto: {
      /** @description Events after this position; 0: from the beginning */
      from_position?: number;
      /**
       * Format: date-time
       * @description Instead: events at or after this time
       */
      from_time?: string;
      /** @default 50 */
      per_second: number;
      /** @description Up to and with this position */
      to_position?: number;
      /**
       * Format: date-time
       * @description Instead: up to and with this time
       */
      to_time?: string;
    };
    WebhookRotationDto: {
      /** @description What deliveries are signed with: whsec_ and base64 of 24 to 64 bytes. Absent: one is made up and shown once */
      secret?: string;
    };
    WorkerBeatTakenDto: {
      heartbeat_interval_seconds: number;
      /** Format: date-time */
      received_at: string;
      /** Format: uuid */
      worker_id: string;
    };
    /**
     * @example {
     *       "cpu_usage_percent": 12.5,
     *       "memory_usage_percent": 40,
     *       "disk_usage_percent": 61
     *     }
     */
    WorkerHeartbeatDto: {
      cpu_usage_percent?: number;
      disk_usage_percent?: number;
      memory_usage_percent?: number;
    };
    WorkerOverviewDto: {
      agent_capacity: number;
      available_capacity: number;
      avg_cpu_usage_percent: number | null;
      avg_disk_usage_percent: number | null;
      avg_memory_usage_percent: number | null;
      by_group: {
        [key: string]: number;
      };
      by_status: {
        [key: string]: number;
      };
      online_agents: number;
      total_agents: number;
      total_workers: number;
    };
    /**
     * @example {
     *       "description": "Every night"
     *     }
     */
    WorkflowChangesDto: {
      /** @description The caller's own, at most 32 KiB; a definition's fields may stand in it too */
      config?: {
        [key: string]: unknown;
      };
      description?: string;
      is_template?: boolean;
      /** @description Steps at work at once */
      max_parallel?: unknown;
      name?: string;
      /** @description stop or compensate */
      on_failure?: unknown;
      /** @description What a run gives back, with ${{ CEL }} in its texts */
      output?: unknown;
      /** @description JSON Schema (2020-12) of a run's parameters */
      parameters?: unknown;
      /** @description Steps, each with key or name (the other follows), type or step_type (task, approval, signal, timer, condition, parallel, map, workflow, webhook, compensate), and what it does as config or under its type's name; order or depends_on; of a task also agent_id, agent_type, capabilities */
      steps?: unknown;
      /** @description Of a whole run */
      timeout_seconds?: unknown;
    };
    /**
     * @example {
     *       "steps": [
     *         {
     *           "name": "Data Extraction",
     *           "step_type": "task",
     *           "config": {
     *             "type": "extract",
     *             "agent_type": "data_extractor"
     *           }
     *         },
     *         {
     *           "name": "Data Processing",
     *           "step_type": "task",
     *           "config": {
     *             "type": "process",
     *             "payload": {
     *               "rows": "${{ steps.data_extraction.output.rows }}"
     *             }
     *           },
     *           "depends_on": [
     *             "Data Extraction"
     *           ]
     *         }
     *       ]
     *     }
     */
    WorkflowToValidateDto: {
      /** @description The caller's own, at most 32 KiB; a definition's fields may stand in it too */
      config?: {
        [key: string]: unknown;
      };
      /** @description Steps at work at once */
      max_parallel?: unknown;
      /** @description stop or compensate */
      on_failure?: unknown;
      /** @description What a run gives back, with ${{ CEL }} in its texts */
      output?: unknown;
      /** @description JSON Schema (2020-12) of a run's parameters */
      parameters?: unknown;
      /** @description Steps, each with key or name (the other follows), type or step_type (task, approval, signal, timer, condition, parallel, map, workflow, webhook, compensate), and what it does as config or under its type's name; order or depends_on; of a task also agent_id, agent_type, capabilities */
      steps?: unknown;
      /** @description Of a whole run */
      timeout_seconds?: unknown;
    };
    WorkflowValidationDto: {
      errors: {
        code: string;
        message: string;
        pointer: string;
        step?: string;
      }[];
      valid: boolean;
    };
  };
  responses: {
    /** @description Not done */
    NotDone: {
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description Refused */
    Refused: {
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
  };
  parameters: {
    /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
    IdempotencyKey: string;
  };
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  AgentCardsController_ofControlPlane: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentCardDto'];
        };
      };
    };
  };
  CoordinatorAgentsController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        agent_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentShownDto'];
        };
      };
    };
  };
  CoordinatorAgentsController_heartbeat: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        agent_id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['HeartbeatDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['HeartbeatReceivedDto'];
        };
      };
    };
  };
  CoordinatorAgentsController_updateStatus: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        agent_id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateStatusDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['StatusUpdatedDto'];
        };
      };
    };
  };
  CoordinatorAgentsController_discover: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DiscoverAgentsDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentsDiscoveredDto'];
        };
      };
    };
  };
  CoordinatorAgentsController_register: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RegisterAgentDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentRegisteredDto'];
        };
      };
    };
  };
  AuditController_list: {
    parameters: {
      query?: {
        action?: string;
        actor?: string;
        before?: number;
        from?: string;
        limit?: number;
        object_id?: string;
        object_type?: string;
        offset?: number;
        result?: 'ok' | 'refused';
        to?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AuditPageDto'];
        };
      };
    };
  };
  UsersController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        email?: string;
        limit?: number;
        offset?: number;
        role?: 'admin' | 'operator' | 'approver' | 'viewer' | 'auditor';
        status?: 'active' | 'disabled' | 'erased';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownUserDto'][];
        };
      };
    };
  };
  UsersController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewUserDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  UsersController_show: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  UsersController_erase: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  UsersController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UserChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  AdminWorkersController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWorkerDto'][];
        };
      };
    };
  };
  AdminWorkersController_approve: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWorkerDto'];
        };
      };
    };
  };
  PlatformAgentsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        capability?: string;
        limit?: number;
        offset?: number;
        role?: string;
        status?: 'online' | 'offline' | 'degraded' | 'idle' | 'busy' | 'error';
        status_filter?: 'online' | 'offline' | 'degraded' | 'idle' | 'busy' | 'error';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'][];
        };
      };
    };
  };
  PlatformAgentManagementController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreatePlatformAgentDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  PlatformAgentsController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  PlatformAgentManagementController_put: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChangePlatformAgentDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  PlatformAgentManagementController_delete: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentGoneDto'];
        };
      };
    };
  };
  PlatformAgentManagementController_patch: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChangePlatformAgentDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  AgentCardsController_ofAgent: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentCardDto'];
        };
      };
    };
  };
  CertificatesController_renew: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CertificateRequestDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RenewedDto'];
        };
      };
    };
  };
  PlatformAgentsController_heartbeat: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PlatformHeartbeatDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['HeartbeatAnsweredDto'];
        };
      };
    };
  };
  PlatformAgentManagementController_start: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  PlatformAgentManagementController_stop: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAgentDto'];
        };
      };
    };
  };
  PlatformAgentsController_taskStream: {
    parameters: {};
    responses: {
      200: {};
    };
  };
  PlatformAgentsController_tasks: {
    parameters: {
      query?: {
        lease?: 'true' | 'false';
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentTasksDto'];
        };
      };
    };
  };
  PlatformAgentsController_complete: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CompleteDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AcknowledgedDto'];
        };
      };
    };
  };
  AgentTasksController_input: {
    parameters: {
      path: {
        id: string;
        taskId: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskInputDto'];
        };
      };
    };
  };
  AgentTasksController_requireInput: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['InputRequiredBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['InputRequiredDto'];
        };
      };
    };
  };
  AgentTasksController_logs: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LogsBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AcknowledgedDto'];
        };
      };
    };
  };
  AgentTasksController_progress: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ProgressBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AcknowledgedDto'];
        };
      };
    };
  };
  AgentTasksController_renew: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LeaseBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RenewedDto'];
        };
      };
    };
  };
  AgentTasksController_giveBack: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ReturnBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ReturnedDto'];
        };
      };
    };
  };
  AgentTasksController_start: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LeaseBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['StartedDto'];
        };
      };
    };
  };
  AgentUsageController_report: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
        taskId: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UsageBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['UsageReportedDto'];
        };
      };
    };
  };
  CertificatesController_bundle: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/x-pem-file': string;
        };
      };
    };
  };
  CertificatesController_revocationList: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/pkix-crl': string;
        };
      };
    };
  };
  EnrolmentController_enrol: {
    parameters: {
      header: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description a registration token; it can be used once */
        'X-Agent-Token': string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['EnrolmentDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['EnrolledDto'];
        };
      };
    };
  };
  RegistrationTokensController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        include_spent?: 'true' | 'false';
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRegistrationTokenDto'][];
        };
      };
    };
  };
  RegistrationTokensController_issue: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewRegistrationTokenDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['IssuedRegistrationTokenDto'];
        };
      };
    };
  };
  RegistrationTokensController_revoke: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RevokedDto'];
        };
      };
    };
  };
  ApprovalsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        mine?: string;
        offset?: number;
        run_id?: string;
        status?: 'pending' | 'approved' | 'rejected' | 'expired' | 'voided' | 'all';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedApprovalDto'][];
        };
      };
    };
  };
  ApprovalsController_request: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownApprovalDto'];
        };
      };
    };
  };
  ApprovalsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownApprovalDto'];
        };
      };
    };
  };
  ApprovalsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalChangeDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ChangedApprovalDto'];
        };
      };
    };
  };
  ApprovalsController_approve: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalDecisionDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownApprovalDto'];
        };
      };
    };
  };
  ApprovalsController_cancel: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownApprovalDto'];
        };
      };
    };
  };
  ApprovalsController_reject: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ApprovalDecisionDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownApprovalDto'];
        };
      };
    };
  };
  AuthController_changePassword: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PasswordChangeDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['PasswordChangedDto'];
        };
      };
    };
  };
  AuthController_logIn: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['LoginDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TokensDto'];
        };
      };
    };
  };
  AuthController_logOut: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['LoggedOutDto'];
        };
      };
    };
  };
  AuthController_me: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  AuthController_changeMe: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ProfileDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  AuthController_disableMfa: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['MfaDisablingDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['MfaDisabledDto'];
        };
      };
    };
  };
  AuthController_setUpMfa: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['MfaSetupDto'];
        };
      };
    };
  };
  AuthController_verifyMfa: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['MfaCodeDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['MfaActivatedDto'];
        };
      };
    };
  };
  AuthController_refresh: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RefreshDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TokensDto'];
        };
      };
    };
  };
  AuthController_register: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RegistrationDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownUserDto'];
        };
      };
    };
  };
  AuthController_listSessions: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSessionDto'][];
        };
      };
    };
  };
  AuthController_revokeSession: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RevokedDto'];
        };
      };
    };
  };
  CircuitBreakersController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        state?: 'closed' | 'open' | 'half_open' | 'forced_open' | 'forced_closed';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'][];
        };
      };
    };
  };
  CircuitBreakersController_configure: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BreakerBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
      201: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
    };
  };
  CircuitBreakersController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        name: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
    };
  };
  CircuitBreakersController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        name: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  CircuitBreakersController_forceClose: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BreakerReasonDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
    };
  };
  CircuitBreakersController_forceOpen: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BreakerReasonDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
    };
  };
  CircuitBreakersController_reset: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BreakerReasonDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBreakerDto'];
        };
      };
    };
  };
  CodeReviewsController_list: {
    parameters: {
      query?: {
        agent_id?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        status?: 'pending' | 'approved' | 'rejected';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedCodeReviewDto'][];
        };
      };
    };
  };
  CodeReviewsController_request: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeReviewBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  CodeReviewsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  CodeReviewsController_revise: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeReviewRevisionDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  CodeReviewsController_approve: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeReviewDecisionDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  CodeReviewsController_comment: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeReviewCommentDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  CodeReviewsController_reject: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CodeReviewRejectionDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownCodeReviewDto'];
        };
      };
    };
  };
  BudgetsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['BudgetsDto'];
        };
      };
    };
  };
  BudgetsController_set: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BudgetBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBudgetDto'];
        };
      };
    };
  };
  BudgetsController_remove: {
    parameters: {
      query?: {
        agent_id?: string;
        task_type?: string;
      };
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['BudgetRemovedDto'];
        };
      };
    };
  };
  BudgetsController_reset: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BudgetScopeDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownBudgetDto'];
        };
      };
    };
  };
  CostsController_byAgent: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        days?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentCostDto'][];
        };
      };
    };
  };
  CostsController_byProvider: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        days?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ProviderCostDto'][];
        };
      };
    };
  };
  CostsController_daily: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        days?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DailyCostDto'][];
        };
      };
    };
  };
  CostsController_prices: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['PricesDto'];
        };
      };
    };
  };
  CostsController_changePrices: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PricesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['PricesDto'];
        };
      };
    };
  };
  CostsController_summary: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CostSummaryDto'];
        };
      };
    };
  };
  DeadLettersController_list: {
    parameters: {
      query?: {
        agent_id?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        class?: string;
        limit?: number;
        offset?: number;
        reason?: string;
        since?: string;
        type?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownDeadLetterDto'][];
        };
      };
    };
  };
  DeadLettersController_add: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewDeadLetterDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownDeadLetterDto'];
        };
      };
    };
  };
  DeadLettersController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  DeadLettersController_retry: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RetryBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  DeadLettersController_showRetry: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeadLetterRetryDto'];
        };
      };
    };
  };
  DeadLettersController_retryAll: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RetryAllDto'];
      };
    };
    responses: {
      /** @description Only counted, or nothing to begin */
      200: {
        content: {
          'application/json': components['schemas']['RetryAllAnsweredDto'];
        };
      };
      202: {
        content: {
          'application/json': components['schemas']['RetryAllAnsweredDto'];
        };
      };
    };
  };
  DeadLettersController_stats: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeadLetterStatsDto'];
        };
      };
    };
  };
  DiscoveryController_routes: {
    parameters: {
      query: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        capability: string;
        group?: string;
        limit?: number;
        strategy?:
          | 'round_robin'
          | 'least_loaded'
          | 'random'
          | 'first_available'
          | 'weighted'
          | 'latency'
          | 'trust'
          | 'least_connections';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RoutesDto'];
        };
      };
    };
  };
  DiscoveryController_removeAll: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        agent_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CapabilitiesRemovedDto'];
        };
      };
    };
  };
  DiscoveryController_health: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        agent_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentHealthDto'];
        };
      };
    };
  };
  CapabilitiesController_list: {
    parameters: {
      query?: {
        agent_id?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        capability?: string;
        group?: string;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CapabilitiesDto'];
        };
      };
    };
  };
  CapabilitiesController_register: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewCapabilityDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['CapabilityDto'];
        };
      };
    };
  };
  CapabilitiesController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        capability_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CapabilityDto'];
        };
      };
    };
  };
  CapabilitiesController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        capability_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CapabilityDeletedDto'];
        };
      };
    };
  };
  DiscoveryController_groups: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['GroupsDto'];
        };
      };
    };
  };
  DiscoveryController_agentsOfGroup: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
      path: {
        group_name: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['GroupAgentsDto'];
        };
      };
    };
  };
  DiscoveryController_heartbeat: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DiscoveryHeartbeatDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['BeatReceivedDto'];
        };
      };
    };
  };
  SearchController_search: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SearchDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['FoundDto'];
        };
      };
    };
  };
  DispatchLimitsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedDispatchLimitDto'][];
        };
      };
    };
  };
  DispatchLimitsController_set: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        scope: string;
        value: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DispatchLimitBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DispatchLimitDto'];
        };
      };
      201: {
        content: {
          'application/json': components['schemas']['DispatchLimitDto'];
        };
      };
    };
  };
  DispatchLimitsController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        scope: string;
        value: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DispatchLimitRemovedDto'];
        };
      };
    };
  };
  EventStreamController_stream: {
    parameters: {
      query?: {
        /** @description Only what concerns this agent, by any of its ids */
        agent_id?: string;
        /** @description Names of events or patterns such as task.*, with commas between them */
        events?: string;
        /** @description Position in the log: first what came after it, then what comes */
        from_position?: number;
        /** @description As the header Last-Event-ID, for those who cannot set it */
        last_event_id?: number;
        /** @description Only what concerns this run of a workflow */
        run_id?: string;
        /** @description Only what concerns this task */
        task_id?: string;
        /** @description Only what concerns this worker */
        worker_id?: string;
      };
      header?: {
        /** @description The position of the last event that arrived */
        'Last-Event-ID'?: string;
      };
    };
    responses: {
      200: {
        content: {
          'text/event-stream': string;
        };
      };
    };
  };
  'SystemController_showHealth[1]': {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['HealthShownDto'];
        };
      };
    };
  };
  MarketplaceController_installed: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        status?: 'installing' | 'installed' | 'undoing' | 'failed' | 'uninstalling' | 'uninstalled';
        template_id?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownInstallationDto'][];
        };
      };
    };
  };
  MarketplaceController_showInstallation: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownInstallationDto'];
        };
      };
    };
  };
  MarketplaceController_uninstall: {
    parameters: {
      query?: {
        /** @description true: also where something of it has been changed, or is at work */
        force?: 'true' | 'false';
      };
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['UninstalledDto'];
        };
      };
    };
  };
  MarketplaceController_list: {
    parameters: {
      query?: {
        category?: string;
        search?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedTemplateDto'][];
        };
      };
    };
  };
  MarketplaceController_show: {
    parameters: {
      query?: {
        version?: string;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTemplateDto'];
        };
      };
    };
  };
  MarketplaceController_install: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['InstallTemplateDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownInstallationDto'];
        };
      };
    };
  };
  'SystemController_showMetrics[1]': {
    parameters: {};
    responses: {
      200: {
        content: {
          'text/plain': string;
        };
      };
    };
  };
  NotificationsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        unread?: 'true' | 'false';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownNotificationDto'][];
        };
      };
    };
  };
  NotificationsController_read: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownNotificationDto'];
        };
      };
    };
  };
  ChannelsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        status?: 'ok' | 'failing';
        type?: 'email' | 'slack' | 'telegram' | 'webhook';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownChannelDto'][];
        };
      };
    };
  };
  ChannelsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewChannelDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownChannelDto'];
        };
      };
    };
  };
  ChannelsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownChannelDto'];
        };
      };
    };
  };
  ChannelsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ChannelChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownChannelDto'];
        };
      };
    };
  };
  ChannelsController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  ChannelDeliveriesController_list: {
    parameters: {
      query?: {
        event?:
          | 'agent.registered'
          | 'agent.updated'
          | 'agent.status'
          | 'agent.deregistered'
          | 'worker.registered'
          | 'worker.updated'
          | 'worker.online'
          | 'worker.degraded'
          | 'worker.offline'
          | 'task.created'
          | 'task.updated'
          | 'task.completed'
          | 'task.failed'
          | 'workflow.started'
          | 'workflow.step'
          | 'workflow.updated'
          | 'workflow.completed'
          | 'workflow.failed'
          | 'workflow.cancelled'
          | 'approval.requested'
          | 'approval.approved'
          | 'approval.rejected'
          | 'approval.expired'
          | 'message.new'
          | 'notification'
          | 'system.alert'
          | 'test'
          | 'digest';
        limit?: number;
        offset?: number;
        state?: 'pending' | 'delivered' | 'failed' | 'dropped';
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryDto'][];
        };
      };
    };
  };
  ChannelDeliveriesController_show: {
    parameters: {
      path: {
        delivery_id: string;
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryDetailsDto'];
        };
      };
    };
  };
  ChannelDeliveriesController_redeliver: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        delivery_id: string;
        id: string;
      };
    };
    responses: {
      202: {
        content: {
          'application/json': components['schemas']['RedeliveryDto'];
        };
      };
    };
  };
  ChannelsController_test: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryTestDto'];
        };
      };
    };
  };
  NotificationsController_preferences: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownPreferencesDto'];
        };
      };
    };
  };
  NotificationsController_setPreferences: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PreferenceChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownPreferencesDto'];
        };
      };
    };
  };
  NotificationsController_readAll: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ReadAllDto'];
        };
      };
    };
  };
  NotificationRulesController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        enabled?: 'true' | 'false';
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRuleDto'][];
        };
      };
    };
  };
  NotificationRulesController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewRuleDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownRuleDto'];
        };
      };
    };
  };
  NotificationRulesController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRuleDto'];
        };
      };
    };
  };
  NotificationRulesController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RuleChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRuleDto'];
        };
      };
    };
  };
  NotificationRulesController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  NotificationRulesController_dryRun: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RuleDryRunDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RuleDryRunReportDto'];
        };
      };
    };
  };
  NotificationRulesController_dryRunOfNew: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewRuleDryRunDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RuleDryRunReportDto'];
        };
      };
    };
  };
  NotificationsController_unreadCount: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['UnreadCountDto'];
        };
      };
    };
  };
  SchedulesController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        status?: 'active' | 'paused' | 'ended';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'][];
        };
      };
    };
  };
  SchedulesController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScheduleBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'];
        };
      };
    };
  };
  SchedulesController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'];
        };
      };
    };
  };
  SchedulesController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  SchedulesController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScheduleChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'];
        };
      };
    };
  };
  SchedulesController_next: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        count?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['NextTimesDto'];
        };
      };
    };
  };
  SchedulesController_pause: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SchedulePauseDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'];
        };
      };
    };
  };
  SchedulesController_resume: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleDto'];
        };
      };
    };
  };
  SchedulesController_runs: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownScheduleRunDto'][];
        };
      };
    };
  };
  SchedulesController_trigger: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ScheduleTriggerDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['TriggeredScheduleDto'];
        };
      };
    };
  };
  SecretsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        category?: string;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'][];
        };
      };
    };
  };
  SecretsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewSecretDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'];
        };
      };
    };
  };
  SecretsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        reveal?: 'true' | 'false';
        version?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'];
        };
      };
    };
  };
  SecretsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SecretChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'];
        };
      };
    };
  };
  SecretsController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  SecretsController_rotate: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RotationDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'];
        };
      };
    };
  };
  SecretsController_expiring: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        days?: number;
        limit?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecretDto'][];
        };
      };
    };
  };
  SecurityController_show: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSecurityDto'];
        };
      };
    };
  };
  SecurityController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SecurityChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SecuritySettingsDto'];
        };
      };
    };
  };
  SecurityController_rotateAgentCa: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RotatedAgentCaDto'];
        };
      };
    };
  };
  ApiKeysController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        include_revoked?: 'true' | 'false';
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownApiKeyDto'][];
        };
      };
    };
  };
  ApiKeysController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewApiKeyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['CreatedApiKeyDto'];
        };
      };
    };
  };
  ApiKeysController_revoke: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RevokedDto'];
        };
      };
    };
  };
  SecurityController_showIpRules: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownIpRulesDto'];
        };
      };
    };
  };
  SecurityController_changeIpRules: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['IpRulesChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['IpRulesDto'];
        };
      };
    };
  };
  OAuthClientsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        include_revoked?: 'true' | 'false';
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownOAuthClientDto'][];
        };
      };
    };
  };
  OAuthClientsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewOAuthClientDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['CreatedOAuthClientDto'];
        };
      };
    };
  };
  OAuthClientsController_revoke: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RevokedDto'];
        };
      };
    };
  };
  SecurityController_showPasswordPolicy: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownPasswordPolicyDto'];
        };
      };
    };
  };
  SecurityController_changePasswordPolicy: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PasswordPolicyChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['PasswordPolicyDto'];
        };
      };
    };
  };
  SecurityController_listSessions: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        user_id?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSessionDto'][];
        };
      };
    };
  };
  SecurityController_revokeSession: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RevokedDto'];
        };
      };
    };
  };
  SecurityController_rotateSigningKey: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RotatedSigningKeyDto'];
        };
      };
    };
  };
  SettingsController_list: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SettingsDto'];
        };
      };
    };
  };
  SettingsController_show: {
    parameters: {
      path: {
        category: string;
        key: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSettingDto'];
        };
      };
    };
  };
  SettingsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        category: string;
        key: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SettingBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSettingDto'];
        };
      };
    };
  };
  SettingsController_history: {
    parameters: {
      query?: {
        limit?: number;
      };
      path: {
        category: string;
        key: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SettingHistoryDto'];
        };
      };
    };
  };
  SettingsController_changeMany: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SettingsBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SettingsChangedDto'];
        };
      };
    };
  };
  SettingsController_showHealth: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SystemHealthDto'];
        };
      };
    };
  };
  SshConnectionsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        name?: string;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSshConnectionDto'][];
        };
      };
    };
  };
  SshConnectionsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewSshConnectionDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownSshConnectionDto'];
        };
      };
    };
  };
  SshConnectionsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSshConnectionDto'];
        };
      };
    };
  };
  SshConnectionsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SshConnectionChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownSshConnectionDto'];
        };
      };
    };
  };
  SshConnectionsController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  SshConnectionsController_execute: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SshCommandDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SshExecutionDto'];
        };
      };
      202: {
        content: {
          'application/json': components['schemas']['SshExecutionDto'];
        };
      };
    };
  };
  SshConnectionsController_test: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SshTestDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SshTestReportDto'];
        };
      };
    };
  };
  AlertsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        kind?:
          | 'service_unhealthy'
          | 'subscription_lagging'
          | 'events_parked'
          | 'dead_letters_growing'
          | 'budget_threshold'
          | 'certificate_expiring'
          | 'secret_expiring'
          | 'webhook_failing'
          | 'webhook_disabled'
          | 'channel_failing';
        limit?: number;
        offset?: number;
        severity?: 'info' | 'warning' | 'critical';
        status?: 'raised' | 'cleared';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAlertDto'][];
        };
      };
    };
  };
  AlertsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownAlertDto'];
        };
      };
    };
  };
  TaskTypesController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskTypeDto'][];
        };
      };
    };
  };
  TaskTypesController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        type: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskTypeDto'];
        };
      };
    };
  };
  TaskTypesController_configure: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        type: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskTypeBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskTypeDto'];
        };
      };
      201: {
        content: {
          'application/json': components['schemas']['ShownTaskTypeDto'];
        };
      };
    };
  };
  TaskTypesController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        type: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  PlatformTasksController_list: {
    parameters: {
      query?: {
        agent_id?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        priority?: string;
        run_id?: string;
        status?:
          | 'scheduled'
          | 'queued'
          | 'assigned'
          | 'running'
          | 'paused'
          | 'input_required'
          | 'completed'
          | 'failed'
          | 'cancelled'
          | 'expired'
          | 'dead_lettered';
        status_filter?:
          | 'scheduled'
          | 'queued'
          | 'assigned'
          | 'running'
          | 'paused'
          | 'input_required'
          | 'completed'
          | 'failed'
          | 'cancelled'
          | 'expired'
          | 'dead_lettered';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'][];
        };
      };
    };
  };
  PlatformTasksController_submit: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['SubmittedTaskDto'];
        };
      };
    };
  };
  PlatformTasksController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_cancel: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CancelBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['CancelledTaskDto'];
        };
      };
    };
  };
  'PlatformTasksController_events[0]': {
    parameters: {
      query?: {
        from_version?: number;
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskHistoryDto'];
        };
      };
    };
  };
  TaskExplainController_explain: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskExplanationDto'];
        };
      };
    };
  };
  'PlatformTasksController_events[1]': {
    parameters: {
      query?: {
        from_version?: number;
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskHistoryDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_input: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['InputBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTasksController_logs: {
    parameters: {
      query?: {
        after?: number;
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskLogsDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_pause: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['PauseBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_accept: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['AcceptResultBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_resume: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  PlatformTaskCommandsController_retry: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RetryBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'];
        };
      };
    };
  };
  TaskUsageController_show: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskUsageDto'];
        };
      };
    };
  };
  PlatformTasksController_submitMany: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['BulkBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['SubmittedTasksDto'];
        };
      };
    };
  };
  PlatformTasksController_stats: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskStatsDto'];
        };
      };
    };
  };
  TriggersController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        enabled?: 'true' | 'false';
        limit?: number;
        offset?: number;
        type?: 'cron' | 'event' | 'webhook' | 'condition';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTriggerDto'][];
        };
      };
    };
  };
  TriggersController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewTriggerDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownTriggerDto'];
        };
      };
    };
  };
  TriggersController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTriggerDto'];
        };
      };
    };
  };
  TriggersController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TriggerChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTriggerDto'];
        };
      };
    };
  };
  TriggersController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  TriggersController_history: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        outcome?: 'firing' | 'fired' | 'failed' | 'not_fired';
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TriggerHistoryEntryDto'][];
        };
      };
    };
  };
  TriggersController_hook: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
        /** @description Standard Webhooks 1.0, with webhook-id and webhook-timestamp */
        'webhook-signature'?: string;
        /** @description as GitHub signs, where the trigger wants that */
        'X-Hub-Signature-256'?: string;
      };
      path: {
        id: string;
      };
    };
    responses: {
      202: {
        content: {
          'application/json': components['schemas']['TakenHookDto'];
        };
      };
    };
  };
  TriggersController_rotate: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TriggerRotationDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTriggerDto'];
        };
      };
    };
  };
  TriggersController_test: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TriggerTestDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TestedTriggerDto'];
        };
      };
    };
  };
  TriggersController_toggle: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TriggerToggleDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ToggledTriggerDto'];
        };
      };
    };
  };
  WebhooksController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        status?: 'active' | 'failing' | 'disabled';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWebhookDto'][];
        };
      };
    };
  };
  WebhooksController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewWebhookDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownWebhookDto'];
        };
      };
    };
  };
  WebhooksController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['WebhookDetailsDto'];
        };
      };
    };
  };
  WebhooksController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWebhookDto'];
        };
      };
    };
  };
  WebhooksController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  WebhookDeliveriesController_list: {
    parameters: {
      query?: {
        event?:
          | 'agent.registered'
          | 'agent.updated'
          | 'agent.status'
          | 'agent.deregistered'
          | 'worker.registered'
          | 'worker.updated'
          | 'worker.online'
          | 'worker.degraded'
          | 'worker.offline'
          | 'task.created'
          | 'task.updated'
          | 'task.completed'
          | 'task.failed'
          | 'workflow.started'
          | 'workflow.step'
          | 'workflow.updated'
          | 'workflow.completed'
          | 'workflow.failed'
          | 'workflow.cancelled'
          | 'approval.requested'
          | 'approval.approved'
          | 'approval.rejected'
          | 'approval.expired'
          | 'message.new'
          | 'notification'
          | 'system.alert'
          | 'test'
          | 'digest';
        limit?: number;
        offset?: number;
        state?: 'pending' | 'delivered' | 'failed' | 'dropped';
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryDto'][];
        };
      };
    };
  };
  WebhookDeliveriesController_show: {
    parameters: {
      path: {
        delivery_id: string;
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryDetailsDto'];
        };
      };
    };
  };
  WebhookDeliveriesController_redeliver: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        delivery_id: string;
        id: string;
      };
    };
    responses: {
      202: {
        content: {
          'application/json': components['schemas']['RedeliveryDto'];
        };
      };
    };
  };
  WebhooksController_enable: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookEnableDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWebhookDto'];
        };
      };
    };
  };
  WebhooksController_replay: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookReplayDto'];
      };
    };
    responses: {
      202: {
        content: {
          'application/json': components['schemas']['StartedReplayDto'];
        };
      };
    };
  };
  WebhooksController_rotate: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WebhookRotationDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWebhookDto'];
        };
      };
    };
  };
  WebhooksController_test: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeliveryTestDto'];
        };
      };
    };
  };
  WorkersController_heartbeat: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WorkerHeartbeatDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['WorkerBeatTakenDto'];
        };
      };
    };
  };
  WorkersController_pendingTasks: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownTaskDto'][];
        };
      };
    };
  };
  WorkersController_overview: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['WorkerOverviewDto'];
        };
      };
    };
  };
  WorkersController_register: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewWorkerDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownWorkerDto'];
        };
      };
    };
  };
  WorkflowsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        is_template?: 'true' | 'false';
        limit?: number;
        offset?: number;
        search?: string;
        status?: 'active' | 'draft';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedWorkflowDto'][];
        };
      };
    };
  };
  WorkflowsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewWorkflowDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownWorkflowDto'];
        };
      };
    };
  };
  WorkflowsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWorkflowDto'];
        };
      };
    };
  };
  WorkflowsController_change: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WorkflowChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWorkflowDto'];
        };
      };
    };
  };
  WorkflowsController_remove: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['DeletedDto'];
        };
      };
    };
  };
  WorkflowsController_patch: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WorkflowChangesDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownWorkflowDto'];
        };
      };
    };
  };
  RunCommandsController_execute: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ExecuteBodyDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunsController_ofWorkflow: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        started_after?: string;
        started_before?: string;
        status?: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedRunDto'][];
        };
      };
    };
  };
  WorkflowsController_addStep: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['NewStepDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownWorkflowDto'];
        };
      };
    };
  };
  WorkflowsController_versions: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedVersionDto'][];
        };
      };
    };
  };
  WorkflowsController_version: {
    parameters: {
      path: {
        id: string;
        version: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownVersionDto'];
        };
      };
    };
  };
  RunsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        offset?: number;
        parent?: string;
        started_after?: string;
        started_before?: string;
        status?: 'running' | 'paused' | 'compensating' | 'completed' | 'failed' | 'cancelled';
        workflow_id?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ListedRunDto'][];
        };
      };
    };
  };
  RunsController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunCommandsController_cancel: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RunReasonDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunsController_events: {
    parameters: {
      query?: {
        from_version?: number;
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskHistoryDto'];
        };
      };
    };
  };
  RunCommandsController_fork: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ForkRunDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunGraphController_show: {
    parameters: {
      query?: {
        /** @description The state as of this log position or ISO 8601 time, from the log itself */
        as_of?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        format?: 'json' | 'mermaid' | 'dot';
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunGraphDto'];
        };
      };
    };
  };
  RunCommandsController_pause: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RunReasonDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunCommandsController_resume: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunCommandsController_retry: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RetryRunDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['ShownRunDto'];
        };
      };
    };
  };
  RunCommandsController_signalRun: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RunSignalDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SignalSentDto'];
        };
      };
    };
  };
  RunCommandsController_signal: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SignalDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SignalSentDto'];
        };
      };
    };
  };
  WorkflowsController_validate: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WorkflowToValidateDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['WorkflowValidationDto'];
        };
      };
    };
  };
  'EventSocketsController_socket[1]': {
    parameters: {};
    responses: {
      200: {};
    };
  };
  DocsController_page: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': string;
        };
      };
    };
  };
  'SystemController_showHealth[0]': {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['HealthShownDto'];
        };
      };
    };
  };
  'SystemController_showMetrics[0]': {
    parameters: {};
    responses: {
      200: {
        content: {
          'text/plain': string;
        };
      };
    };
  };
  TokenController_issue: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TokenBodyDto'];
        'application/x-www-form-urlencoded': components['schemas']['TokenBodyDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AccessTokenDto'];
        };
      };
    };
  };
  DocsController_openApi: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': Record<string, never>;
        };
      };
    };
  };
  CoordinatorTasksController_queues: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskQueuesDto'];
        };
      };
    };
  };
  CoordinatorTasksController_clear: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        priority: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['QueueClearedDto'];
        };
      };
    };
  };
  CoordinatorTasksController_clearByDelete: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        priority: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['QueueClearedDto'];
        };
      };
    };
  };
  CoordinatorTasksController_queueStats: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['QueueStatsDto'];
        };
      };
    };
  };
  CoordinatorTasksController_status: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskStatusDto'];
        };
      };
    };
  };
  CoordinatorTasksController_submit: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SubmitTaskDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskSubmittedDto'];
        };
      };
    };
  };
  OperationsAgentsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        page?: number;
        status?: 'active' | 'inactive' | 'error' | 'initializing';
        type?: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentPageDto'];
        };
      };
    };
  };
  OperationsAgentsController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateAgentDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['AgentEnvelopeDto'];
        };
      };
    };
  };
  OperationsAgentsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        agent_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentEnvelopeDto'];
        };
      };
    };
  };
  OperationsAgentsController_update: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        agent_id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UpdateAgentDto'];
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentEnvelopeDto'];
        };
      };
    };
  };
  OperationsAgentsController_delete: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        agent_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['AgentDeletedDto'];
        };
      };
    };
  };
  OperationsHealthController_show: {
    parameters: {};
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['SystemHealthShownDto'];
        };
      };
    };
  };
  OperationsMetricsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        /** @description One name, or several with commas between them: task_completion_rate, response_time, error_rate, response_time_p50, response_time_p99, queue_wait, queue_wait_p50, queue_wait_p99, throughput, tasks_submitted, tasks_completed, tasks_failed, tasks_cancelled, attempts_failed, queue_depth, running_tasks, active_agents, workflow_runs, workflow_runs_completed, workflow_runs_failed, workflow_run_time. Default: all */
        metric?: string;
        period?: '1h' | '24h' | '7d' | '30d';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['MetricsDto'];
        };
      };
    };
  };
  OperationsTasksController_list: {
    parameters: {
      query?: {
        agent_id?: string;
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        created_after?: string;
        created_before?: string;
        limit?: number;
        page?: number;
        priority?: 'low' | 'medium' | 'high' | 'critical';
        status?: 'pending' | 'running' | 'completed' | 'failed';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskPageDto'];
        };
      };
    };
  };
  OperationsTasksController_create: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['CreateTaskDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['TaskEnvelopeDto'];
        };
      };
    };
  };
  OperationsTasksController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        task_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['TaskEnvelopeDto'];
        };
      };
    };
  };
  OperationsWorkflowsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        page?: number;
        status?: 'active' | 'draft';
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['OperationsWorkflowPageDto'];
        };
      };
    };
  };
  OperationsWorkflowsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        workflow_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['OperationsWorkflowEnvelopeDto'];
        };
      };
    };
  };
  OperationsRunsController_execute: {
    parameters: {
      header?: {
        /** @description 1 to 255 visible ASCII characters: the same key again is done once and answered the same */
        'Idempotency-Key'?: components['parameters']['IdempotencyKey'];
      };
      path: {
        workflow_id: string;
      };
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['ExecuteWorkflowDto'];
      };
    };
    responses: {
      201: {
        content: {
          'application/json': components['schemas']['RunEnvelopeDto'];
        };
      };
    };
  };
  OperationsRunsController_list: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
        limit?: number;
        page?: number;
        status?: 'pending' | 'running' | 'completed' | 'failed';
      };
      path: {
        workflow_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RunPageDto'];
        };
      };
    };
  };
  OperationsRunsController_show: {
    parameters: {
      query?: {
        /** @description Log position that the answer must have seen: a Log-Position of an earlier write */
        at_least?: number;
      };
      path: {
        run_id: string;
      };
    };
    responses: {
      200: {
        content: {
          'application/json': components['schemas']['RunEnvelopeDto'];
        };
      };
    };
  };
  'EventSocketsController_socket[0]': {
    parameters: {};
    responses: {
      200: {};
    };
  };
  'EventSocketsController_socket[2]': {
    parameters: {};
    responses: {
      200: {};
    };
  };
}
