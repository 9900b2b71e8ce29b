using System.Security.Claims;

namespace Gateway.Models;

/// <summary>Merges the models of several model servers into one list. A version has the best state that it has anywhere: ready anywhere is ready, and only one that is
/// neither ready nor loading anywhere shows why. The last report of a model server that no longer answers counts only for versions that no other has.</summary>
internal static class MergedModels
{
    private const int MaxDigits = 18;

    private static readonly string[] BestFirst =
        [ModelVersionDescription.Ready, ModelVersionDescription.Loading, ModelVersionDescription.Deprecated, ModelVersionDescription.Error, ModelVersionDescription.Unloaded];

    /// <param name="replicas">What each told, and whether it still answers.</param>
    /// <param name="user">Who asks: other models than the token is for are left out.</param>
    public static ModelDescription[] Of(IEnumerable<(KnownModels Models, bool IsReached)> replicas, ClaimsPrincipal user)
        => [.. replicas.OrderByDescending(r => r.IsReached)
            .SelectMany(r => r.Models.Data.Select(model => new Told(model, r.IsReached)))
            .GroupBy(t => t.Model.Id, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Merge(g.Key, [.. g], user))
            .Where(m => m.Versions.Length > 0)];

    private static ModelDescription Merge(string name, Told[] told, ClaimsPrincipal user)
    {
        ModelVersionDescription[] versions = [.. told.SelectMany(t => t.Model.Versions.Select(v => (Version: v, t.IsReached)))
            .Where(v => user.MayUse($"{name}:{v.Version.Version}"))
            .GroupBy(v => v.Version.Version, StringComparer.Ordinal)
            .Select(g => g.OrderByDescending(v => v.IsReached).ThenBy(v => Rank(v.Version.State)).First().Version)
            .OrderByDescending(v => SortKey(v.Version), StringComparer.Ordinal)];
        var active = told.Select(t => Array.Find(versions, v => v.Version == t.Model.ActiveVersion && v.State == ModelVersionDescription.Ready)).FirstOrDefault(v => v is not null);
        return told[0].Model with { Created = told.Min(t => t.Model.Created), Task = active?.Task, ActiveVersion = active?.Version, Versions = versions };
    }

    private static int Rank(string state) => Array.IndexOf(BestFirst, state) is >= 0 and var rank ? rank : BestFirst.Length;

    /// <summary>Pads the numbers of a version, so that 2 sorts before 10 and 1.2 before 1.10; what is no number counts as 0.</summary>
    private static string SortKey(string version)
        => string.Join('.', version.Split('.').Select(part => part.All(char.IsAsciiDigit) ? part.TrimStart('0').PadLeft(MaxDigits, '0') : new string('0', MaxDigits)));

    private sealed record Told(ModelDescription Model, bool IsReached);
}
