using Microsoft.Extensions.Options;
using ModelServer.Constraints.Automata;
using ModelServer.Decoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Generation;

/// <summary>Causal language models.</summary>
internal sealed class GenerationTask(DecoderFactory decoders, ConstraintMetrics constraints, IOptions<GenerationOptions> options, TimeProvider time) : ITask
{
    public const string Id = "text-generation";

    public string Name => Id;

    /// <summary>A decoder that lists the modules of sentence-transformers makes embeddings. What has a <c>genai_config.json</c> and no architecture is a
    /// generator.</summary>
    public bool Recognises(ModelSource source)
        => !source.IsTokenizerAlone && (source.Config.Is("ForCausalLM") || source.Config.Is("LMHeadModel") || source is { GenAi: not null, Config.Architectures: null }) && source.Folder.Find("modules.json") is null;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var text = TextSettings.Read(source.Folder, source.Serving, source.Tokenizer, time);
        if (text.UnknownTemplate is { } unknown) source.Warn(unknown);
        if (options.Value.Defaults == DefaultsSource.Model) text = text with { Defaults = GenerationConfig.Read(source.Folder, source.GenAi, source.Warn) };
        // Everything has been read by now that answers depend on.
        _ = source.Fingerprint;
        var decoder = decoders.Load(source.Reference, source.Graph, source.MaxTokens(), source.GenAi, source.Warn, source.Serving.DraftTokens);
        try
        {
            return new DecoderModel(source, text, decoder, constraints);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }
}
