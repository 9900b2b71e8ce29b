using Gateway.Audit;

namespace Gateway.Administration;

internal static class UsageEndpoints
{
    /// <summary>Maps <c>GET /admin/usage?day=2030-01-31</c>: requests and tokens of a day (UTC; today) by client and model.</summary>
    public static void MapUsage(this WebApplication app)
        => app.MapGet("/admin/usage", UsageAsync).RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).ExcludeFromDescription();

    private static async Task<IResult> UsageAsync(DateOnly? day, UsageTotals totals, TimeProvider time)
    {
        var asked = day ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return await totals.ReadAsync(asked) is { } rows
            ? TypedResults.Ok(new UsageReport(asked, rows))
            : new ApiErrorResult(new(503, "Usage cannot be looked up now.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(2) });
    }
}

internal sealed record UsageReport(DateOnly Day, UsageRow[] Data);
