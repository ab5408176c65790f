import type { AlertDocument } from '@ao/contracts';
import type { ShownAlertDto } from './alert.schemas';

export function presentAlert(alert: AlertDocument): ShownAlertDto {
  const { alert_id, kind, source, severity, status, message, details, raised_at, cleared_at, at, times } = alert;
  return {
    id: alert_id,
    ...{ kind, source, severity, status, message, details, raised_at, cleared_at },
    updated_at: at,
    times,
  };
}
