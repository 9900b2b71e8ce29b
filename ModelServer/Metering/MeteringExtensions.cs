namespace ModelServer.Metering;

internal static class MeteringExtensions
{
    public static void AddUsage(this WebApplicationBuilder builder) => builder.Services.AddSingleton<RecentUsage>();

    public static void UseUsage(this WebApplication app) => app.UseMiddleware<UsageReporting>();

    /// <summary><c>GET /usage/{attempt}</c>, for gateways: 204 with the headers of <see cref="ReportedUsage"/>, 404 where the attempt is not known.</summary>
    public static void MapUsage(this IEndpointRouteBuilder routes) => routes.MapGet(UsageInquiry.Route, GetAsync).RequireAuthorization(Scopes.ModelsRead);

    private static async Task<IResult> GetAsync(string attempt, RecentUsage recent, HttpContext http)
    {
        if (await recent.FindAsync(attempt, UsageInquiry.Patience, http.RequestAborted) is not { } usage) return new ApiErrorResult(new(404, "There is no such attempt.") { Code = "not_found" });
        usage.WriteTo(http.Response.Headers);
        return TypedResults.NoContent();
    }
}
