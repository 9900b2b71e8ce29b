namespace ModelServer.Models;

/// <summary>Reads from a document what is wanted of versions, also what it does not spell out: the active version, the one on trial and the previous one are to be
/// loaded unless a wish says otherwise.</summary>
internal static class VersionWishes
{
    /// <summary>The most urgent first.</summary>
    public static IEnumerable<VersionWish> Of(Rollout document)
    {
        string[] named = [.. new[] { document.Active, document.Trial?.Version, document.Previous }.OfType<string>().Distinct()];
        return named.Select(v => document[v] ?? new VersionWish(v, 0, IsLoaded: true)).Concat(document.Wishes.Where(w => !named.Contains(w.Version)));
    }

    /// <summary>What is wanted of one version; null where the document says nothing of it.</summary>
    public static VersionWish? For(Rollout? document, string version) => document is null ? null : Of(document).FirstOrDefault(w => w.Version == version);

    /// <summary>Whether a version that is found at the start is to be loaded: once an operator has chosen, only what was asked for.</summary>
    public static bool IsWantedAtStart(Rollout? document, string version) => For(document, version)?.IsLoaded ?? document is not { IsChosen: true };
}
