using System.Text.Json;

namespace Reliability.Load;

/// <summary>A request that a client is about to send.</summary>
/// <param name="Header">One more header line, or null.</param>
/// <param name="LeaveAfter">When the client hangs up, whatever has come; null where it stays.</param>
internal sealed record TrafficRequest(string Route, byte[] Body, bool IsStream = false, string? Header = null, TimeSpan? LeaveAfter = null)
{
    /// <summary>The header of a deadline.</summary>
    public const string Deadline = "x-deadline-ms: ";

    public const string Predict = "/predict", Classify = "/v1/classify", Embeddings = "/v1/embeddings", Rerank = "/v1/rerank", Completions = "/v1/completions",
        Chat = "/v1/chat/completions", Tokenize = "/v1/tokenize", BatchGenerate = "/v1/batch-generate", Generate = "/v1/generate";

    /// <summary>The routes of the load that is held while faults happen.</summary>
    public static IReadOnlyList<string> Held { get; } = [Predict, Embeddings, Completions];

    /// <param name="tokens">How many tokens a generation makes.</param>
    public static TrafficRequest To(string route, string text, int tokens, bool isStream = false) => new(route, JsonSerializer.SerializeToUtf8Bytes<object>(route switch
    {
        Predict => new { text },
        Classify => new { model = "sentiment", input = new[] { text, "Dull." }, truncate = true },
        Embeddings => new { model = "embedding", input = text },
        Rerank => new { query = text, documents = new[] { text, "Something else." } },
        Tokenize => new { model = "sentiment", text },
        Generate => new { model = "stories", text, max_length = tokens },
        BatchGenerate => new { requests = new[] { new { text, max_length = tokens }, new { text = "The end", max_length = tokens } } },
        Chat => new { model = "stories", messages = new[] { new { role = "user", content = text } }, max_tokens = tokens, stream = isStream },
        _ => new { model = "stories", prompt = text, max_tokens = tokens, ignore_eos = true, stream = isStream },
    }), isStream);
}
