using ModelServer.ModelFiles;

namespace ModelServer.Embed;

/// <summary>How a published family makes embeddings, for exports that lost the files that say so (<c>modules.json</c>): without them the mean would be taken and not
/// normalised, which gives vectors that look right and rank wrong.</summary>
/// <param name="Part">What the family's names have in common, in lower case.</param>
/// <param name="Pooling">As its sentence-transformers files or its model card say.</param>
internal sealed record KnownEmbedder(string Part, Pooling Pooling)
{
    private const string OwnOutput = "sentence_embedding";

    /// <summary>The first that fits counts. All of them have vectors of length 1.</summary>
    private static readonly KnownEmbedder[] All =
    [
        new("e5-mistral", Pooling.Last), new("gte-qwen", Pooling.Last), new("bge-en-icl", Pooling.Last), new("bge-multilingual-gemma", Pooling.Last),
        new("e5-", Pooling.Mean), new("bge-", Pooling.Cls), new("arctic-embed", Pooling.Cls), new("mxbai-embed", Pooling.Cls),
        new("gte-multilingual", Pooling.Cls), new("gte-modernbert", Pooling.Cls), new("gte-base-en-v1.5", Pooling.Cls), new("gte-large-en-v1.5", Pooling.Cls),
        new("gte-", Pooling.Mean), new("all-minilm", Pooling.Mean), new("all-mpnet", Pooling.Mean), new("nomic-embed", Pooling.Mean),
    ];

    /// <returns>What to mend, with the line for <c>serving.json</c>; null where the model is none of these or its files say enough.</returns>
    public static string? Warning(ModelSource source, EmbeddingSettings settings)
    {
        if (source.Config.NameOrPath is not { Length: > 0 } name || source.Folder.Find("modules.json") is not null) return null;
        if (Array.Find(All, k => k.IsIn(name)) is not { } known) return null;
        var (serving, keys) = (source.Serving, new List<string>());
        if (serving.Pooling is null && known.Pooling != settings.Pooling && !PoolsItself(source)) keys.Add($"\"pooling\": \"{known.Pooling.ToString().ToLowerInvariant()}\"");
        if (serving.Normalize is null && !settings.Normalize) keys.Add("\"normalize\": true");
        return keys is [] ? null
            : $"config.json names a model of the family {known.Part.TrimEnd('-')}, whose embeddings need {{ {string.Join(", ", keys)} }}, and there is no modules.json to say so: put this line into serving.json, or export with the files of sentence-transformers.";
    }

    /// <summary>Whether the name has the part, and not as the end of a longer word.</summary>
    private bool IsIn(string name) => name.IndexOf(Part, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && (at == 0 || !char.IsLetterOrDigit(name[at - 1]));

    private static bool PoolsItself(ModelSource source) => GraphNodes.Read(source.Graph).Any(n => n.Outputs.Contains(OwnOutput));
}
