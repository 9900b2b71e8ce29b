using System.Collections.Frozen;
using System.Security.Claims;

namespace ModelServer.Models;

/// <summary>What each model's bare name means now: a snapshot that is replaced whole, so that requests read it without a lock.</summary>
/// <param name="ByName">The models of which any version is ready, and those that a document tells of.</param>
/// <param name="ByTask">Those of them whose bare name does a task, whether or not this server can answer for it now.</param>
internal sealed record Routes(FrozenDictionary<string, Route> ByName, FrozenDictionary<string, Route[]> ByTask)
{
    public static readonly Routes None = new(FrozenDictionary<string, Route>.Empty, FrozenDictionary<string, Route[]>.Empty);

    public bool AnyReady { get; } = ByName.Values.Any(r => r.AnyReady);

    /// <summary>The models that a request for a task may mean that names none: all of the task, or the only one that suits chats, or the only one that does not.</summary>
    public Route[]? For(string task, bool isChat)
    {
        var all = ByTask.GetValueOrDefault(task);
        return all is { Length: > 1 } && all.Where(r => r.IsForChat == isChat).ToArray() is [var suited] ? [suited] : all;
    }

    public Routes With(string name, Route? route)
    {
        var others = ByName.Where(r => r.Key != name);
        var byName = (route is null ? others : others.Append(new(name, route))).ToFrozenDictionary();
        return new(byName, byName.Values.Where(r => r.Task is not null).GroupBy(r => r.Task!).ToFrozenDictionary(g => g.Key, g => g.ToArray()));
    }
}

/// <summary>What one model's bare name means on this server.</summary>
/// <param name="Document">What decides; null where the highest ready version answers.</param>
/// <param name="Active">The version of the callers outside a canary, if it is ready here.</param>
/// <param name="Canary">The version of the callers in the canary, if there is one and it is ready here.</param>
/// <param name="Task">What the bare name does; null where no version is to answer for it, or what it does is not known here.</param>
/// <param name="AnyReady">Whether any version is ready, to be asked for by its number at least.</param>
/// <param name="IsForChat">See <see cref="LoadedModel.IsForChat"/>.</param>
internal sealed record Route(string Name, Rollout? Document, ModelVersion? Active, ModelVersion? Canary, string? Task, bool AnyReady, bool IsForChat)
{
    private bool HasCanary => Document?.Trial is { Stage: TrialStage.Canary };

    /// <summary>The version that answers, as listings tell it and gateways route by it: null unless every caller can be answered.</summary>
    public ModelVersion? Listed => HasCanary && Canary is null ? null : Active;

    /// <param name="versions">Those of the model, the highest first.</param>
    /// <param name="leaving">One that is to answer nothing more.</param>
    /// <returns>Null where there is nothing to say of the name.</returns>
    public static Route? Of(string name, IReadOnlyList<ModelVersion> versions, Rollout? document, ModelVersion? leaving = null)
    {
        ModelVersion[] ready = [.. versions.Where(v => v != leaving && v.State == ModelState.Ready)];
        if (document is null) return ready is [var highest, ..] ? new(name, null, highest, null, highest.ServedTask, AnyReady: true, highest.IsForChat) : null;

        var active = Array.Find(ready, v => v.Version == document.Active);
        var canary = document.Trial is { Stage: TrialStage.Canary } trial ? Array.Find(ready, v => v.Version == trial.Version) : null;
        var telling = document.Active is null && canary is null ? null
            : active ?? canary ?? versions.FirstOrDefault(v => v.Version == document.Active && v.ServedTask is not null) ?? ready.FirstOrDefault();
        return new(name, document, active, canary, telling?.ServedTask, ready.Length > 0, telling?.IsForChat == true);
    }

    /// <summary>The version that answers a caller; null where that is not ready here.</summary>
    public ModelVersion? For(ClaimsPrincipal user) => HasCanary && Chosen(user) == Document!.Trial!.Version ? Canary : Active;

    /// <summary>The version that a caller is to get by the document, ready or not; null where none is active, or there is no document.</summary>
    public string? Chosen(ClaimsPrincipal user) => Document is null ? null : RolloutChoice.VersionFor(Document, user.Subject() ?? "");
}
