using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;

namespace ModelServer.Decoders;

/// <summary>What a decoder graph calls its inputs and outputs. Exporters agree on most names; <c>genai_config.json</c> may tell others.</summary>
/// <param name="Past">Key and value of layer 0, of layer 1, …; where they are stacked one for each layer.</param>
/// <param name="Present">The outputs in the same order.</param>
/// <param name="IsStacked">Whether key and value of a layer are one tensor <c>[2, batch, heads, length, size]</c>.</param>
internal sealed record DecoderNames(string Ids, string Mask, string Positions, string Logits, string[] Past, string[] Present, bool IsStacked)
{
    /// <summary>Kinds of tokens: all are 0 in a continuation.</summary>
    public const string Types = "token_type_ids";

    /// <summary>Which of two graphs in one runs: that for a first run, or that for later ones.</summary>
    public const string Branch = "use_cache_branch";

    /// <summary>How many of the last tokens' logits are wanted.</summary>
    private static readonly string[] WantedNames = ["num_logits_to_keep", "logits_to_keep"];

    /// <summary>In place of a layer's number.</summary>
    private const string Layer = "%d";

    private static readonly string[][] PastForms =
    [
        ["past_key_values.%d.key", "past_key_values.%d.value"],
        ["past_key_%d", "past_value_%d"],
        ["past.%d.key", "past.%d.value"],
        ["past_%d"],
        ["past.%d"],
    ];

    private static readonly string[][] PresentForms =
    [
        ["present.%d.key", "present.%d.value"],
        ["present_key_values.%d.key", "present_key_values.%d.value"],
        ["present_key_%d", "present_value_%d"],
        ["present_%d"],
        ["present.%d"],
    ];

    /// <summary>Which the graph has of the names for the number of logits.</summary>
    public string? Wanted { get; private init; }

    /// <param name="told">By <c>genai_config.json</c>; null where there is none.</param>
    /// <exception cref="ModelLoadException">The graph has no cache, or does not give back what it takes.</exception>
    public static DecoderNames Of(IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs, GenAiConfig? told)
    {
        var form = PastForms.Prepend(Told(told?.Past)).OfType<string[]>().FirstOrDefault(f => inputs.ContainsKey(Name(f[0], 0)));
        if (form is null)
            throw Unknown(inputs.Keys, told) ?? new ModelLoadException("The graph has no inputs 'past_key_values.0.key' and so on: export it with its cache (text-generation-with-past).");
        var presents = PresentForms.Prepend(Told(told?.Present)).OfType<string[]>().Where(f => f.Length == form.Length).ToArray();
        var present = presents.FirstOrDefault(f => outputs.ContainsKey(Name(f[0], 0))) ?? presents[0];
        var layers = 0;
        while (inputs.ContainsKey(Name(form[0], layers))) layers++;
        var names = Common(told) with
        {
            Past = Names(form, layers),
            Present = Names(present, layers),
            IsStacked = form.Length == 1,
            Wanted = WantedNames.FirstOrDefault(inputs.ContainsKey),
        };
        if (inputs.Keys.FirstOrDefault(name => !names.Knows(name)) is { } unknown) throw Unknown(unknown);
        foreach (var name in names.Past.Prepend(names.Ids))
            if (!inputs.ContainsKey(name)) throw new ModelLoadException($"The graph has no input '{name}'.");
        foreach (var name in names.Present.Prepend(names.Logits))
            if (!outputs.ContainsKey(name)) throw new ModelLoadException($"The graph has no output '{name}'.");
        return names;
    }

    private static DecoderNames Common(GenAiConfig? told) => new(
        told?.Inputs?.InputIds ?? "input_ids",
        told?.Inputs?.AttentionMask ?? "attention_mask",
        told?.Inputs?.PositionIds ?? "position_ids",
        told?.Outputs?.Logits ?? "logits",
        [],
        [],
        IsStacked: false);

    private bool Knows(string input) => input == Ids || input == Mask || input == Positions || input == Wanted || input is Types or Branch || Past.Contains(input);

    private static ModelLoadException? Unknown(IEnumerable<string> inputs, GenAiConfig? told)
    {
        var names = Common(told);
        return inputs.FirstOrDefault(i => !names.Knows(i) && !WantedNames.Contains(i)) is { } unknown ? Unknown(unknown) : null;
    }

    private static ModelLoadException Unknown(string input) => new($"The graph asks for the input '{input}', which this server does not give to a decoder.");

    private static string[]? Told(string[]? form) => form is { Length: > 0 } && form.All(f => f.Contains(Layer, StringComparison.Ordinal)) ? form : null;

    private static string[] Names(string[] form, int layers) => [.. Enumerable.Range(0, layers).SelectMany(layer => form.Select(f => Name(f, layer)))];

    private static string Name(string form, int layer) => form.Replace(Layer, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
