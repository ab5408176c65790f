import { Controller, Inject } from '@nestjs/common';
import {
  agentHealth,
  agentsOfGroup,
  findRoutes,
  listCapabilities,
  listGroups,
  registerCapability,
  removeAgentCapabilities,
  removeCapability,
  showCapability,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { isRejection, reject, type Clock, type CommandMetadata, type Rejection } from '@ao/kernel';
import { CommandHandler, QueryHandler } from '@ao/messaging';
import { CLOCK, COMMAND_SHELL } from '@ao/platform';
import { CapabilitiesService } from './capabilities.service';
import { capabilityAggregate } from './capability.aggregate';
import { capabilityId } from './capability.state';

type Answer<C> = Promise<ResultOf<C> | Rejection>;

/** The doors of capabilities on NATS. */
@Controller()
export class CapabilityHandlers {
  constructor(
    @Inject(COMMAND_SHELL) private readonly shell: CommandShell,
    @Inject(CapabilitiesService) private readonly capabilities: CapabilitiesService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(registerCapability)
  async register(
    data: DataOf<typeof registerCapability>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof registerCapability>>> {
    const { agent_id, name } = data;
    const agent = await this.capabilities.agent(agent_id);
    if (isRejection(agent)) return agent;
    if (!agent) return unknownAgent('register a capability of', agent_id);
    const capability_id = capabilityId(agent_id, name);
    return this.shell.run(capabilityAggregate, capability_id, {
      type: 'RegisterCapability',
      data: { ...data, capability_id },
      metadata,
    });
  }

  @CommandHandler(removeCapability)
  remove(
    data: DataOf<typeof removeCapability>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof removeCapability>>> {
    return this.shell.run(capabilityAggregate, data.capability_id, { type: 'RemoveCapability', data, metadata });
  }

  @CommandHandler(removeAgentCapabilities)
  async removeAll(
    data: DataOf<typeof removeAgentCapabilities>,
    metadata: CommandMetadata,
  ): Promise<CommandResult<ResultOf<typeof removeAgentCapabilities>>> {
    const agent = await this.capabilities.agent(data.agent_id);
    if (isRejection(agent)) return agent;
    if (!agent) return unknownAgent('remove the capabilities of', data.agent_id);
    return this.capabilities.removeAll(data, metadata);
  }

  @QueryHandler(findRoutes)
  routes({ at_least, ...query }: DataOf<typeof findRoutes>): Answer<typeof findRoutes> {
    return this.capabilities.answer('find_routes', at_least, () => this.finder.routes(query));
  }

  @QueryHandler(listCapabilities)
  list({ at_least, ...query }: DataOf<typeof listCapabilities>): Answer<typeof listCapabilities> {
    return this.capabilities.answer('list_capabilities', at_least, () => this.finder.capabilities(query));
  }

  @QueryHandler(showCapability)
  show({ at_least, capability_id }: DataOf<typeof showCapability>): Answer<typeof showCapability> {
    return this.capabilities.answer('show_capability', at_least, () => ({
      capability: this.finder.capability(capability_id),
    }));
  }

  @QueryHandler(listGroups)
  groups({ at_least, ...query }: DataOf<typeof listGroups>): Answer<typeof listGroups> {
    return this.capabilities.answer('list_groups', at_least, () => this.finder.groups(query));
  }

  @QueryHandler(agentsOfGroup)
  ofGroup({ at_least, ...query }: DataOf<typeof agentsOfGroup>): Answer<typeof agentsOfGroup> {
    return this.capabilities.answer('agents_of_group', at_least, () => this.finder.agentsOfGroup(query));
  }

  @QueryHandler(agentHealth)
  health({ at_least, agent_id }: DataOf<typeof agentHealth>): Answer<typeof agentHealth> {
    return this.capabilities.answer('agent_health', at_least, () => ({
      agent: this.finder.health(agent_id, this.clock.now()),
    }));
  }

  private get finder() {
    return this.capabilities.finder;
  }
}

function unknownAgent(verb: string, agentId: string): Rejection {
  return reject('not_found', 'agent_not_found', `Expected to ${verb} agent '${agentId}', but it is not registered`);
}
