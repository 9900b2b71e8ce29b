using ModelServer.ChatTemplates;
using ModelServer.Constraints.Automata;
using ModelServer.Decoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ModelServer.Tensors;

namespace ModelServer.Generation;

/// <summary>A loaded decoder with what turns text into its token ids and back.</summary>
internal sealed class DecoderModel(ModelSource source, TextSettings text, Decoder decoder, ConstraintMetrics constraints)
    : LoadedModel(GenerationTask.Id, source, decoder.Window)
{
    public Decoder Decoder => decoder;

    /// <summary>The grammars that requests demand of its texts.</summary>
    public ModelConstraints Constraints { get; } = new(source.Tokenizer, decoder.VocabularySize, source.Reference, constraints);

    public TextSettings Text { get; } = text.Within(decoder.VocabularySize);

    /// <summary>A template that puts texts one after the other does not make it one.</summary>
    public override bool IsForChat => Text.ChatTemplate is { } template && template != ChatTemplate.Plain;

    public override SamplingDefaults Defaults => Text.Defaults;

    public override long PendingTokens => decoder.PendingTokens;

    public override int Waiting => decoder.Waiting;

    public override TensorGraph Graph => decoder.Graph;

    public override long PromisedBytes => base.PromisedBytes + decoder.CacheBytes;

    public override double CacheUse => decoder.CacheUse;

    public override Task<Exception> Failure => decoder.Failure;

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Continuation is not { } expected) throw check.IsNotOf(Task);
        var prompt = Tokenizer.Encode(golden.Text).Ids;
        var tokens = Math.Min(golden.MaxTokens ?? System.Text.Encoding.UTF8.GetByteCount(expected), MaxTokens - prompt.Length);
        if (prompt.Length == 0 || tokens < 1) throw check.Wrong(" does not fit the model's window.");
        var sequence = decoder.Start(new DecoderRequest(prompt, tokens, new SamplingOptions { Temperature = 0 }, QueueLane.Server));
        int[] ids = [.. sequence.Tokens.ReadAllAsync().ToBlockingEnumerable().Select(t => t.Token!.Value.Id)];
        // Compared as decoded texts: the tokenizer decides with what spaces a text begins.
        var actual = Tokenizer.Decode([.. prompt, .. ids], skipSpecialTokens: true);
        var start = Tokenizer.Decode(prompt, skipSpecialTokens: true) + expected;
        if (!actual.StartsWith(start, StringComparison.Ordinal))
            throw new ModelLoadException($"Golden case {check.Number} goes on differently from what serving.json says.");
    }

    protected override void Free() => decoder.Dispose();
}
