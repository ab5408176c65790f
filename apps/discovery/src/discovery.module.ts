import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { fromPlatform, LOGGER, PlatformModule, POOL, type Logger } from '@ao/platform';
import { AgentScores } from '@ao/routing';
import type { Pool } from 'pg';
import { AgentBoard } from './agents/agent.board';
import { AgentsHandlers } from './agents/agents.handlers';
import { AgentsService } from './agents/agents.service';
import { CapabilitiesService } from './capability/capabilities.service';
import { CapabilityHandlers } from './capability/capability.handlers';
import { CapabilityView } from './capability/capability.view';
import { waitForSchema } from './schema';
import { CapabilitySearch } from './search/capability-search';
import { discoveryConfig } from './search/search.config';
import { SearchModule } from './search/search.module';

const capabilityView = {
  provide: CapabilityView,
  useFactory: (search: CapabilitySearch, board: AgentBoard) =>
    new CapabilityView(search, (agentId) => board.get(agentId)?.agent_id ?? agentId),
  inject: [CapabilitySearch, AgentBoard],
};

const agentsService = fromPlatform(
  AgentsService,
  (platform, board, recorded) => new AgentsService({ ...platform, board, recorded }),
  [AgentBoard, CapabilityView],
);

const capabilitiesService = fromPlatform(
  CapabilitiesService,
  (platform, agents, board, scores, view) => new CapabilitiesService({ ...platform, agents, board, scores, view }),
  [AgentsService, AgentBoard, AgentScores, CapabilityView],
);

/** Which agents can do what. */
@Module({
  imports: [
    PlatformModule.forService({ service: 'discovery', schema: 'discovery', config: discoveryConfig }),
    SearchModule,
  ],
  controllers: [AgentsHandlers, CapabilityHandlers],
  providers: [
    { provide: AgentScores, useFactory: () => new AgentScores() },
    { provide: AgentBoard, useFactory: (scores: AgentScores) => new AgentBoard(scores), inject: [AgentScores] },
    capabilityView,
    agentsService,
    capabilitiesService,
  ],
})
export class DiscoveryModule implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(
    @Inject(AgentsService) private readonly agents: AgentsService,
    @Inject(AgentBoard) private readonly board: AgentBoard,
    @Inject(CapabilitiesService) private readonly capabilities: CapabilitiesService,
    @Inject(CapabilitySearch) private readonly search: CapabilitySearch,
    @Inject(POOL) private readonly pool: Pool,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Before the command server listens. */
  async onApplicationBootstrap(): Promise<void> {
    await waitForSchema(this.pool, this.logger);
    this.search.askForAgents((agentId) => {
      const agent = this.board.get(agentId);
      return agent && { health: agent.word, external_id: agent.external_id };
    });
    this.search.follow(this.capabilities);
    await this.search.start();
    await this.agents.start();
    await this.capabilities.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.capabilities.stop();
    await this.search.stop();
  }
}
