import type { InstallationEvent, MadePart } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { installationDecider } from './installation.decider';

const { given } = deciderSpec(installationDecider);
const at = '2026-01-01T00:00:00.000Z';
const installation_id = newId();
const plan = {
  ...{ installation_id, template_id: 'report', template_name: 'Report', version: 1, name: null, parameters: {} },
  ...{ heartbeat_interval_seconds: 30, agents: [{ key: 'a' }], workflows: [{ key: 'a' }], triggers: [] },
};
const agent: MadePart = { kind: 'agent', key: 'a', id: newId() };
const workflow: MadePart = { kind: 'workflow', key: 'a', id: newId() };
const started: InstallationEvent = {
  type: 'TemplateInstallationStarted',
  data: { ...plan, installed_by: 'operator:test', started_at: at },
};
const made = (part: MadePart): InstallationEvent => ({
  type: 'InstallationPartMade',
  data: { installation_id, part, at },
});
const removed = (part: MadePart): InstallationEvent => ({
  type: 'InstallationPartRemoved',
  data: { installation_id, part, at },
});
const installed: InstallationEvent = { type: 'TemplateInstalled', data: { installation_id, at } };
const failure = { code: 'worker_not_found', reason: 'there is none' };
const givenUp: InstallationEvent = { type: 'TemplateInstallationGivenUp', data: { installation_id, ...failure, at } };
const uninstalling: InstallationEvent = {
  type: 'TemplateUninstallationStarted',
  data: { installation_id, force: false, at },
};

const recordMade = (part: MadePart) => testCommand('RecordPartMade', { installation_id, part });
const recordRemoved = (part: MadePart) => testCommand('RecordPartRemoved', { installation_id, part });
const complete = testCommand('CompleteInstallation', { installation_id });
const giveUp = testCommand('GiveUpInstallation', { installation_id, ...failure });
const uninstall = testCommand('StartUninstallation', { installation_id, force: false });
const completeRemoval = testCommand('CompleteRemoval', { installation_id });

describe('an installation', () => {
  it('should be started once, with all that is to be made and who wanted it', () => {
    given().when(testCommand('StartInstallation', plan)).then(started);
    given(started).when(testCommand('StartInstallation', plan)).thenRejected({ code: 'installation_exists' });
  });

  it('should record each part once, whoever tells of it', () => {
    given(started).when(recordMade(agent)).then(made(agent));
    given(started, made(agent)).when(recordMade(agent)).then();
    // Keys are of their kind.
    given(started, made(agent)).when(recordMade(workflow)).then(made(workflow));
    given(started, made(agent), installed).when(recordMade(workflow)).then();
  });

  it('should be installed, and taken away part by part', () => {
    const history = [started, made(agent), made(workflow)];
    given(...history)
      .when(complete)
      .then(installed);
    given(...history, installed)
      .when(complete)
      .then();
    given(...history, installed)
      .when(uninstall)
      .then(uninstalling);
    given(...history, installed, uninstalling)
      .when(recordRemoved(workflow))
      .then(removed(workflow));
    given(...history, installed, uninstalling, removed(workflow))
      .when(recordRemoved(workflow))
      .then();
    given(...history, installed, uninstalling, removed(workflow), removed(agent))
      .when(completeRemoval)
      .then({ type: 'TemplateUninstalled', data: { installation_id, at } });
    given(...history, installed)
      .when(recordRemoved(workflow))
      .then();
    given(...history, installed)
      .when(completeRemoval)
      .then();
  });

  it('should be given up with the reason, and have failed once nothing of it is left', () => {
    given(started, made(agent)).when(giveUp).then(givenUp);
    given(started, made(agent), givenUp).when(giveUp).then();
    given(started, made(agent), givenUp).when(recordRemoved(agent)).then(removed(agent));
    given(started, made(agent), givenUp, removed(agent))
      .when(completeRemoval)
      .then({ type: 'TemplateInstallationFailed', data: { installation_id, at } });
    given(started, installed).when(giveUp).then();
  });

  it('rejects to uninstall what is not installed', () => {
    const gone: InstallationEvent = { type: 'TemplateUninstalled', data: { installation_id, at } };
    for (const history of [
      [started],
      [started, givenUp],
      [started, installed, uninstalling],
      [started, installed, uninstalling, gone],
    ])
      given(...history)
        .when(uninstall)
        .thenRejected({ rejection: 'conflict', code: 'installation_not_installed' });
    given().when(uninstall).thenRejected({ rejection: 'not_found', code: 'installation_not_found' });
  });

  it('should keep a long reason as far as it may be kept', () => {
    const command = testCommand('GiveUpInstallation', { installation_id, code: 'x', reason: `${'x'.repeat(999)}😀` });
    const { decision } = given(started).when(command);
    expect(decision).toMatchObject({ events: [{ data: { reason: expect.stringMatching(/^x{999}/) as string } }] });
  });
});
