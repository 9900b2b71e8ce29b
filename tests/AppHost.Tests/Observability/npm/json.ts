// Grafana's types of a dashboard, as its JSON has them: an enumeration stands for the values of its members.
import type { Dashboard, Panel, RowPanel, GraphFieldConfig, VizLegendOptions, VizTooltipOptions, SingleStatBaseOptions } from '@grafana/schema';

type Json<T> = T extends string ? `${T}` : T extends number ? T | number : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

// Panels leave their options to their kinds.
type Base = Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> & { targets: Query[] };
type FieldConfig = NonNullable<Panel['fieldConfig']>;
interface Query { refId: string; datasource: { type: 'prometheus'; uid: string }; expr: string; legendFormat?: string; exemplar?: boolean }
interface TimeSeries extends Base {
  type: 'timeseries';
  options: { legend: VizLegendOptions; tooltip: VizTooltipOptions };
  fieldConfig: Omit<FieldConfig, 'defaults'> & { defaults: Omit<FieldConfig['defaults'], 'custom'> & { custom: GraphFieldConfig } };
}
interface Stat extends Base {
  type: 'stat';
  options: SingleStatBaseOptions & { colorMode: 'none' | 'value' | 'background'; graphMode: 'none' | 'area'; justifyMode: 'auto' | 'center'; textMode: string };
  fieldConfig: FieldConfig;
}

export type DashboardJson = Json<Omit<Dashboard, 'panels'> & { panels: (TimeSeries | Stat | (Omit<RowPanel, 'panels'> & { panels: [] }))[] }>;
