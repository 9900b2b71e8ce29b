using System.Text.Json;
using Benchmarks.Corpus;

namespace Benchmarks.Load;

/// <summary>A streamed completion for each prompt of a set, as the bytes that go over the wire. Each is read anew, however often it was sent before.</summary>
internal sealed record StreamRequests(byte[][] Requests, int[] Tokens)
{
    public static StreamRequests Create(PromptSet prompts, string authority, string? token) => new(
        [.. prompts.Texts.Zip(prompts.Tokens, (prompt, tokens) => RequestSet.Post("/v1/completions", authority, token, Body(prompt, tokens)))],
        prompts.Tokens);

    private static byte[] Body(string prompt, int tokens)
        => JsonSerializer.SerializeToUtf8Bytes(new { prompt, max_tokens = tokens, temperature = 0, ignore_eos = true, stream = true });
}
