using System.Text.RegularExpressions;

namespace AppHost.Pull;

/// <summary>Which files of a repository a version folder needs: a graph with its weights, tokenizer and configuration.</summary>
internal static partial class WantedFiles
{
    /// <summary>Those that <c>docs/models.md</c> lists, and what the model's licence is told by.</summary>
    private static readonly HashSet<string> Configuration = new(StringComparer.Ordinal)
    {
        "config.json", "generation_config.json", "serving.json",
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "vocab.json", "merges.txt", "chat_template.jinja",
        "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "artifact.metadata",
        "README.md", "LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "NOTICE.txt",
    };

    /// <summary>The graph of a variant, where the model server looks for it: beside the configuration, else in <c>onnx</c>.</summary>
    /// <exception cref="PullException">There is none; the message says which variants there are, or what to do.</exception>
    public static HubFile Graph(HubListing listing, string variant)
    {
        var name = variant == PullRequest.Fp32 ? "model.onnx" : $"model_{variant}.onnx";
        return listing.Find(name) ?? listing.Find($"onnx/{name}") ?? throw new PullException(NoGraph(listing, name));
    }

    public static IEnumerable<HubFile> Configurations(HubListing listing) => listing.Files.Where(IsConfiguration);

    public static bool IsConfiguration(HubFile file) => Configuration.Contains(file.Path) || ModulePattern().IsMatch(file.Path);

    /// <summary>Files with weights that exporters name after the graph. Told by the listing alone, so that the size of it all is known before the graph is read.</summary>
    public static IEnumerable<HubFile> Weights(HubListing listing, HubFile graph)
        => listing.Files.Where(f => f.Path.StartsWith(graph.Path, StringComparison.Ordinal) && WeightsPattern().IsMatch(f.Path[graph.Path.Length..]));

    /// <summary>A file that a graph names by its place beside it.</summary>
    /// <exception cref="PullException">It is not in the repository, or not inside it.</exception>
    public static HubFile Named(HubListing listing, HubFile graph, string location)
    {
        var folder = graph.Path[..(graph.Path.LastIndexOf('/') + 1)];
        var path = folder + (location.StartsWith("./", StringComparison.Ordinal) ? location[2..] : location);
        return (HubFile.IsInside(path) ? listing.Find(path) : null) ?? throw new PullException($"{graph.Path} keeps weights in '{location}', which {listing.Repository} does not hold.");
    }

    private static string NoGraph(HubListing listing, string name)
    {
        var all = listing.Files.Select(f => f.Path).Where(p => p.EndsWith(".onnx", StringComparison.Ordinal)).ToArray();
        if (all.Length == 0)
            return $"{listing.Repository} holds no ONNX files: export it, with optimum-cli export onnx --model {listing.Repository} models/{PullRequest.NameOf(listing.Repository)}/1/.";
        var variants = all.Select(p => GraphPattern().Match(p)).Where(m => m.Success).Select(m => m.Groups["variant"] is { Success: true } v ? v.Value : PullRequest.Fp32).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (variants.Length > 0) return $"{listing.Repository} has no {name}; take one of its variants with --variant: {string.Join(", ", variants)}.";
        return all.Any(p => p.Split('/')[^1].StartsWith("encoder_model", StringComparison.Ordinal))
            ? $"{listing.Repository} is the export of a model with encoder and decoder, which is not served."
            : $"{listing.Repository} has no {name}, in its root or in onnx/; there is {string.Join(", ", all.Take(6))}{(all.Length > 6 ? ", …" : "")}. A graph has to be called model.onnx or model_VARIANT.onnx.";
    }

    /// <summary><c>model.onnx_data</c>, <c>model.onnx_data_1</c>, <c>model.onnx.data</c>.</summary>
    [GeneratedRegex(@"\A[_.]data(_[0-9]+)?\z")]
    private static partial Regex WeightsPattern();

    /// <summary>The settings of the modules of sentence-transformers, and the weights of those that have some.</summary>
    [GeneratedRegex(@"\A[0-9]{1,2}_[A-Za-z]{1,32}/(config\.json|model\.safetensors)\z")]
    private static partial Regex ModulePattern();

    [GeneratedRegex(@"\A(onnx/)?model(_(?<variant>[A-Za-z0-9][A-Za-z0-9._-]{0,63}))?\.onnx\z")]
    private static partial Regex GraphPattern();
}
