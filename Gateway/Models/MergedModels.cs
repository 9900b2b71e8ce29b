using System.Security.Claims;

namespace Gateway.Models;

/// <summary>Merges the models of several model servers into one list. A version has the best state that it has anywhere: ready anywhere is ready, and only one that is
/// neither ready nor loading anywhere shows why. The last report of a model server that no longer answers counts only for versions that no other has.</summary>
internal static class MergedModels
{
    private static readonly string[] BestFirst =
        [ModelVersionDescription.Ready, ModelVersionDescription.Loading, ModelVersionDescription.Deprecated, ModelVersionDescription.Error, ModelVersionDescription.Unloaded];

    /// <param name="replicas">What each told, and whether it still answers.</param>
    /// <param name="user">Who asks: other models than the token is for are left out.</param>
    /// <param name="rollouts">What is active by name, where that is kept; elsewhere it is what the model servers tell.</param>
    public static ModelDescription[] Of(
        IEnumerable<(KnownModels Models, bool IsReached)> replicas, ClaimsPrincipal user, IReadOnlyDictionary<string, Rollout>? rollouts = null)
        => [.. replicas.OrderByDescending(r => r.IsReached)
            .SelectMany(r => r.Models.Data.Select(model => new Told(model, r.IsReached)))
            .GroupBy(t => t.Model.Id, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Merge(g.Key, [.. g], user, rollouts?.GetValueOrDefault(g.Key)))
            .Where(m => m.Versions.Length > 0)];

    private static ModelDescription Merge(string name, Told[] told, ClaimsPrincipal user, Rollout? rollout)
    {
        ModelVersionDescription[] versions = [.. told.SelectMany(t => t.Model.Versions.Select(v => (Version: v, t.IsReached)))
            .Where(v => user.MayUse($"{name}:{v.Version.Version}"))
            .GroupBy(v => v.Version.Version, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(v => v.IsReached).ThenBy(v => Rank(v.Version.State)).First().Version)
            .OrderByDescending(v => v.Version, ModelNames.ByVersion)];
        var active = rollout is not null ? Array.Find(versions, v => v.Version == rollout.Active)
            : told.Select(t => Array.Find(versions, v => v.Version == t.Model.ActiveVersion && v.State == ModelVersionDescription.Ready)).FirstOrDefault(v => v is not null);
        return told[0].Model with { Created = told.Min(t => t.Model.Created), Task = active?.Task, ActiveVersion = active?.Version, Versions = versions };
    }

    /// <summary>The lower, the better.</summary>
    public static int Rank(string state) => Array.IndexOf(BestFirst, state) is >= 0 and var rank ? rank : BestFirst.Length;

    private sealed record Told(ModelDescription Model, bool IsReached);
}
