import { CommandPath } from '../commands/command-path';
import { made } from '../made';
import { Freshness } from '../projections/moment';
import { CapabilitiesController } from './platform/capabilities.controller';
import { DiscoveryController } from './platform/discovery.controller';
import { DiscoveryReads } from './platform/discovery.reads';

/** The routes of what agents can do. */
export const discoveryControllers = [CapabilitiesController, DiscoveryController];

export const discoveryProviders = [
  made(
    DiscoveryReads,
    [CommandPath, Freshness],
    (commands: CommandPath, freshness: Freshness) => new DiscoveryReads(commands, freshness),
  ),
];
