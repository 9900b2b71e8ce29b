using System.Text.Json;
using Gateway.Administration;
using Gateway.Rollouts;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.JsonBodies;

namespace Gateway.OpenInference;

/// <summary><c>POST /v2/repository/models/{name}/load</c> and <c>/unload</c>: a rollout on every model server, told in the protocol's words. They answer when it is done:
/// the protocol knows no other success than 200.</summary>
internal static class RepositoryEndpoints
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromMinutes(5);
    private static readonly ApiError GoesOn = new(504, "It is not done yet, and goes on; POST /v2/repository/index tells when it is.") { Code = "deadline_exceeded" };
    private static readonly ApiError Overtaken = new(409, "Another change came between, by which the model is as it was not asked to be.") { Param = "version", Code = "rollout_conflict" };

    /// <summary>Loads the highest version, or the one that the parameter <c>version</c> names, and makes it the active one.</summary>
    public static async Task<IResult> LoadAsync(string name, [AsParameters] ModelServices services, HttpContext http)
    {
        var asked = VersionOf(await LooseBody.ReadAsync(http.Request, http.RequestAborted));
        if ((asked ?? Reports(services, name).Versions.FirstOrDefault()) is not { } version) return new ApiErrorResult(ModelChanges.Unknown(name));
        var began = await ModelChanges.LoadAsync(services, name, version, (rollout, context) => RolloutCommands.Activate(rollout, version, context), http.RequestAborted);
        if (CardOf(began) is not { } card) return began;
        for (var start = services.Time.GetTimestamp(); services.Time.GetElapsedTime(start) < Patience; await Task.Delay(LookInterval, services.Time, http.RequestAborted))
        {
            if (services.Board.Of(name) is { } rollout && rollout.Revision >= card.Revision)
            {
                if (rollout.Active == version && Reports(services, name).IsReadyOnAll(rollout, version)) return TypedResults.Ok(new RepositoryLoad(name, Load: true));
                if (rollout.Active != version && rollout.Trial?.Version != version) return new ApiErrorResult(Ended(rollout, version));
            }
        }

        return new ApiErrorResult(GoesOn);
    }

    /// <summary>Unloads all versions, or the one that the parameter <c>version</c> names, after their last requests.</summary>
    public static async Task<IResult> UnloadAsync(string name, [AsParameters] ModelServices services, HttpContext http)
    {
        var asked = VersionOf(await LooseBody.ReadAsync(http.Request, http.RequestAborted));
        var began = await ModelChanges.ChangeAsync(
            services, name, asked,
            (_, reports) => asked is null ? null : ModelChanges.Absent(asked, reports),
            (rollout, context) => asked is null ? RolloutCommands.UnloadAll(rollout, context) : RolloutCommands.Unload(rollout, asked, force: true, context),
            _ => true, http.RequestAborted);
        if (CardOf(began) is not { } card) return began;
        for (var start = services.Time.GetTimestamp(); services.Time.GetElapsedTime(start) < Patience; await Task.Delay(LookInterval, services.Time, http.RequestAborted))
        {
            if (IsFreed(Reports(services, name), asked)) return TypedResults.Ok(new RepositoryUnload(name, Unload: true));
            if (services.Board.Of(name) is { } rollout && rollout.Revision > card.Revision && IsWanted(rollout, asked)) return new ApiErrorResult(Overtaken);
        }

        return new ApiErrorResult(GoesOn);
    }

    /// <returns>Null where the change was refused.</returns>
    private static ModelCard? CardOf(IResult changed) => changed switch { Ok<ModelCard> done => done.Value, Accepted<ModelCard> begun => begun.Value, _ => null };

    /// <summary>Why a load ended without the version becoming active: it failed, or somebody else chose otherwise meanwhile.</summary>
    private static ApiError Ended(Rollout rollout, string version)
    {
        var failed = Array.Find(rollout.History, e => e.Action == RolloutActions.Failed && e.Version == version);
        return failed is { Reason: { } reason }
            ? new(400, reason) { Param = "version", Code = "load_failed" }
            : Overtaken;
    }

    private static bool IsWanted(Rollout rollout, string? version)
        => version is null ? (rollout.Active ?? rollout.Trial?.Version) is not null : rollout.Active == version || rollout.Trial?.Version == version;

    private static bool IsFreed(ModelReports reports, string? version) => version is null ? reports.Versions.All(v => ModelChanges.IsFreed(v, reports)) : ModelChanges.IsFreed(version, reports);

    private static ModelReports Reports(ModelServices services, string name) => ModelReports.Of(services.Pool).GetValueOrDefault(name) ?? ModelReports.None(name);

    /// <exception cref="InvalidFieldException">The parameters ask for what is not supported.</exception>
    private static string? VersionOf(JsonElement body)
    {
        if (!body.TryGetProperty("parameters", out var parameters) || parameters.ValueKind == JsonValueKind.Null) return null;
        if (parameters.ValueKind != JsonValueKind.Object) throw new InvalidFieldException("parameters", "parameters must be an object.");
        string? version = null;
        foreach (var parameter in parameters.EnumerateObject())
        {
            if (parameter.Name == "config" || parameter.Name.StartsWith("file:", StringComparison.Ordinal))
                throw new InvalidFieldException(parameter.Name, "Models come from the models folder: their configuration and files are not taken from a request.", "unsupported_parameter");
            if (parameter.Name != "version") continue;
            version = parameter.Value.ValueKind == JsonValueKind.String ? parameter.Value.GetString() : throw new InvalidFieldException("version", "version must be a text.");
        }

        return version;
    }
}
