namespace Gateway.Models;

/// <summary>Indexes one model server's models. Each set contains every model both as <c>name</c> and as <c>name:version</c>; of the ready ones only those by
/// their bare name that it answers for: one whose active version is not ready here is not among them, whatever other version is.</summary>
internal sealed class KnownModels
{
    public static readonly KnownModels None = new(new([], []));

    public KnownModels(ReplicaModels told)
    {
        Data = [.. (told.Data ?? []).OfType<ModelDescription>().Where(IsComplete)];
        DefaultTasks = (told.DefaultTasks ?? []).OfType<string>().ToHashSet(StringComparer.Ordinal);
        All = Those(_ => true);
        Ready = Those(v => v.State == ModelVersionDescription.Ready, m => m.ActiveVersion is not null);
        Loading = Those(v => v.State == ModelVersionDescription.Loading);
    }

    public IReadOnlyList<ModelDescription> Data { get; }

    public IReadOnlySet<string> DefaultTasks { get; }

    public IReadOnlySet<string> All { get; }

    public IReadOnlySet<string> Ready { get; }

    public IReadOnlySet<string> Loading { get; }

    /// <summary>Whether both model servers can answer the same requests.</summary>
    public bool IsLike(KnownModels other)
        => Ready.SetEquals(other.Ready) && Loading.SetEquals(other.Loading) && All.SetEquals(other.All) && DefaultTasks.SetEquals(other.DefaultTasks);

    private HashSet<string> Those(Func<ModelVersionDescription, bool> which, Func<ModelDescription, bool>? byName = null)
        => Data.SelectMany(m => m.Versions.Where(which).SelectMany(v => byName?.Invoke(m) == false ? [$"{m.Id}:{v.Version}"] : new[] { m.Id, $"{m.Id}:{v.Version}" }))
            .ToHashSet(StringComparer.Ordinal);

    // JSON may leave out what the types promise.
    private static bool IsComplete(ModelDescription model)
        => model is { Id: not null, Versions: { } versions } && Array.TrueForAll(versions, v => v is { Version: not null, State: not null });
}
