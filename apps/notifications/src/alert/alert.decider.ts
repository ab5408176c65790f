import {
  alertEvents,
  evolveAlert,
  schemaVersionsOf,
  type AlertDocument,
  type AlertEvent,
  type AlertKind,
  type Severity,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import { accept, assertNever, derivedId, type Command, type Decider } from '@ao/kernel';

type RaiseAlert = Command<
  'RaiseAlert',
  {
    readonly kind: AlertKind;
    readonly source: string;
    readonly severity: Severity;
    readonly message: string;
    readonly details: AlertDocument['details'];
  }
>;
type ClearAlert = Command<
  'ClearAlert',
  { readonly kind: AlertKind; readonly source: string; readonly message: string }
>;
export type AlertCommand = RaiseAlert | ClearAlert;

/** One alert per kind and thing: raised again it is the same one. */
export const alertId = (kind: AlertKind, source: string): string => derivedId('alert', kind, source);

/**
 * Raising what is raised changes nothing but its severity, and clearing what is not raised nothing at all: whoever watches may
 * ask as often as it likes, and from several processes.
 */
export const alertDecider: Decider<AlertDocument | undefined, AlertCommand, AlertEvent> = {
  initialState: () => undefined,
  evolve: evolveAlert,
  decide(command, alert) {
    const { kind, source } = command.data;
    const alert_id = alertId(kind, source);
    const at = command.metadata.time;
    switch (command.type) {
      case 'RaiseAlert': {
        const { severity, message, details } = command.data;
        if (alert?.status === 'raised' && alert.severity === severity) return accept([]);
        return accept([{ type: 'AlertRaised', data: { alert_id, kind, source, severity, message, details, at } }]);
      }
      case 'ClearAlert': {
        if (alert?.status !== 'raised') return accept([]);
        const { severity } = alert;
        const { message } = command.data;
        return accept([{ type: 'AlertCleared', data: { alert_id, kind, source, severity, message, at } }]);
      }
      default:
        return assertNever(command);
    }
  },
};

export const alertAggregate: Aggregate<AlertDocument | undefined, AlertCommand, AlertEvent> = {
  category: 'alert',
  schemaVersions: schemaVersionsOf(alertEvents),
  decider: alertDecider,
  freshIds: 0,
};
