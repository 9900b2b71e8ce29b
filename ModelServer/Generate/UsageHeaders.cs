using System.Globalization;

namespace ModelServer.Generate;

/// <summary>What an answer used, where the gateway that settles quotas can read it without the body.</summary>
internal static class UsageHeaders
{
    public static void Write(HttpContext http, TextGeneration generation) => Write(http, generation.PromptTokens, generation.CompletionTokens);

    public static void Write(HttpContext http, int promptTokens, int completionTokens)
    {
        WritePrompt(http, promptTokens);
        http.Response.Headers["x-usage-completion-tokens"] = completionTokens.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>At the start of a stream nothing else is known.</summary>
    public static void WritePrompt(HttpContext http, int tokens) => http.Response.Headers["x-usage-prompt-tokens"] = tokens.ToString(CultureInfo.InvariantCulture);
}
