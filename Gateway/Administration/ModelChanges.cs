using System.Globalization;
using System.Security.Claims;
using Gateway.Models;
using Gateway.Replicas;
using Gateway.Rollouts;
using Microsoft.Extensions.Options;

namespace Gateway.Administration;

/// <summary>Who administers models, and with what.</summary>
internal sealed record ModelServices(RolloutWriter Writer, RolloutBoard Board, ReplicaPool Pool, IOptions<RolloutPolicy> Policy, TimeProvider Time, ClaimsPrincipal User);

/// <summary>Carries out what an administrator asks of a model: refuses what cannot be before anything is written, writes it, and answers with the card.</summary>
internal static class ModelChanges
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private static readonly ApiError NoStore = new(503, "Rollouts need Redis or Rollouts:Folder.") { Code = "rollouts_not_configured" };

    private static readonly ApiError Unavailable = new(503, "Rollouts cannot be changed now: what keeps them does not answer.") { Code = "unavailable", RetryAfter = RetryAfter };

    private static readonly ApiError NobodyTells = new(503, "No model server tells its models now.") { Code = "unavailable", RetryAfter = RetryAfter };

    public static ApiError Unknown(string name) => new(404, $"The model '{name}' does not exist.") { Param = "name", Code = "model_not_found" };

    /// <summary>Has a version loaded, for whatever the command says.</summary>
    public static Task<IResult> LoadAsync(ModelServices services, string name, string version, Func<Rollout?, CommandContext, CommandOutcome> command, CancellationToken cancellationToken)
        => ChangeAsync(services, name, version, (rollout, reports) => Absent(version, reports) ?? Unfit(version, rollout, reports), command, _ => true, cancellationToken);

    /// <param name="refuse">What speaks against it before the command is asked; null for nothing.</param>
    /// <param name="isDone">Whether the model servers have done what was asked, as far as they report.</param>
    public static async Task<IResult> ChangeAsync(
        ModelServices services, string name, string? version, Func<Rollout?, ModelReports, ApiError?> refuse, Func<Rollout?, CommandContext, CommandOutcome> command,
        Func<ModelReports, bool> isDone, CancellationToken cancellationToken)
    {
        // 1. What is asked for can be read.
        if (!ModelNames.IsName(name)) return new FieldErrorResult(new("name", "name must be a model's name, such as sentiment."));
        if (version is not null && !ModelNames.IsVersion(version)) return new FieldErrorResult(new("version", "version must be a model's version: numbers such as 2 or 1.10."));

        // 2. It is there, and nothing that the model servers report speaks against it.
        if (!services.User.MayUse(name)) return new ApiErrorResult(Unknown(name));
        if (!services.Writer.HasStore) return new ApiErrorResult(NoStore);
        var all = ModelReports.Of(services.Pool);
        if (all.Count == 0) return new ApiErrorResult(NobodyTells);
        var known = services.Board.Of(name);
        if (!all.TryGetValue(name, out var reports) && known is null) return new ApiErrorResult(Unknown(name));
        reports ??= ModelReports.None(name);
        if (refuse(known, reports) is { } error) return new ApiErrorResult(error);

        // 3. Write it.
        var context = new CommandContext(reports, services.Time.GetUtcNow(), services.User.Subject(), services.Policy.Value);
        var change = await services.Writer.ChangeAsync(name, rollout => command(rollout, context), cancellationToken);
        if (change.Outcome == ChangeOutcome.Conflict) return new ApiErrorResult(new(409, change.Reason!) { Code = "rollout_conflict" });
        if (change.Outcome == ChangeOutcome.Unavailable) return new ApiErrorResult(Unavailable);

        // 4. Say how it is now.
        var card = ModelCards.Of(change.Rollout, reports, services.Pool);
        return change.Rollout?.Trial is not { Stage: TrialStage.Loading } && isDone(reports) ? TypedResults.Ok(card) : TypedResults.Accepted((string?)null, card);
    }

    /// <summary>Whether no model server that is reached holds the version.</summary>
    public static bool IsFreed(string version, ModelReports reports)
        => reports.Replicas.All(r => r.StateOf(version) is null or ModelVersionDescription.Unloaded or ModelVersionDescription.Error);

    public static ApiError? Absent(string version, ModelReports reports)
        => reports.Has(version) ? null : new(404, $"No model server has version {version} of '{reports.Model}'.") { Param = "version", Code = "version_not_found" };

    private static ApiError? Unfit(string version, Rollout? rollout, ModelReports reports)
    {
        if (rollout?.Trial is { Stage: TrialStage.Loading } loading && loading.Version == version) return null;
        var unfit = reports.Replicas.FirstOrDefault(r => r.Versions.TryGetValue(version, out var told) && !told.Fits && told.State is not (ModelVersionDescription.Ready or ModelVersionDescription.Loading));
        if (unfit is null) return null;
        var needs = unfit.Versions[version].MemoryBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"it needs {bytes / 1e6:#,0.#} MB") : "how much it needs is not known";
        return new(507, $"Version {version} of '{reports.Model}' does not fit into the memory that {unfit.Replica} has left: {needs}. Unload another version first.") { Param = "version", Code = "out_of_memory" };
    }
}
