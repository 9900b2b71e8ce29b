using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// A resource as aspire.v1.Resource. The dashboard needs name, type, display name, uid and creation time of a resource,
/// the display properties of a URL and the value of a property; it reads a health report without status as unhealthy.
/// </summary>
internal static class ResourceMessage
{
    public static void Write(ProtoWriter w, ResourceEvent resource)
    {
        var s = resource.Snapshot;
        w.Text(1, resource.ResourceId).Text(2, s.ResourceType).Text(3, resource.Resource.Name).Text(4, resource.ResourceId)
            .Text(5, s.State?.Text).Time(6, s.CreationTimeStamp ?? DateTime.UtcNow);
        foreach (var e in s.EnvironmentVariables) w.Message(7, m => m.Text(1, e.Name).Text(2, e.Value).Flag(3, e.IsFromSpec));
        foreach (var c in s.Commands) w.Message(11, m => Command(m, c));
        foreach (var p in s.Properties) w.Message(12, m => Property(m, p));
        foreach (var u in s.Urls) w.Message(13, m => Url(m, u));
        w.Text(14, s.State?.Style);
        foreach (var h in s.HealthReports) w.Message(17, m => Health(m, h));
        w.Time(18, s.StartTimeStamp).Time(19, s.StopTimeStamp);
        foreach (var r in s.Relationships) w.Message(20, m => m.Text(1, r.ResourceName).Text(2, r.Type));
        w.Flag(21, s.IsHidden).Text(23, s.IconName);
        if (s.IconVariant is { } variant) w.Number(24, (int)variant, evenZero: true);
    }

    private static void Command(ProtoWriter m, ResourceCommandSnapshot c)
    {
        m.Text(1, c.Name).Text(2, c.DisplayName).Text(3, c.ConfirmationMessage).Flag(5, c.IsHighlighted).Text(6, c.IconName);
        if (c.IconVariant is { } variant) m.Number(7, (int)variant, evenZero: true);
        m.Text(8, c.DisplayDescription).Number(9, (int)c.State);
    }

    private static void Property(ProtoWriter m, ResourcePropertySnapshot p)
    {
        m.Text(1, p.Name).Text(2, p.DisplayName).Value(3, p.Value).Flag(4, p.IsSensitive, evenFalse: true).Flag(5, p.IsHighlighted);
        if (p.SortOrder is { } order) m.Number(6, order, evenZero: true);
    }

    private static void Url(ProtoWriter m, UrlSnapshot u)
        => m.Text(1, u.Name).Text(2, u.Url).Flag(3, u.IsInternal).Flag(4, u.IsInactive).Message(5, d => d.Number(1, u.DisplayProperties.SortOrder).Text(2, u.DisplayProperties.DisplayName));

    private static void Health(ProtoWriter m, HealthReportSnapshot h)
    {
        if (h.Status is { } status) m.Number(1, status switch { HealthStatus.Healthy => 0, HealthStatus.Unhealthy => 1, _ => 2 }, evenZero: true);
        m.Text(2, h.Name).Text(3, h.Description ?? "").Text(4, h.ExceptionText ?? "").Time(5, h.LastRunAt);
    }
}
