using System.Text;
using ModelServer.Admission;
using ModelServer.Generation;
using ModelServer.Inference;
using ModelServer.Models;

namespace ModelServer.Shadows;

/// <summary>A request that a generator answered, and whose text is the same each time it is asked.</summary>
internal sealed class TextShadow(TextGenerationRequest request, string[] texts, TextGenerator generator, TimeProvider time) : IShadowRequest
{
    public async Task<RowComparison?> AskAsync(ModelVersion shadow, CancellationToken cancellationToken)
    {
        if (shadow.ServedTask != GenerationTask.Id) return null;
        using var lease = shadow.TryAcquire<DecoderModel>() ?? throw new ModelNotReadyException("The shadow is not ready.");
        var run = generator.Begin(request with { Caller = request.Caller with { Lane = IShadowRequest.Lane } }, lease.Loaded);
        try
        {
            var theirs = new string[run.Choices.Length];
            for (var i = 0; i < theirs.Length; i++) theirs[i] = await ReadAsync(run.Choices[i], cancellationToken);
            shadow.Counter.Answered(time.GetUtcNow(), run.PerToken(time));
            return Compare(texts, theirs);
        }
        finally
        {
            foreach (var choice in run.Choices) choice.Sequence.Cancel();
        }
    }

    /// <summary>Texts agree where they are the same; they are as far apart as the part of the longer one is large that they do not begin with together.</summary>
    internal static RowComparison Compare(string[] texts, string[] others)
    {
        if (texts.Length != others.Length || texts.Length == 0) return new(false, 1);
        var distance = texts.Zip(others, (a, b) => a == b ? 0 : 1 - ((double)a.AsSpan().CommonPrefixLength(b) / Math.Max(a.Length, b.Length))).Average();
        return new(texts.AsSpan().SequenceEqual(others), distance);
    }

    private static async Task<string> ReadAsync(TextChoice choice, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (await choice.WaitAsync(cancellationToken))
            while (choice.TryRead(out var chunk)) text.Append(chunk.Text);
        return text.ToString();
    }
}
