using Gateway.Rollouts;

namespace Gateway.Administration;

/// <summary>Serves <c>/admin/models</c>: what is active, tried and loaded on all model servers, and commands that change it.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this WebApplication app)
    {
        var models = app.MapGroup("/admin/models").RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).WithBodyLimit(16 * 1024).ExcludeFromDescription();
        models.MapGet("", List);
        models.MapGet("{name}", Get);
        models.MapPost("{name}/versions/{version}/load", LoadAsync);
        models.MapPost("{name}/versions/{version}/activate", ActivateAsync).Validate<ActivateRequest?>(r => CanaryPercent.Validate(r?.Percent));
        models.MapPost("{name}/versions/{version}/canary", CanaryAsync).Validate<CanaryRequest>(r => r.Validate());
        models.MapPost("{name}/versions/{version}/shadow", ShadowAsync);
        models.MapPost("{name}/versions/{version}/unload", UnloadAsync);
        models.MapPost("{name}/rollback", RollbackAsync);
    }

    private static ModelCardList List([AsParameters] ModelServices services)
    {
        var (reports, rollouts) = (ModelReports.Of(services.Pool), services.Board.All);
        var names = reports.Keys.Union(rollouts.Keys, StringComparer.Ordinal).Where(services.User.MayUse).Order(StringComparer.Ordinal);
        return new([.. names.Select(name => ModelCards.Of(rollouts.GetValueOrDefault(name), reports.GetValueOrDefault(name) ?? ModelReports.None(name), services.Pool))]);
    }

    private static IResult Get(string name, [AsParameters] ModelServices services)
    {
        var (reports, rollout) = (ModelReports.Of(services.Pool).GetValueOrDefault(name), services.Board.Of(name));
        return (reports is null && rollout is null) || !services.User.MayUse(name)
            ? new ApiErrorResult(ModelChanges.Unknown(name))
            : TypedResults.Ok(ModelCards.Of(rollout, reports ?? ModelReports.None(name), services.Pool));
    }

    private static Task<IResult> LoadAsync(string name, string version, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.LoadAsync(services, name, version, (rollout, context) => RolloutCommands.Load(rollout, version, context), cancellationToken);

    private static Task<IResult> ActivateAsync(ActivateRequest? request, string name, string version, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.LoadAsync(services, name, version, (rollout, context) => request?.Percent is { } percent
            ? RolloutCommands.Canary(rollout, version, percent, context)
            : RolloutCommands.Activate(rollout, version, context), cancellationToken);

    private static Task<IResult> CanaryAsync(CanaryRequest request, string name, string version, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.LoadAsync(services, name, version, (rollout, context) => RolloutCommands.Canary(rollout, version, request.Percent!.Value, context), cancellationToken);

    private static Task<IResult> ShadowAsync(string name, string version, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.LoadAsync(services, name, version, (rollout, context) => RolloutCommands.Shadow(rollout, version, context), cancellationToken);

    private static Task<IResult> RollbackAsync(string name, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.ChangeAsync(services, name, null, (_, _) => null, RolloutCommands.Rollback, _ => true, cancellationToken);

    private static Task<IResult> UnloadAsync(UnloadRequest? request, string name, string version, [AsParameters] ModelServices services, CancellationToken cancellationToken)
        => ModelChanges.ChangeAsync(
            services, name, version,
            (rollout, reports) => rollout?[version] is null && rollout?.Active != version ? ModelChanges.Absent(version, reports) : null,
            (rollout, context) => RolloutCommands.Unload(rollout, version, request?.Force == true, context),
            reports => ModelChanges.IsFreed(version, reports), cancellationToken);
}
