import type { Part, PartDependencies } from '../part';
import type { Triggers } from '../trigger/triggers';
import type { Workflows } from '../workflow/workflows';
import {
  CARRY_OUT_INSTALLATION,
  carryOutInstallationWhenDue,
  installationSubscription,
} from './carry-out-installation-when-due';
import { Installer } from './installer';
import { TemplateCatalogue } from './template.catalogue';
import { Templates } from './templates';

export interface TemplatesPart extends Part {
  readonly templates: Templates;
}

export type TemplatesPartDependencies = Pick<PartDependencies, 'shell' | 'log' | 'commands' | 'timers' | 'clock'> & {
  readonly workflows: Workflows;
  readonly triggers: Triggers;
};

/** What can be installed: agents with the workflows that they work in, and what starts these. */
export function createTemplates(dependencies: TemplatesPartDependencies): TemplatesPart {
  const { shell, log, commands, timers, clock, workflows, triggers } = dependencies;
  const installer = new Installer({ shell, log, commands, workflows, triggers });
  let read: TemplateCatalogue | undefined;
  const catalogue = () => (read ??= TemplateCatalogue.read());
  return {
    templates: new Templates({ catalogue, shell, log, installer, whyInvalid: workflows.whyInvalid }),
    subscriptions: [installationSubscription(timers, clock)],
    timers: { [CARRY_OUT_INSTALLATION]: carryOutInstallationWhenDue(installer) },
    start() {
      // A file that is none is told of now, not to who asks for it.
      catalogue();
      return Promise.resolve();
    },
  };
}
