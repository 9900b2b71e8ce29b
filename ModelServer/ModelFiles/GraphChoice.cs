namespace ModelServer.ModelFiles;

/// <summary>Which graph of a version is served.</summary>
/// <param name="Path">Full path of the ONNX file.</param>
/// <param name="Variant">Which weights it has: <c>fp32</c>, or what stands behind <c>model_</c> in its name.</param>
/// <param name="Others">Variants that are there as well, where no file says which to take and it is not fp32; else empty.</param>
internal sealed record GraphChoice(string Path, string Variant, IReadOnlyList<string> Others)
{
    public const string FullPrecision = "fp32";

    private const int MostNamed = 12;

    /// <summary>Where no file says which: those that are nearest to the weights that were trained come first. Others follow by name.
    /// <c>optimized</c> and <c>O1</c> to <c>O4</c> are Optimum's names for graphs that it has fused, the last with weights in fp16; <c>nb8</c> and <c>int8</c> are
    /// those of <c>models/training/quantize.py</c>.</summary>
    private static readonly string[] Order = [FullPrecision, "optimized", "O3", "O2", "O1", "fp16", "O4", "nb8", "int8", "uint8", "quantized", .. QuantizedNames.On(QuantizedNames.Here), "q4", "q4f16", "bnb4"];

    /// <summary>What exporters call a graph; the second joins two, for a first run and for later ones.</summary>
    private static readonly string[] Stems = ["model", "decoder_model_merged"];

    private static readonly string[] Folders = ["", "onnx"];

    /// <summary>Whether nothing but what is there decided for these weights.</summary>
    public bool IsByWhatIsThere { get; private init; }

    /// <summary>The graph that <c>serving.json</c> names by its variant, else the one that <c>genai_config.json</c> names, else fp32, else what comes first
    /// of what is there. Graphs that quantise activations with one scale for a whole run come last: they share no runs.</summary>
    /// <exception cref="ModelLoadException">There is none.</exception>
    public static GraphChoice Of(ModelFolder folder, ServingConfig serving)
    {
        if (serving.Variant is { } variant) return new(Find(folder, variant) ?? throw Missing(folder, variant), variant, []);
        if (GenAiConfig.Read(folder)?.Model?.Decoder?.FileName is { } file && folder.Find(file) is { } named) return new(named, VariantOf(file) ?? FullPrecision, []);
        string[] variants = [.. folder.Graphs().Select(VariantOf).OfType<string>().Distinct().OrderBy(Rank).ThenBy(v => v, StringComparer.Ordinal)];
        if (variants is [] or [FullPrecision, ..]) return new(Find(folder, FullPrecision) ?? throw Missing(folder, FullPrecision), FullPrecision, []);
        var chosen = variants.FirstOrDefault(v => !HasOneScaleForAll(folder, v)) ?? variants[0];
        return new(Find(folder, chosen)!, chosen, [.. variants.Where(v => v != chosen)]) { IsByWhatIsThere = true };
    }

    /// <summary>Says what was chosen, where nothing but what is there decided; else null.</summary>
    public string? Sentence => !IsByWhatIsThere
        ? null
        : $"serving.json names no variant and there is none in fp32: {System.IO.Path.GetFileName(Path)} is served (variant {Variant}).{(Others.Count == 0 ? "" : $" There is also {string.Join(", ", Others)}.")}";

    /// <summary>The variant that a file's name tells; null where it is no graph that can be served alone.</summary>
    private static string? VariantOf(string file)
    {
        var name = System.IO.Path.GetFileNameWithoutExtension(file);
        var stem = Stems.FirstOrDefault(s => name == s || name.StartsWith(s + "_", StringComparison.Ordinal));
        if (stem is null) return null;
        return name == stem ? FullPrecision : name[(stem.Length + 1)..] is var variant && ModelNames.IsName(variant) ? variant : null;
    }

    private static string? Find(ModelFolder folder, string variant)
        => Stems.SelectMany(stem => Folders.Select(f => System.IO.Path.Combine(f, variant == FullPrecision ? $"{stem}.onnx" : $"{stem}_{variant}.onnx")))
            .Select(folder.Find).FirstOrDefault(path => path is not null);

    private static int Rank(string variant) => Array.IndexOf(Order, variant) is >= 0 and var rank ? rank : Order.Length;

    private static bool HasOneScaleForAll(ModelFolder folder, string variant)
    {
        try
        {
            return GraphNodes.HaveOneScaleForAll(GraphNodes.Read(folder.Look(folder.Graphs().First(g => VariantOf(g) == variant))!));
        }
        catch (ModelLoadException)
        {
            // Whatever is wrong with it is told where it is the one that is left.
            return true;
        }
    }

    /// <summary>Misses a graph: which there are, and the line that takes one of them.</summary>
    private static ModelLoadException Missing(ModelFolder folder, string variant)
    {
        var graphs = folder.Graphs();
        var start = $"There is no {(variant == FullPrecision ? "model.onnx" : $"model_{variant}.onnx")} for the variant '{variant}'";
        if (graphs.Length == 0) return new($"{start}, here or in onnx/, nor any other .onnx file.");
        var line = graphs.Select(VariantOf).OfType<string>().FirstOrDefault() is { } other ? $" For one of them, write {{ \"variant\": \"{other}\" }} to serving.json." : "";
        return new($"{start}; there is {string.Join(", ", graphs.Take(MostNamed))}{(graphs.Length > MostNamed ? ", …" : "")}.{line}");
    }
}
