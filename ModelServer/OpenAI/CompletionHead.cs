using ModelServer.Decoders;
using ModelServer.Generation;

namespace ModelServer.OpenAI;

/// <summary>What the answer to one request and every event of its stream have in common.</summary>
internal sealed record CompletionHead(string Id, string Object, long Created, string Model, string Fingerprint)
{
    private const int FingerprintLength = 12;

    public static CompletionHead Of(string prefix, string kind, TextGeneration generation, TimeProvider time)
    {
        var fingerprint = generation.Model.Source.Fingerprint;
        return new(
            $"{prefix}-{Guid.CreateVersion7():N}",
            kind,
            time.GetUtcNow().ToUnixTimeSeconds(),
            generation.Version.Name,
            $"fp_{fingerprint[..Math.Min(fingerprint.Length, FingerprintLength)]}");
    }

    public Completion<TChoice> With<TChoice>(TChoice[] choices, CompletionUsage? usage = null) => new(Id, Object, Created, Model, Fingerprint, choices, usage!);
}

internal static class CompletionParts
{
    public static CompletionUsage Usage(this TextGeneration generation)
        => new(generation.PromptTokens, generation.CompletionTokens, generation.PromptTokens + generation.CompletionTokens) { PromptTokensDetails = new(generation.CachedTokens) };

    public static string Name(this FinishReason finish) => finish == FinishReason.Stop ? "stop" : "length";
}
