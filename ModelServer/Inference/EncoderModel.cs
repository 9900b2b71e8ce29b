using ModelServer.Caching;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;
using ServiceDefaults;

namespace ModelServer.Inference;

/// <summary>A loaded encoder; what its rows mean is its task's business.</summary>
internal abstract class EncoderModel(string task, ModelSource source, int maxTokens, EncoderEngine engine) : LoadedModel(task, source, maxTokens)
{
    public EncoderEngine Engine => engine;

    /// <summary>One more than the highest token id that the graph takes.</summary>
    public int VocabularySize { get; } = Math.Min(source.Tokenizer.VocabularySize, source.Config.VocabSize ?? int.MaxValue);

    /// <summary>See <see cref="KeySpace.DigestOf"/>.</summary>
    public byte[] CacheDigest { get; } = KeySpace.DigestOf(source.Folder.Name, source.Folder.Version, source.Serving.Variant, source.Fingerprint, task);

    public override long PendingTokens => engine.Admission.PendingTokens;

    public override Task<Exception> Failure => engine.Failure;

    protected override void Free() => engine.Dispose();

    /// <summary>The row of a golden case's text.</summary>
    /// <exception cref="ModelLoadException">The text is not one for this model.</exception>
    protected float[] Infer(GoldenCase golden, GoldenCheck check)
    {
        try
        {
            var sequence = InputTokenizer.Encode(this, new TextInput(golden.Text), MaxTokens, QueueLane.Server, "text", truncate: true);
            engine.Queue.Add([sequence]);
            return sequence.Completion.GetAwaiter().GetResult();
        }
        catch (InvalidFieldException e)
        {
            throw check.Wrong($": {e.Message}", e);
        }
    }
}
